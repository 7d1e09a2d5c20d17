"""The embedded issuer as a server: its keys, and signing in at the web front.

Run by ``python -m shared.serve jarva.issuer_app:create_app`` with its address in
``JARVA_ISSUER``, the folder of its keys in ``JARVA_ISSUER_FOLDER`` and the front's address for
codes in ``JARVA_ISSUER_REDIRECT``. Other tokens come from ``jarva token``.
"""

from __future__ import annotations

import os
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from jarva.issuer import ALGORITHM, Issuer
from jarva.issuer_sign_in import SignIn

# A rotated key is seen within this many seconds.
_CACHE = {"Cache-Control": "max-age=300"}


def create_app() -> Starlette:
    issuer = Issuer(Path(os.environ["JARVA_ISSUER_FOLDER"]), os.environ["JARVA_ISSUER"])
    sign_in = SignIn(issuer, os.environ["JARVA_ISSUER_REDIRECT"])

    async def keys(_request: Request) -> Response:
        return FileResponse(issuer.jwks_path, media_type="application/json", headers=_CACHE)

    async def metadata(_request: Request) -> Response:
        return JSONResponse(_metadata(issuer), headers=_CACHE)

    async def ready(_request: Request) -> Response:
        return JSONResponse({"status": "ready"})

    return Starlette(
        routes=[
            Route("/jwks.json", keys),
            Route("/.well-known/openid-configuration", metadata),
            Route("/.well-known/oauth-authorization-server", metadata),
            Route("/authorize", sign_in.authorize, methods=["GET", "POST"]),
            Route("/token", sign_in.token, methods=["POST"]),
            Route("/ready", ready),
        ]
    )


def _metadata(issuer: Issuer) -> dict[str, object]:
    return {
        "issuer": issuer.name,
        "jwks_uri": issuer.jwks_url,
        "authorization_endpoint": f"{issuer.name}/authorize",
        "token_endpoint": f"{issuer.name}/token",
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["none"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [ALGORITHM],
    }
