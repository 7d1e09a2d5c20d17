"""The embedded issuer: its key, its tokens, what it publishes, and ``jarva token``."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest
from joserfc import jwt
from joserfc.errors import BadSignatureError
from joserfc.jwk import KeySet

from jarva.commands.tokens import parse_lifetime
from jarva.issuer import Issuer
from jarva.issuer_app import create_app
from jarva.layout import PROJECT, SERVICES

NAME = "http://127.0.0.1:8004"


@pytest.fixture
def issuer(tmp_path: Path) -> Issuer:
    return Issuer(tmp_path, NAME)


def published(issuer: Issuer) -> KeySet:
    return KeySet.import_key_set(json.loads(issuer.jwks_path.read_text()))


def test_token_says_who_may_do_what_where_and_until_when(issuer: Issuer) -> None:
    text = issuer.mint("anna", ["reports:read", "budget:read"], units=["jobbtorg-vuxna-jarva"])
    token = jwt.decode(text, published(issuer), algorithms=["ES256"])
    assert token.header["typ"] == "at+jwt"
    claims = token.claims
    assert (claims["iss"], claims["sub"]) == (NAME, "anna")
    assert set(claims["aud"]) == set(SERVICES)
    assert claims["scope"] == "reports:read budget:read"
    assert claims["units"] == ["jobbtorg-vuxna-jarva"]
    assert claims["exp"] - claims["iat"] == 3600
    assert abs(claims["nbf"] - time.time()) < 10


def test_negative_lifetime_makes_an_expired_token(issuer: Issuer) -> None:
    text = issuer.mint("anna", [], lifetime=timedelta(minutes=-5))
    claims = jwt.decode(text, published(issuer), algorithms=["ES256"]).claims
    assert claims["nbf"] <= claims["exp"] < time.time()


def test_key_is_made_once_and_kept_private(issuer: Issuer) -> None:
    first = issuer.ensure_key().as_dict(private=True)
    assert Issuer(issuer.folder, NAME).ensure_key().as_dict(private=True) == first
    key = issuer.folder / "key.json"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert not {"d", "k"} & json.loads(issuer.jwks_path.read_text())["keys"][0].keys()


def test_token_of_another_issuer_does_not_verify(issuer: Issuer, tmp_path: Path) -> None:
    other = Issuer(tmp_path / "other", NAME)
    issuer.ensure_key()
    forged = other.mint("anna", ["reports:read"])
    kid = published(issuer).keys[0].kid
    header = {"alg": "ES256", "typ": "at+jwt", "kid": kid}
    claims = jwt.decode(forged, other.ensure_key(), algorithms=["ES256"]).claims
    forged = jwt.encode(header, claims, other.ensure_key(), algorithms=["ES256"])
    with pytest.raises(BadSignatureError):
        jwt.decode(forged, published(issuer), algorithms=["ES256"])


async def test_published_metadata_leads_to_the_keys(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    issuer.ensure_key()
    monkeypatch.setenv("JARVA_ISSUER", issuer.name)
    monkeypatch.setenv("JARVA_ISSUER_FOLDER", str(issuer.folder))
    monkeypatch.setenv("JARVA_ISSUER_REDIRECT", "http://127.0.0.1:8000/inloggad")
    transport = httpx2.ASGITransport(app=create_app())
    async with httpx2.AsyncClient(transport=transport, base_url=NAME) as client:
        metadata = (await client.get("/.well-known/openid-configuration")).json()
        assert metadata["issuer"] == NAME
        keys = (await client.get(metadata["jwks_uri"])).json()
    assert keys == json.loads(issuer.jwks_path.read_text())


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("30m", 1800), ("8h", 28800), ("7d", 604800)]
)
def test_lifetime_is_read(text: str, seconds: int) -> None:
    assert parse_lifetime(text).total_seconds() == seconds


def run_token(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = (sys.executable, "-m", "jarva", "token", *arguments)
    return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)


def test_command_prints_a_token_and_nothing_else(tmp_path: Path) -> None:
    issuer = Issuer(tmp_path / "issuer", NAME)
    issuer.ensure_key()
    arguments = ("--scope", "reports:read budget:read", "--scope", "figures:read")
    done = run_token(*arguments, "--lifetime", "5m", "--unit", "x", "--var", str(tmp_path))
    assert done.returncode == 0, done.stderr
    claims = jwt.decode(done.stdout.strip(), published(issuer), algorithms=["ES256"]).claims
    assert claims["scope"] == "reports:read budget:read figures:read"
    assert (claims["units"], claims["exp"] - claims["iat"]) == (["x"], 300)


def test_command_without_an_issuer_says_how_to_get_one(tmp_path: Path) -> None:
    done = run_token("--scope", "reports:read", "--var", str(tmp_path))
    assert done.returncode == 1
    assert "jarva up" in done.stderr
    assert "Traceback" not in done.stderr


def test_lifetime_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    Issuer(tmp_path / "issuer", NAME).ensure_key()
    done = run_token("--scope", "a", "--lifetime", "soon", "--var", str(tmp_path))
    assert done.returncode == 2
