"""The specifications in docs/openapi are those of the code."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner, Result

from jarva.cli import app
from jarva.layout import SERVICES


def openapi(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["openapi", *arguments])


def test_committed_specifications_are_current() -> None:
    done = openapi("--check")
    assert done.exit_code == 0, f"{done.stdout}: make openapi writes them"


def test_stale_specification_is_noticed_and_written(tmp_path: Path) -> None:
    assert openapi("--folder", str(tmp_path)).exit_code == 0
    assert {path.stem for path in tmp_path.iterdir()} == set(SERVICES)
    stale = tmp_path / "budget.json"
    stale.write_text(stale.read_text().replace('"paths"', '"roads"', 1))
    checked = openapi("--check", "--folder", str(tmp_path))
    assert (checked.exit_code, checked.stdout) == (1, "budget.json differs\n")
    assert openapi("--folder", str(tmp_path)).stdout == "budget.json written\n"
    assert openapi("--check", "--folder", str(tmp_path)).exit_code == 0
