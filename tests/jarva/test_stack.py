"""The embedded servers: what they are set to, what they keep, and who may use them."""

from __future__ import annotations

import asyncio
import os
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from signal import SIGKILL

import asyncpg
import pytest
import redis

from jarva.embedded import Stack
from jarva.embedded.postgres import choose_ctype, choose_drop
from jarva.home import AlreadyRunning, Home
from jarva.layout import PROJECT, SERVICES
from jarva.processes import Halt, Halted
from tests.jarva.conftest import is_gone

NOBODY = 65534


async def fetch(url: str, query: str) -> object:
    connection = await asyncpg.connect(url, timeout=10)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


def ask(url: str, query: str) -> object:
    return asyncio.run(fetch(url, query))


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack as `jarva up` has it (fsync on), in a folder with a space and an å."""
    with Stack(tmp_path_factory.mktemp("en gång") / "vår") as running:
        yield running


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("fsync", "on"),
        ("synchronous_commit", "on"),
        ("full_page_writes", "on"),
        ("data_checksums", "on"),
        ("listen_addresses", "127.0.0.1"),
        ("log_parameter_max_length_on_error", "0"),
    ],
)
def test_postgres_keeps_what_it_acknowledges(stack: Stack, setting: str, value: str) -> None:
    assert ask(stack.admin_url, f"SHOW {setting}") == value


def test_valkey_keeps_queued_work(stack: Stack) -> None:
    client = redis.Redis.from_url(stack.redis_url)
    assert client.config_get("appendonly") == {"appendonly": "yes"}
    assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    client.close()


def test_trigrams_know_swedish_letters(stack: Stack) -> None:
    url = stack.databases[0].environment(stack.admin_url)
    owner = next(value for name, value in url.items() if "OWNER" in name)
    assert ask(owner, "CREATE EXTENSION IF NOT EXISTS pg_trgm") is None
    # where letters are only ASCII's, the Ö falls away and the two look the same
    assert ask(owner, "SELECT show_trgm('Öberg') <> show_trgm('berg')") is True
    assert ask(owner, "SELECT lower('ÅÄÖ')") == "åäö"


def test_locale_of_characters_exists() -> None:
    assert choose_ctype()


def test_passwords_and_keys_are_private(stack: Stack) -> None:
    private = [*stack.home.folder.glob("secrets.json"), *stack.home.folder.glob("*/key.json")]
    private += stack.home.folder.glob("valkey/valkey.conf")
    stack.issuer.ensure_key()
    assert len(private) >= 2
    for path in private:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


def test_wrong_password_is_refused(stack: Stack) -> None:
    wrong = stack.admin_url.replace(stack.home.credentials.password("jarva"), "wrong")
    with pytest.raises(asyncpg.InvalidPasswordError):
        ask(wrong, "SELECT 1")


def test_service_environment_names_every_server(stack: Stack) -> None:
    environment = stack.service_env()
    for service in SERVICES:
        for kind in ("", "OWNER_"):
            role = ask(environment[f"{service.upper()}_{kind}DATABASE_URL"], "SELECT current_user")
            assert role == service + ("_owner" if kind else "")


def test_service_role_may_neither_create_nor_look_elsewhere(stack: Stack) -> None:
    environment = stack.service_env()
    own = environment["BUDGET_DATABASE_URL"]
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        ask(own, "CREATE TABLE mine (id int)")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        ask(own.rpartition("/")[0] + "/participants", "SELECT 1")
    # the same statement from the owner works: it is the role that is refused
    assert ask(environment["BUDGET_OWNER_DATABASE_URL"], "CREATE TABLE mine (id int)") is None
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        ask(own, "SELECT * FROM mine")


def test_second_stack_on_the_same_folder_is_refused(stack: Stack) -> None:
    with pytest.raises(AlreadyRunning):
        Stack(stack.home.folder).start()
    assert Home(stack.home.folder).holder() == os.getpid()
    assert ask(stack.admin_url, "SELECT 1") == 1


def test_two_stacks_run_at_once(stack: Stack, tmp_path: Path) -> None:
    with Stack(tmp_path / "other", fsync=False, services=()) as other:
        assert other.admin_url != stack.admin_url
        assert ask(other.admin_url, "SELECT 1") == ask(stack.admin_url, "SELECT 1")


def test_data_and_secrets_outlive_a_stop_and_a_kill(tmp_path: Path) -> None:
    var = tmp_path / "var"
    with Stack(var) as first:
        environment = first.service_env()
        owner = environment["BUDGET_OWNER_DATABASE_URL"]
        ask(owner, "CREATE TABLE kept AS SELECT 42 AS answer")
        redis.Redis.from_url(first.redis_url).set("kept", "42")
        pids = [child.pid for child in first.children]
    assert all(is_gone(pid) for pid in pids)
    with Stack(var) as second:
        assert second.service_env() == environment
        ask(owner, "INSERT INTO kept VALUES (43)")
        for child in second.children:
            os.kill(child.pid, SIGKILL)
    with Stack(var) as third:
        assert ask(owner, "SELECT count(*) FROM kept") == 2
        assert redis.Redis.from_url(third.redis_url).get("kept") == b"42"


def test_stack_starts_on_a_pid_file_that_names_a_stranger(tmp_path: Path) -> None:
    """After a crash of the machine the number in it may belong to anybody."""
    var = tmp_path / "var"
    with Stack(var, fsync=False, services=()):
        pid_file = var / "postgres" / "data" / "postmaster.pid"
        text = pid_file.read_text()
    stranger = str(os.getppid())
    pid_file.write_text("\n".join([stranger, *text.splitlines()[1:]]))
    with Stack(var, fsync=False, services=()) as again:
        assert ask(again.admin_url, "SELECT 1") == 1
    assert not is_gone(int(stranger))


def test_half_made_data_folder_is_made_anew(tmp_path: Path) -> None:
    var = tmp_path / "var"
    (var / "postgres" / "new-x" / "data").mkdir(parents=True)
    with Stack(var, fsync=False, services=()) as running:
        assert ask(running.admin_url, "SELECT 1") == 1
    assert not list((var / "postgres").glob("new-*"))


def test_stolen_port_is_replaced(tmp_path: Path, stack: Stack) -> None:
    thief = stack.home.port("postgres")
    late = Stack(tmp_path / "var", fsync=False, services=())
    claim = late.home.claim

    def claim_then_lose() -> None:
        claim()
        late.home._ports["postgres"] = thief

    late.home.claim = claim_then_lose  # type: ignore[method-assign]
    with late:
        assert late.home.port("postgres") != thief
        assert ask(late.admin_url, "SELECT 1") == 1


def test_halt_before_the_servers_are_ready_leaves_none(tmp_path: Path) -> None:
    halt = Halt()
    halt.request()
    stack = Stack(tmp_path / "var", fsync=False, halt=halt)
    with pytest.raises(Halted):
        stack.start()
    assert stack.children == []
    assert stack.home.holder() is None


@pytest.mark.skipif(choose_drop() != "namespace", reason="needs root and user namespaces")
def test_ordinary_user_needs_nothing_special(tmp_path: Path) -> None:
    """Seen from inside its namespace the launcher itself is uid 65534."""
    code = (
        "import asyncio, asyncpg, os\nfrom pathlib import Path\n"
        "from jarva.embedded import Stack\n"
        f"with Stack(Path({str(tmp_path / 'var')!r}), fsync=False) as stack:\n"
        "    asyncio.run(asyncpg.connect(stack.admin_url))\n"
        "    print(os.geteuid())\n"
    )
    shim = (sys.executable, str(PROJECT / "jarva" / "exec_child.py"), str(os.getpid()), "9")
    done = subprocess.run(
        (*shim, "namespace", sys.executable, "-c", code),
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split() == [str(NOBODY)], done.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has something to give up")
def test_root_without_user_namespaces_becomes_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("jarva.embedded.stack.choose_drop", lambda: "setuid")
    # pytest's own folders are closed to others, which is what this way of doing it cannot stand
    with tempfile.TemporaryDirectory() as open_to_all:
        Path(open_to_all).chmod(0o755)
        with Stack(Path(open_to_all) / "var", fsync=False, services=()) as stack:
            assert ask(stack.admin_url, "SELECT 1") == 1
            assert (stack.home.folder / "postgres" / "data").stat().st_uid == NOBODY
