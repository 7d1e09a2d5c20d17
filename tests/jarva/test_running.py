"""The whole launcher as a process of its own, with any part of it killed."""

from __future__ import annotations

import os
from pathlib import Path
from signal import SIGHUP, SIGINT, SIGKILL, SIGTERM

import pytest

from jarva.embedded import Stack
from jarva.health import is_answering
from jarva.home import Home
from jarva.layout import SERVICES
from jarva.processes import wait_until
from tests.jarva.conftest import PATIENCE, Drive, is_gone

EVERYTHING = {"postgres", "valkey", "issuer", "budget-api", "budget-worker"}


def all_gone(pids: dict[str, int]) -> bool:
    return wait_until(lambda: all(is_gone(pid) for pid in pids.values()), PATIENCE)


@pytest.mark.parametrize("signal", [SIGTERM, SIGINT, SIGHUP])
def test_signal_stops_everything_services_first(tmp_path: Path, drive: Drive, signal: int) -> None:
    driven = drive(tmp_path / "var")
    pids = driven.ready()
    assert set(pids) == EVERYTHING
    driven.process.send_signal(signal)
    assert driven.end() == 0
    assert driven.times("everything", "STOPPED") == 1
    assert all_gone(pids)
    assert "database system is shut down" in (tmp_path / "var/log/postgres.log").read_text()
    assert not (tmp_path / "var/addresses.json").exists()


def test_signal_while_starting_stops_everything(tmp_path: Path, drive: Drive) -> None:
    driven = drive(tmp_path / "var")
    driven.wait_for("servers", "READY")
    driven.process.send_signal(SIGTERM)
    assert driven.end() != 0
    assert driven.times("everything", "READY") == 0
    assert Home(tmp_path / "var").holder() is None
    assert not (tmp_path / "var/postgres/data/postmaster.pid").exists()


def test_anything_killed_comes_back(tmp_path: Path, drive: Drive) -> None:
    driven = drive(tmp_path / "var")
    pids = driven.ready()
    for name, pid in pids.items():
        before = driven.times(name, "READY")
        os.kill(pid, SIGKILL)
        driven.wait_for(name, "WAITING")
        driven.wait_for(name, "READY", before + 1)
    assert driven.process.poll() is None
    ports = Home(tmp_path / "var")
    assert is_answering(int(ports.url("budget").rpartition(":")[2]))


def test_killed_supervisor_leaves_nothing_and_the_next_start_recovers(
    tmp_path: Path, drive: Drive
) -> None:
    first = drive(tmp_path / "var")
    pids = first.ready()
    first.process.kill()
    second = drive(tmp_path / "var")
    assert set(second.ready()) == EVERYTHING
    assert all_gone(pids)


def test_second_one_on_the_same_folder_is_refused_and_disturbs_nothing(
    tmp_path: Path, drive: Drive
) -> None:
    first = drive(tmp_path / "var")
    pids = first.ready()
    second = drive(tmp_path / "var")
    assert second.end() != 0
    assert b"in use by another jarva" in second.process.stderr.read()  # type: ignore[union-attr]
    assert not any(is_gone(pid) for pid in pids.values())
    assert (tmp_path / "var/addresses.json").exists()


def test_two_at_once_in_two_folders(tmp_path: Path, drive: Drive) -> None:
    both = [drive(tmp_path / name) for name in ("one", "two")]
    for driven in both:
        driven.ready()
    urls = [driven.said[-1]["urls"] for driven in both]
    for name in ("budget", "issuer"):
        assert urls[0][name] != urls[1][name]
        for each in urls:
            assert is_answering(int(each[name].rpartition(":")[2]))


def test_given_servers_are_used_and_none_is_started(tmp_path: Path, drive: Drive) -> None:
    with Stack(tmp_path / "theirs", fsync=False) as theirs:
        given = {
            name: value
            for name, value in theirs.service_env().items()
            if name.endswith("DATABASE_URL") or name == "REDIS_URL"
        }
        driven = drive(tmp_path / "ours", **given)
        assert set(driven.ready()) == EVERYTHING - {"postgres", "valkey"}
        assert not (tmp_path / "ours/postgres").exists()


def test_some_servers_given_is_an_error_that_names_the_rest(tmp_path: Path, drive: Drive) -> None:
    driven = drive(tmp_path / "var", REDIS_URL="redis://127.0.0.1:1/0")
    assert driven.end() != 0
    said = driven.process.stderr.read().decode()  # type: ignore[union-attr]
    assert all(f"{service.upper()}_DATABASE_URL" in said for service in SERVICES)
