"""`GET /api-info`: what this API is, as the profile's VER.06 and VER.07 ask."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from shared.models import ApiModel, LocalDate
from shared.routing import ServiceRouter, kept_bytes

if TYPE_CHECKING:
    from shared.app import ServiceSpec
    from shared.settings import ServiceSettings


class ApiStatus(StrEnum):
    ALPHA = "alpha"
    BETA = "beta"
    ACTIVE = "active"
    DEPRECATED = "deprecated"
    RETIRED = "retired"
    DECOMMISSIONED = "decommissioned"


class ApiInfo(ApiModel):
    api_name: str = Field(examples=["participants"])
    api_version: str = Field(examples=["1.0.0"], pattern=r"^\d+\.\d+\.\d+$")
    api_released: LocalDate
    api_documentation: str = Field(examples=["https://api.example.se/participants/v1/openapi.json"])
    api_status: ApiStatus


def info_router(spec: ServiceSpec, settings: ServiceSettings) -> ServiceRouter:
    """Return the route that tells which API and version answers here."""
    router = ServiceRouter(prefix="", tag="api-info")
    info = ApiInfo(
        api_name=spec.name,
        api_version=spec.version,
        api_released=spec.released,
        api_documentation=f"{settings.public_url}{spec.root}/openapi.json",
        api_status=ApiStatus(spec.status),
    ).to_json()

    @router.get("/api-info", public=True, answers=ApiInfo, kept=True)
    async def read_api_info(request: Request) -> Response:
        """Read what this API is.

        Name, version, release date, documentation and life-cycle status.
        """
        return kept_bytes(request, info, tag=spec.version, cache="public, max-age=300")

    return router
