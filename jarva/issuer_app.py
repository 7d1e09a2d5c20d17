"""Publishes the embedded issuer's keys where an identity provider would.

Run by ``python -m shared.serve jarva.issuer_app:create_app`` with its address in ``JARVA_ISSUER``
and the folder of its keys in ``JARVA_ISSUER_FOLDER``. It signs nothing: tokens come from
``jarva token``.
"""

from __future__ import annotations

import os
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from jarva.issuer import ALGORITHM, Issuer

# A rotated key is seen within this many seconds.
_CACHE = {"Cache-Control": "max-age=300"}


def create_app() -> Starlette:
    issuer = Issuer(Path(os.environ["JARVA_ISSUER_FOLDER"]), os.environ["JARVA_ISSUER"])

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
            Route("/ready", ready),
        ]
    )


def _metadata(issuer: Issuer) -> dict[str, object]:
    return {
        "issuer": issuer.name,
        "jwks_uri": issuer.jwks_url,
        "response_types_supported": ["token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [ALGORITHM],
    }
