"""The demonstration reproduces what was published, and names what moves when a row is changed."""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from jarva.demo import DATA
from services.reports.publication.formats import FileFormat
from services.reports.templates import TEMPLATES

pytestmark = pytest.mark.timeout(400)
PUBLISHED = Path(__file__).parents[3] / "shared" / "data" / "published_figures.csv"


def demonstrate(var: Path, data: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "jarva", "demo", "--var", str(var), "--data", str(data)],
        capture_output=True,
        text=True,
        check=False,
    )


def missing(var: Path) -> dict[str, list[str]]:
    """Return what each report of the demonstration could not show; a partial one is all missing."""
    found = {}
    for file in (var / "reports").glob("*.json"):
        document = json.loads(file.read_bytes())
        items = [item for section in document["sections"] for item in section["items"]]
        whole = document["status"] == "complete"
        found[file.stem] = [item["key"] for item in items if not whole or item["status"] != "ok"]
    return found


def written(said: str) -> dict[str, int]:
    """Return the bytes that each file is said to have, where its seconds are said too."""
    lines = re.findall(r"^written (\S+) +([\d ]+) bytes +\d+\.\d\d s$", said, re.MULTILINE)
    return {name: int(size.replace(" ", "")) for name, size in lines}


def test_every_published_figure_is_reproduced_until_a_delivered_row_is_changed(
    tmp_path: Path,
) -> None:
    var, data = tmp_path / "var", tmp_path / "data"
    first = demonstrate(var, DATA)
    assert first.returncode == 0, first.stdout + first.stderr
    assert "429 of 429 published figures reproduced" in first.stdout
    assert "202001-202008: 1 on the form: 6. YFI, 67.2 mnkr" in first.stdout
    assert (var / "reports" / "fokus-jarva.html").exists()
    page = (var / "reports" / "tertialrapport.html").read_text("utf-8")
    assert "6. YFI, beslutat 2015-09 till 2020-12: Projektets budget 67 200 000,00 kr" in page

    assert missing(var) == {name: [] for name in TEMPLATES}
    files = {file.name for file in (var / "reports").iterdir() if file.stat().st_size}
    formats = ("json", *FileFormat)
    assert files == {f"{name}.{ending}" for name in TEMPLATES for ending in formats}
    assert written(first.stdout) == {
        file.name: file.stat().st_size for file in (var / "reports").iterdir()
    }

    shutil.copytree(DATA, data)
    enrolments = data / "participants" / "enrolments.csv"
    text = enrolments.read_text("utf-8")
    enrolments.write_text(text.replace(",work\n", ",other\n", 1), "utf-8")
    second = demonstrate(var, data)
    assert second.returncode == 1
    assert "moved: stockholmskraften.exits outcome=work" in second.stdout
    assert "published 6, computed 5, from participants: exits" in second.stdout


@pytest.mark.skipif(not PUBLISHED.exists(), reason="the list of published figures is not here")
def test_no_published_figure_is_left_out() -> None:
    with PUBLISHED.open(encoding="utf-8") as file:
        published = sorted((row["value"], row["unit"]) for row in csv.DictReader(file))
    with (DATA / "published_figures.csv").open(encoding="utf-8") as file:
        ours = sorted((row["value"], row["unit"]) for row in csv.DictReader(file))
    assert ours == published
