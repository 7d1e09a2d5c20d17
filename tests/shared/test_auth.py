"""Only valid tokens work: forged in more than forty ways, each refused for its own reason."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jws
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from shared.auth import (
    ALL,
    MAX_TOKEN_BYTES,
    Caller,
    ScopeMissing,
    TokenVerifier,
    UnitNotAllowed,
    bearer,
)
from shared.errors import Unauthenticated
from shared.keys import KeySet

if TYPE_CHECKING:
    from collections.abc import Callable

EC = ECKey.generate_key("P-256", {"kid": "ec-1"})
OTHER_EC = ECKey.generate_key("P-256", {"kid": "ec-1"})
P384 = ECKey.generate_key("P-384", {"kid": "p384"})
ED = OKPKey.generate_key("Ed25519", {"kid": "ed-1"})
RSA = RSAKey.generate_key(2048, {"kid": "rsa-1"})

JWKS = {"keys": [key.as_dict(private=False) for key in (EC, ED, RSA, P384)]}


class Publisher:
    """The far side: a JWKS document that can change, fail and count its readers."""

    def __init__(self, document: object = JWKS) -> None:
        self.document = document
        self.fetched = 0
        self.down = False

    async def __call__(self, _url: str) -> bytes:
        self.fetched += 1
        if self.down:
            raise ConnectionError("issuer away")
        return json.dumps(self.document).encode()


def verifier(
    publisher: Publisher | None = None, *, now: Callable[[], float] = time.time
) -> TokenVerifier:
    keys = KeySet("https://issuer.test/jwks.json", fetch=publisher or Publisher())
    return TokenVerifier(keys, issuer="https://issuer.test", audience="budget", now=now)


def claims(**changed: object) -> dict[str, Any]:
    now = int(time.time())
    body: dict[str, object] = {
        "iss": "https://issuer.test",
        "aud": ["budget", "reports"],
        "sub": "clerk-1",
        "iat": now,
        "nbf": now,
        "exp": now + 300,
        "jti": uuid4().hex,
        "scope": "budget:read budget:post",
        "units": ["jobbtorg-unga-kista"],
    } | changed
    return {name: value for name, value in body.items() if value is not None}


HEADER: dict[str, Any] = {"alg": "ES256", "kid": "ec-1", "typ": "at+jwt"}


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def part(value: object) -> str:
    return b64(json.dumps(value).encode())


def raw(header: dict[str, Any], body: object, key: ECKey = EC) -> str:
    """A compact token with any header at all, signed with ES256."""
    signed = f"{part(header)}.{part(body)}"
    private: Any = key.private_key
    from cryptography.hazmat.primitives.asymmetric.utils import (  # noqa: PLC0415  only here
        decode_dss_signature,
    )

    r, s = decode_dss_signature(private.sign(signed.encode(), ECDSA(SHA256())))
    return f"{signed}.{b64(r.to_bytes(32) + s.to_bytes(32))}"


def token(*, header: dict[str, Any] | None = None, key: ECKey = EC, **changed: object) -> str:
    return raw(HEADER | (header or {}), claims(**changed), key)


def library(
    header: dict[str, Any], key: ECKey | OKPKey | RSAKey, algorithm: str, **changed: object
) -> str:
    payload = json.dumps(claims(**changed)).encode()
    registry = jws.JWSRegistry(algorithms=[algorithm], strict_check_header=False)
    merged = HEADER | header | {"alg": algorithm}
    return jws.serialize_compact(merged, payload, key, [algorithm], registry)


def hs256_with_public_key(material: bytes) -> str:
    signed = f"{part(HEADER | {'alg': 'HS256'})}.{part(claims())}"
    return f"{signed}.{b64(hmac.digest(material, signed.encode(), hashlib.sha256))}"


def pem() -> bytes:
    public: Any = EC.public_key
    return bytes(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))


def cut_signature(text: str) -> str:
    return text.rpartition(".")[0] + "."


def other_claims(text: str) -> str:
    header, _, signature = text.split(".")
    return f"{header}.{part(claims(sub='somebody-else'))}.{signature}"


def other_header(text: str) -> str:
    _, body, signature = text.split(".")
    return f"{part(HEADER | {'kid': 'ec-1', 'x': 1})}.{body}.{signature}"


NOW = time.time
FORGED: dict[str, tuple[str, Callable[[], str]]] = {
    "alg none": ("algorithm", lambda: f"{part(HEADER | {'alg': 'none'})}.{part(claims())}."),
    "alg None, capital": (
        "algorithm",
        lambda: f"{part(HEADER | {'alg': 'None'})}.{part(claims())}.",
    ),
    "alg nOnE signed": ("algorithm", lambda: raw(HEADER | {"alg": "nOnE"}, claims())),
    "alg missing": ("algorithm", lambda: raw({"kid": "ec-1", "typ": "at+jwt"}, claims())),
    "alg a list": ("algorithm", lambda: raw(HEADER | {"alg": ["ES256"]}, claims())),
    "alg empty": ("algorithm", lambda: raw(HEADER | {"alg": ""}, claims())),
    "HS256 with the public key as PEM": ("algorithm", lambda: hs256_with_public_key(pem())),
    "HS256 with the public key as JWK": (
        "algorithm",
        lambda: hs256_with_public_key(json.dumps(EC.as_dict(private=False)).encode()),
    ),
    "HS256 with an empty secret": ("algorithm", lambda: hs256_with_public_key(b"")),
    "RS256 with a published RSA key": (
        "algorithm",
        lambda: library({"kid": "rsa-1"}, RSA, "RS256"),
    ),
    "PS256 with a published RSA key": (
        "algorithm",
        lambda: library({"kid": "rsa-1"}, RSA, "PS256"),
    ),
    "ES384 with a published key": ("algorithm", lambda: library({"kid": "p384"}, P384, "ES384")),
    "ES256 under an Ed25519 key id": ("algorithm", lambda: token(header={"kid": "ed-1"})),
    "Ed25519 under an EC key id": (
        "algorithm",
        lambda: library({"kid": "ec-1"}, ED, "Ed25519"),
    ),
    "embedded jwk": (
        "signature",
        lambda: token(header={"jwk": OTHER_EC.as_dict(private=False)}, key=OTHER_EC),
    ),
    "jku elsewhere": (
        "signature",
        lambda: token(header={"jku": "https://evil.test/jwks"}, key=OTHER_EC),
    ),
    "x5u elsewhere": (
        "signature",
        lambda: token(header={"x5u": "https://evil.test/cert"}, key=OTHER_EC),
    ),
    "x5c embedded": ("signature", lambda: token(header={"x5c": [b64(pem())]}, key=OTHER_EC)),
    "typ JWT": ("type", lambda: token(header={"typ": "JWT"})),
    "typ id token": ("type", lambda: token(header={"typ": "id+jwt"})),
    "typ missing": ("type", lambda: raw({"alg": "ES256", "kid": "ec-1"}, claims())),
    "crit unknown": ("crit", lambda: token(header={"crit": ["x-policy"], "x-policy": 1})),
    "crit empty": ("crit", lambda: token(header={"crit": []})),
    "b64 false": ("crit", lambda: token(header={"b64": False, "crit": ["b64"]})),
    "kid unknown": ("unknown_key", lambda: token(header={"kid": "gone"})),
    "kid missing": ("unknown_key", lambda: raw({"alg": "ES256", "typ": "at+jwt"}, claims())),
    "kid a path": ("unknown_key", lambda: token(header={"kid": "../../dev/null"})),
    "kid a number": ("unknown_key", lambda: token(header={"kid": 1})),
    "another key, same id": ("signature", lambda: token(key=OTHER_EC)),
    "signature cut": ("signature", lambda: cut_signature(token())),
    "signature of zeros": ("signature", lambda: cut_signature(token()) + b64(bytes(64))),
    "signature in DER": (
        "signature",
        lambda: cut_signature(token()) + b64(b"0" * 70),
    ),
    "claims exchanged": ("signature", lambda: other_claims(token())),
    "header exchanged": ("signature", lambda: other_header(token())),
    "expired": ("expired", lambda: token(exp=int(NOW()) - 120)),
    "expired long ago": ("expired", lambda: token(exp=1)),
    "exp missing": ("claims", lambda: token(exp=None)),
    "exp text": ("claims", lambda: token(exp="tomorrow")),
    "exp infinite": ("claims", lambda: token(exp=float("inf"))),
    "nbf in the future": ("claims", lambda: token(nbf=int(NOW()) + 600)),
    "nbf missing": ("claims", lambda: token(nbf=None)),
    "iat in the future": ("claims", lambda: token(iat=int(NOW()) + 600)),
    "iat missing": ("claims", lambda: token(iat=None)),
    "another issuer": ("claims", lambda: token(iss="https://evil.test")),
    "issuer with a slash": ("claims", lambda: token(iss="https://issuer.test/")),
    "issuer missing": ("claims", lambda: token(iss=None)),
    "another audience": ("claims", lambda: token(aud=["participants"])),
    "audience inside a longer word": ("claims", lambda: token(aud=["budget-test"])),
    "audience empty": ("claims", lambda: token(aud=[])),
    "audience missing": ("claims", lambda: token(aud=None)),
    "audience an object": ("claims", lambda: token(aud={"budget": True})),
    "subject missing": ("claims", lambda: token(sub=None)),
    "subject empty": ("claims", lambda: token(sub="")),
    "subject a number": ("claims", lambda: token(sub=7)),
    "jti missing": ("claims", lambda: token(jti=None)),
    "scope a list": ("claims", lambda: token(scope=["budget:read"])),
    "units missing": ("claims", lambda: token(units=None)),
    "units a text": ("claims", lambda: token(units="*")),
    "units a star among others": ("claims", lambda: token(units=["*", "a"])),
    "units of numbers": ("claims", lambda: token(units=[1])),
    "oversized": ("oversized", lambda: token(padding="x" * MAX_TOKEN_BYTES)),
    "two parts": ("malformed", lambda: ".".join(token().split(".")[:2])),
    "four parts": ("malformed", lambda: token() + ".x"),
    "five parts, encrypted": ("malformed", lambda: "a.b.c.d.e"),
    "no token": ("malformed", lambda: "x"),
    "header no JSON": ("malformed", lambda: f"{b64(b'x')}.{part(claims())}.{b64(b'x')}"),
    "header a list": ("malformed", lambda: f"{part([])}.{part(claims())}.{b64(b'x')}"),
    "header not base64": ("malformed", lambda: f"***.{part(claims())}.{b64(b'x')}"),
    "header nested deep": (
        "malformed",
        lambda: f"{b64(b'[' * 5000)}.{part(claims())}.{b64(b'x')}",
    ),
    "claims a list": ("malformed", lambda: raw(HEADER, ["budget"])),
    "claims no object": ("malformed", lambda: raw(HEADER, "budget")),
    "characters beyond ASCII": ("malformed", lambda: "å.ä.ö"),
}


def test_there_are_more_than_forty_forgeries() -> None:
    assert len(FORGED) >= 60


@pytest.mark.parametrize("name", FORGED)
async def test_forged_token_is_refused(name: str) -> None:
    reason, forge = FORGED[name]
    with pytest.raises(Unauthenticated) as refused:
        await verifier().verify(forge())
    assert refused.value.reason == reason
    answer = refused.value.response()
    assert answer.status_code == 401
    assert json.loads(bytes(answer.body)) == {
        "type": "urn:problem:unauthenticated",
        "title": "A valid bearer token is required",
        "status": 401,
        "detail": "The bearer token is not valid.",
        "instance": "urn:trace:none",
        "code": "unauthenticated",
    }
    assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'


BY_ITS_LOOKS = [
    name
    for name, (why, _) in FORGED.items()
    if why in ("algorithm", "type", "crit", "malformed", "oversized")
    and "key id" not in name  # these two name a good algorithm and a key of the other kind
    and not name.startswith("claims")
]


@pytest.mark.parametrize("name", BY_ITS_LOOKS)
async def test_no_keys_are_fetched_for_a_token_refused_by_its_looks(name: str) -> None:
    publisher = Publisher()
    with pytest.raises(Unauthenticated):
        await verifier(publisher).verify(FORGED[name][1]())
    assert publisher.fetched == 0


async def test_honest_tokens_are_accepted() -> None:
    """The control of the forgeries: the same token unchanged, in each form allowed."""
    checked = verifier()
    caller = await checked.verify(token())
    assert caller == Caller(
        "clerk-1", frozenset({"budget:read", "budget:post"}), frozenset({"jobbtorg-unga-kista"})
    )
    assert (await checked.verify(token(aud="budget"))).subject == "clerk-1"
    assert (await checked.verify(token(units=["*"]))).units == ALL
    assert (await checked.verify(token(units=[]))).units == frozenset()
    assert (await checked.verify(token(header={"typ": "application/at+jwt"}))).subject == "clerk-1"
    assert (await checked.verify(library({"kid": "ed-1"}, ED, "Ed25519"))).subject == "clerk-1"
    assert (await checked.verify(token(exp=int(time.time()) - 30))).subject == "clerk-1"


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
async def test_old_name_of_ed25519_is_accepted() -> None:
    text = library({"kid": "ed-1"}, ED, "EdDSA")
    assert (await verifier().verify(text)).subject == "clerk-1"


async def test_private_parts_of_a_token_stay_out_of_its_repr() -> None:
    text = token()
    caller = await verifier().verify(text)
    assert caller.token == text
    assert text not in repr(caller)


async def test_verified_token_is_remembered_until_it_expires() -> None:
    now = time.time()
    publisher = Publisher()
    checked = verifier(publisher, now=lambda: now)
    text = token(exp=int(now) + 100)
    first = await checked.verify(text)
    assert await checked.verify(text) is first
    now += 161
    with pytest.raises(Unauthenticated):
        await checked.verify(text)


async def test_memory_of_tokens_is_bounded() -> None:
    checked = verifier()
    for number in range(10):
        await checked.verify(token(jti=str(number)))
    assert len(checked._seen) == 10
    somebody = Caller("x", frozenset(), ALL)
    for number in range(5000):
        checked._remember(number.to_bytes(32), somebody, 4e9)
    assert len(checked._seen) == 4096


async def test_withdrawn_key_ends_what_it_signed() -> None:
    publisher = Publisher()
    clock = 0.0
    keys = KeySet("https://issuer.test/jwks.json", fetch=publisher, clock=lambda: clock)
    checked = TokenVerifier(keys, issuer="https://issuer.test", audience="budget")
    text = token()
    await checked.verify(text)
    publisher.document = {"keys": [ED.as_dict(private=False)]}
    clock += 31
    with pytest.raises(Unauthenticated):
        await checked.verify(token(header={"kid": "new"}))
    with pytest.raises(Unauthenticated) as refused:
        await checked.verify(text)
    assert refused.value.reason == "unknown_key"


def test_bearer_reads_the_header() -> None:
    assert bearer("Bearer abc") == "abc"
    assert bearer("bearer  abc ") == "abc"
    for wrong in (None, "", "Bearer", "Bearer ", "Basic YTpi", "abc"):
        with pytest.raises(Unauthenticated) as refused:
            bearer(wrong)
        assert refused.value.headers["WWW-Authenticate"] == "Bearer"


def test_caller_refuses_what_the_token_does_not_cover() -> None:
    caller = Caller("x", frozenset({"a:read"}), frozenset({"u"}))
    caller.require_scope("a:read")
    caller.require_unit("u")
    with pytest.raises(ScopeMissing) as missing:
        caller.require_scope("a:write")
    assert missing.value.extensions == {"scope": "a:write"}
    with pytest.raises(UnitNotAllowed):
        caller.require_unit("v")


def test_symmetric_key_in_the_published_set_is_passed_over() -> None:
    from shared.keys import usable_keys  # noqa: PLC0415  only here

    secret = OctKey.generate_key(256, {"kid": "oct-1"})
    document = {"keys": [secret.as_dict(private=True), *JWKS["keys"]]}
    assert set(usable_keys(json.dumps(document).encode())) == {"ec-1", "ed-1"}
