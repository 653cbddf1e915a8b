"""Hold that what the README tells an office to write is sound, and the same as `make run` does."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.office.blocks import NAME, blocks, options, put

PYTHON = "/srv/atlas/.venv/bin/python"


def unit() -> str:
    (text,) = blocks("ini")
    return text


@pytest.mark.skipif(not shutil.which("make"), reason="make is missing")
def test_the_unit_starts_what_make_run_starts() -> None:
    (start,) = [
        line.removeprefix("ExecStart=")
        for line in unit().replace("\\\n", " ").splitlines()
        if line.startswith("ExecStart=")
    ]
    begin = [PYTHON, "-m", "streamlit", "run", "streamlit_app.py"]
    assert shlex.split(start) == begin + options(NAME=NAME, PORT="%i")


@pytest.mark.skipif(not shutil.which("make"), reason="make is missing")
def test_make_run_changes_nothing_until_it_is_told() -> None:
    assert options() == ["--server.port", "8501"]
    there = ["--server.address", "0.0.0.0", "--browser.serverAddress", "0.0.0.0"]
    assert options(ADDRESS="0.0.0.0") == ["--server.port", "8501", *there]
    assert options(BASE="innov")[-2:] == ["--server.baseUrlPath", "innov"]


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is missing")
def test_systemd_has_nothing_to_say_against_the_unit(tmp_path: Path) -> None:
    (tmp_path / "atlas@.service").write_text(put(unit(), PYTHON, sys.executable), encoding="utf-8")
    said = subprocess.run(
        ["systemd-analyze", "verify", str(tmp_path / "atlas@8501.service")],
        capture_output=True,
        text=True,
    )
    assert [line for line in said.stderr.splitlines() if "atlas@" in line] == []
    assert said.returncode == 0
