"""Reads a journal with beancount in a process of its own; prints the seconds that took.

Twice: until it is read and found to balance, and until every account's balance is added up,
which is what its reports stand on.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
from typing import Any


def main(file: str) -> None:
    os.environ["BEANCOUNT_DISABLE_LOAD_CACHE"] = "1"
    loader: Any = importlib.import_module("beancount.loader")  # after the variable, and untyped
    realization: Any = importlib.import_module("beancount.core.realization")
    began = time.perf_counter()
    entries, errors, _options = loader.load_file(file)
    read = time.perf_counter() - began
    if errors:
        raise SystemExit(f"beancount refuses the journal: {errors[0]}")
    root = realization.realize(entries)
    balances = {
        account.account: str(account.balance) for account in realization.iter_children(root)
    }
    added = time.perf_counter() - began
    json.dump({"read": read, "added": added, "accounts": len(balances)}, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
