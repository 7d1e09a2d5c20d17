"""The Swedish REST API profile as checks over a specification: each returns what violates it.

Requirement numbers are the profile's own (1.2.0, with the known additions of 2.0.0).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from shared.examples import missing
from tests.repo.services import operations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Document = dict[str, Any]
PROBLEM = "application/problem+json"

_CAMEL = re.compile(r"[a-z][A-Za-z0-9]*")
_SEGMENT = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_PARAMETER = re.compile(r"\{[a-z][A-Za-z0-9]*\}")
_VERBS = ("get-", "post-", "put-", "delete-", "create-", "update-", "list-", "fetch-", "do-")
_PERSONAL = re.compile(r"pnr|personn(r|ummer)|ssn|identity-?number", re.IGNORECASE)
_NOT_PLURAL = {
    "api-info",  # the profile's own name (VER.06)
    "basis",  # one instant, not a collection
    "committee-report-data",  # DESIGN 5 names it so; data is a plural
    "income-statement",  # the statements are documents with fixed names, each the id of one
    "balance-sheet",
    "budget-settlement",
    "project-appendix",
    "forecast-accuracy",  # a measure, which has no plural
    "verification",  # the one answer to whether a signed report still holds
}
_LISTS_NOT_PLURAL = {"by"}  # "by sex and district": an adverb has no plural
_SWEDISH = re.compile(r"\b(och|att|som|för|med)\b")
_ENGLISH = re.compile(r"\b(and|the|of|for|with)\b")


def info_is_complete(document: Document) -> Iterator[str]:
    """DOK.03, DOK.06, DOK.08, DOK.09, DOK.11: what a reader needs before the first call."""
    info = document["info"]
    for name in ("title", "version", "description", "termsOfService", "contact", "license"):
        if not info.get(name):
            yield f"info.{name} is missing"
    for name in ("name", "url", "email"):
        if not info.get("contact", {}).get(name):
            yield f"info.contact.{name} is missing"
    for name in ("name", "url"):
        if not info.get("license", {}).get(name):
            yield f"info.license.{name} is missing"
    text = info.get("description", "")
    if not (_SWEDISH.search(text) and _ENGLISH.search(text)):
        yield "info.description is not in Swedish and English"
    if not re.search(r"begränsning|limit", text, re.IGNORECASE):
        yield "info.description names no limits"
    if not re.fullmatch(r"\d+\.\d+\.\d+", info.get("version", "")):
        yield "info.version is not MAJOR.MINOR.PATCH"


def server_is_published(document: Document) -> Iterator[str]:
    """UFN.01, UFN.02, SAK.01, VER.05: https, no port, one segment, the major version."""
    servers = document.get("servers", [])
    if not servers:
        yield "there is no server"
    major = document["info"]["version"].partition(".")[0]
    for server in servers:
        url = urlsplit(server["url"])
        if url.scheme != "https" or url.port not in (None, 443):
            yield f"{server['url']} is not https on 443"
        if not re.fullmatch(rf"/[a-z-]+/v{major}", url.path):
            yield f"{server['url']} is not host/api/v{major}"


def openapi_is_current(document: Document) -> Iterator[str]:
    """DOK.17."""
    if not document["openapi"].startswith("3.1"):
        yield f"OpenAPI {document['openapi']}"


def api_info_is_there(document: Document) -> Iterator[str]:
    """VER.06, VER.07."""
    operation = document["paths"].get("/api-info", {}).get("get")
    if operation is None:
        yield "there is no GET /api-info"
        return
    schema = resolve(document, success(operation)[1]["content"]["application/json"]["schema"])
    needed = {"apiName", "apiVersion", "apiReleased", "apiDocumentation", "apiStatus"}
    if not needed <= set(schema["properties"]):
        yield "api-info lacks " + ", ".join(sorted(needed - set(schema["properties"])))


def paths_are_plural_nouns_in_kebab_case(document: Document) -> Iterator[str]:
    """RES.06, UFN.07, UFN.08, UFN.09, RES.02."""
    for path in document["paths"]:
        if path.endswith("/"):
            yield f"{path} ends with a slash"
        for segment in path.strip("/").split("/"):
            if segment.startswith("{"):
                if not _PARAMETER.fullmatch(segment):
                    yield f"{path}: {segment} is not camelCase"
            elif not _SEGMENT.fullmatch(segment):
                yield f"{path}: {segment} is not kebab-case"
            elif segment.startswith(_VERBS):
                yield f"{path}: {segment} is a verb"
            elif not segment.endswith("s") and segment not in _NOT_PLURAL:
                yield f"{path}: {segment} is not plural"


def parameters_are_named_alike(document: Document) -> Iterator[str]:
    """FNS.01, FNS.03, FNS.06, RES.02, SAK.15: camelCase, nothing personal, no key in the URL."""
    for method, path, operation in operations(document):
        for parameter in operation.get("parameters", ()):
            name = parameter["name"]
            if parameter["in"] == "header":
                continue
            if not _CAMEL.fullmatch(name):
                yield f"{method} {path}: {name} is not camelCase"
            if _PERSONAL.search(name):
                yield f"{method} {path}: {name} is personal"
            if name.lower() in ("apikey", "token", "accesstoken"):
                yield f"{method} {path}: {name} is a secret"
            if not parameter.get("description") and parameter["in"] == "query":
                yield f"{method} {path}: {name} is not described"


def lists_are_paged(document: Document) -> Iterator[str]:
    """FNS.07, FNS.08, FNS.09, FNS.10: limit 20 and page from 1, `_meta` and `_links`."""
    for method, path, operation in operations(document):
        known = {p["name"]: p["schema"] for p in operation.get("parameters", ())}
        paged = "page" in known or "limit" in known
        if {"skip", "offset", "size", "pageSize"} & set(known):
            yield f"{method} {path} pages in a way of its own"
        schema = answer_schema(document, operation)
        listed = "_meta" in schema.get("properties", {})
        if paged is not listed:
            yield f"{method} {path}: paging parameters and _meta do not go together"
        defaults = [known.get(name, {}).get("default") for name in ("limit", "page")]
        if paged and defaults != [20, 1]:
            yield f"{method} {path}: limit is not 20 or page not 1 by default"
        if listed and "_links" not in schema["properties"]:
            yield f"{method} {path} has no _links"
        if schema.get("type") == "array":
            yield f"{method} {path} answers a bare list"


def operations_are_documented(document: Document) -> Iterator[str]:
    """DOK.12, DOK.19: summary, description, one tag, a unique camelCase operationId."""
    seen: set[str] = set()
    for method, path, operation in operations(document):
        where = f"{method} {path}"
        if not operation.get("summary"):
            yield f"{where} has no summary"
        if not operation.get("description"):
            yield f"{where} has no description"
        if len(operation.get("tags", [])) != 1:
            yield f"{where} has not one tag"
        name = operation.get("operationId", "")
        if not _CAMEL.fullmatch(name):
            yield f"{where}: operationId {name} is not camelCase"
        if name in seen:
            yield f"{where}: operationId {name} is taken"
        seen.add(name)


def security_is_stated(document: Document) -> Iterator[str]:
    """DOK.21, SAK.09, SAK.10: bearer tokens with a scope, or said to be public."""
    schemes = document.get("components", {}).get("securitySchemes", {})
    for name, scheme in schemes.items():
        if (scheme.get("type"), scheme.get("scheme")) != ("http", "bearer"):
            yield f"{name} is not a bearer token"
    for method, path, operation in operations(document):
        if "security" not in operation:
            yield f"{method} {path} states no security"
        for requirement in operation.get("security", ()):
            for name, scopes in requirement.items():
                if name not in schemes or not scopes:
                    yield f"{method} {path} names no scope"


def errors_are_documented(document: Document) -> Iterator[str]:
    """DOK.13, DOK.20, SAK.29: each status an operation can answer with."""
    for method, path, operation in operations(document):
        needed = {"400", "422", "500"}
        if operation.get("security"):
            needed |= {"401", "403"}
        if "requestBody" in operation:
            needed |= {"413", "415"}
        if "{" in path:
            needed.add("404")
        names = {parameter["name"] for parameter in operation.get("parameters", ())}
        if "If-Match" in names:
            needed |= {"412", "428"}
        if "Idempotency-Key" in names:
            needed.add("409")
        for status in sorted(needed - set(operation["responses"])):
            yield f"{method} {path} does not document {status}"
        for status, response in operation["responses"].items():
            if not response.get("description"):
                yield f"{method} {path} {status} has no description"


def errors_are_problems(document: Document) -> Iterator[str]:
    """FEL.01, FEL.02: each error as RFC 9457 problem details."""
    members = {"type", "title", "status", "detail", "instance"}
    for method, path, operation in operations(document):
        for status, response in operation["responses"].items():
            if int(status) < 400:
                continue
            content = response.get("content", {}).get(PROBLEM, {})
            schema = resolve(document, content.get("schema", {}))
            if not members <= set(schema.get("properties", {})):
                yield f"{method} {path} {status} is no problem document"


def everything_has_an_example(document: Document) -> Iterator[str]:
    """DOK.15: each JSON body, in and out, with a full example."""
    yield from (f"{field} has no example" for field in missing(document))
    for method, path, operation in operations(document):
        contents = [
            ("request", operation.get("requestBody", {}).get("content", {})),
            *((s, r.get("content", {})) for s, r in operation["responses"].items()),
        ]
        for where, content in contents:
            for media_type, body in content.items():
                if not media_type.endswith("json"):
                    continue
                schema = resolve(document, body.get("schema", {}))
                if not ({"example", "examples"} & set(body) or "example" in schema):
                    yield f"{method} {path} {where} has no example"


def instants_have_utc_examples(document: Document) -> Iterator[str]:
    """DOT.02, DOT.04: a singular example on every date and date-time, with its offset."""
    for name, schema in document.get("components", {}).get("schemas", {}).items():
        for field, rules in schema.get("properties", {}).items():
            if rules.get("format") not in ("date", "date-time"):
                continue
            example = rules.get("example")
            pattern = r"\d{4}-\d{2}-\d{2}"
            if rules["format"] == "date-time":
                pattern += r"T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})"
            if not isinstance(example, str) or not re.fullmatch(pattern, example):
                yield f"{name}.{field} has no valid example"


def names_are_camel_case(document: Document) -> Iterator[str]:
    """AME.04, AME.05, AME.07: one way of writing names, in every schema."""
    for name, schema in document.get("components", {}).get("schemas", {}).items():
        if name == "Problem":
            continue
        for field in schema.get("properties", {}):
            if not _CAMEL.fullmatch(field) and field not in ("_meta", "_links"):
                yield f"{name}.{field} is not camelCase"


def lists_have_plural_names(document: Document) -> Iterator[str]:
    """AME.06."""
    for name, schema in document.get("components", {}).get("schemas", {}).items():
        for field, rules in schema.get("properties", {}).items():
            kinds = [rules, *rules.get("anyOf", ())]
            listed = any(kind.get("type") == "array" for kind in kinds)
            if listed and not field.endswith("s") and field not in _LISTS_NOT_PLURAL:
                yield f"{name}.{field} is a list and not plural"


def trace_context_is_documented(document: Document) -> Iterator[str]:
    """SPA.02, SPA.04, SPA.07: traceparent taken, optional, and returned."""
    for method, path, operation in operations(document):
        found = [p for p in operation.get("parameters", ()) if p["name"] == "traceparent"]
        if len(found) != 1 or found[0]["in"] != "header" or found[0].get("required"):
            yield f"{method} {path} does not take traceparent"
        for status, response in operation["responses"].items():
            if "traceparent" not in response.get("headers", {}):
                yield f"{method} {path} {status} does not return traceparent"


def creations_say_where(document: Document) -> Iterator[str]:
    """ARP.03, ARP.04: 201 and 202 with Location."""
    for method, path, operation in operations(document):
        for status in ("201", "202"):
            response = operation["responses"].get(status)
            if response is not None and "Location" not in response.get("headers", {}):
                yield f"{method} {path} {status} has no Location"


def reads_change_nothing(document: Document) -> Iterator[str]:
    """ARQ.06, HYP.02: no body and no creation in a GET; a POST is keyed or says why not."""
    for method, path, operation in operations(document):
        if method == "GET" and "requestBody" in operation:
            yield f"GET {path} takes a body"
        if method == "GET" and {"201", "202"} & set(operation["responses"]):
            yield f"GET {path} creates"


CHECKS: tuple[Callable[[Document], Iterator[str]], ...] = (
    info_is_complete,
    server_is_published,
    openapi_is_current,
    api_info_is_there,
    paths_are_plural_nouns_in_kebab_case,
    parameters_are_named_alike,
    lists_are_paged,
    operations_are_documented,
    security_is_stated,
    errors_are_documented,
    errors_are_problems,
    everything_has_an_example,
    instants_have_utc_examples,
    names_are_camel_case,
    lists_have_plural_names,
    trace_context_is_documented,
    creations_say_where,
    reads_change_nothing,
)


def resolve(document: Document, schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema a reference stands for."""
    reference = schema.get("$ref")
    if reference is None:
        return schema
    found: dict[str, Any] = document["components"]["schemas"][reference.rpartition("/")[2]]
    return found


def success(operation: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return an operation's first success."""
    return next((s, r) for s, r in sorted(operation["responses"].items()) if int(s) < 400)


def answer_schema(document: Document, operation: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of an operation's success, or an empty one."""
    content = success(operation)[1].get("content", {}).get("application/json", {})
    return resolve(document, content.get("schema", {}))
