"""Signing in at the embedded issuer: the part of OpenID Connect that the web front uses.

Authorization code with PKCE (RFC 6749, 7636; OpenID Connect Core 1.0). There is no password:
whoever reaches this machine picks who to be. It is for machines without an identity provider.
"""

from __future__ import annotations

import hmac
import time
import uuid
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from joserfc import jwt
from joserfc.errors import JoseError
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from jarva.issuer import ALGORITHM, Issuer
from jarva.issuer_roles import ROLES, role_named

if TYPE_CHECKING:
    from starlette.requests import Request

CLIENT = "jarva-front"
CODE_SECONDS = 60
SESSION = timedelta(hours=8)
_MAX_FORM = 16 * 1024
_ASKED = (
    "client_id",
    "redirect_uri",
    "response_type",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
)
_STYLE = (
    "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:2rem auto;padding:0 1rem;"
    "color-scheme:light dark}button{font:inherit;width:100%;text-align:left;padding:.75rem 1rem;"
    "margin:.25rem 0;min-height:44px}"
)
_POLICY = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; "
    "form-action 'self' http://127.0.0.1:*; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}


@dataclass
class SignIn:
    """The two endpoints; a code is taken once.

    Args:
        issuer: signs codes and tokens.
        redirect_uri: the one address that codes are sent to.

    """

    issuer: Issuer
    redirect_uri: str

    def __post_init__(self) -> None:
        self._taken: dict[str, float] = {}

    async def authorize(self, request: Request) -> Response:
        """Show whom one can be (GET), or send the chosen one's code to the front (POST)."""
        if request.method == "GET":
            asked = dict(request.query_params)
            return self._refusal(asked) or _page(asked)
        form = await _form(request)
        role = role_named(form.get("role", ""))
        refusal = self._refusal(form)
        if refusal is not None or role is None:
            return refusal or _refused("role")
        code = self._code(role.subject, form)
        sent = urlencode({"code": code, "state": form["state"], "iss": self.issuer.name})
        return RedirectResponse(f"{self.redirect_uri}?{sent}", status_code=303)

    async def token(self, request: Request) -> Response:
        """Give tokens for a code to whoever knows its verifier."""
        form = await _form(request)
        claims = self._opened(form.get("code", ""))
        challenge = _challenge(form.get("code_verifier", ""))
        fits = (
            claims is not None
            and form.get("grant_type") == "authorization_code"
            and form.get("client_id") == CLIENT
            and form.get("redirect_uri") == self.redirect_uri
            and hmac.compare_digest(claims["challenge"], challenge)
        )
        role = role_named(claims["sub"]) if claims else None
        if not fits or claims is None or role is None or not self._take(claims["jti"]):
            return JSONResponse({"error": "invalid_grant"}, status_code=400, headers=_POLICY)
        body = {
            "access_token": self.issuer.mint(role.subject, role.scopes, lifetime=SESSION),
            "id_token": self._id_token(role.subject, role.title, claims["nonce"]),
            "token_type": "Bearer",
            "expires_in": int(SESSION.total_seconds()),
            "scope": " ".join(role.scopes),
        }
        return JSONResponse(body, headers=_POLICY)

    def _refusal(self, asked: dict[str, str]) -> Response | None:
        """Refuse here whatever must not be sent back: another client's or address's question."""
        wanted = {
            "client_id": CLIENT,
            "redirect_uri": self.redirect_uri,
            "response_type": "code",
            "code_challenge_method": "S256",
        }
        wrong = [name for name, value in wanted.items() if asked.get(name) != value]
        wrong += [name for name in ("state", "nonce", "code_challenge") if not asked.get(name)]
        return _refused(", ".join(wrong)) if wrong else None

    def _code(self, subject: str, asked: dict[str, str]) -> str:
        return self._signed(
            {
                "sub": subject,
                "use": "code",
                "jti": uuid.uuid4().hex,
                "exp": int(time.time()) + CODE_SECONDS,
                "nonce": asked["nonce"],
                "challenge": asked["code_challenge"],
            }
        )

    def _id_token(self, subject: str, name: str, nonce: str) -> str:
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": self.issuer.name,
            "sub": subject,
            "aud": CLIENT,
            "iat": now,
            "exp": now + CODE_SECONDS * 5,
            "nonce": nonce,
            "name": name,
        }
        return self._signed(claims)

    def _signed(self, claims: dict[str, Any]) -> str:
        key = self.issuer.ensure_key()
        header = {"alg": ALGORITHM, "kid": key.kid}
        return jwt.encode(header, claims, key, algorithms=[ALGORITHM])

    def _opened(self, code: str) -> dict[str, Any] | None:
        try:
            claims = jwt.decode(code, self.issuer.ensure_key(), algorithms=[ALGORITHM]).claims
        except (JoseError, ValueError):
            return None
        fresh = claims.get("use") == "code" and claims.get("exp", 0) >= time.time()
        return claims if fresh else None

    def _take(self, code_id: str) -> bool:
        """Say whether a code is taken for the first time."""
        now = time.time()
        self._taken = {taken: until for taken, until in self._taken.items() if until > now}
        if code_id in self._taken:
            return False
        self._taken[code_id] = now + CODE_SECONDS
        return True


async def _form(request: Request) -> dict[str, str]:
    body = await request.body()
    return dict(parse_qsl(body[:_MAX_FORM].decode("utf-8", "replace"), keep_blank_values=True))


def _challenge(verifier: str) -> str:
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _refused(wrong: str) -> Response:
    text = f"<p>Inloggningen kan inte påbörjas: {escape(wrong)} är fel.</p>"
    return HTMLResponse(_framed("Fel", text), status_code=400, headers=_POLICY)


def _page(asked: dict[str, str]) -> Response:
    hidden = "".join(
        f'<input type="hidden" name="{name}" value="{escape(asked[name])}">' for name in _ASKED
    )
    buttons = "".join(
        f'<button name="role" value="{role.subject}"><strong>{role.title}</strong>: '
        f"{role.does}</button>"
        for role in ROLES
    )
    text = (
        "<h1>Vem vill du vara?</h1><p>Det här är inloggningen på en maskin utan "
        "identitetstjänst. Personerna är påhittade.</p>"
        f'<form method="post" action="/authorize">{hidden}{buttons}</form>'
    )
    return HTMLResponse(_framed("Logga in", text), headers=_POLICY)


def _framed(title: str, text: str) -> str:
    return (
        '<!doctype html><html lang="sv"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{_STYLE}</style></head>"
        f"<body><main>{text}</main></body></html>"
    )
