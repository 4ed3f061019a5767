"""What does PagerDuty's published OpenAPI say about a request or an answer?

It is read leniently where it is known to be wrong, and nowhere else.
"""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

SHARED_API = Path(__file__).parents[2].parent / "shared" / "api"
SUBSET = SHARED_API / "pagerduty-openapi-subset.json"
_URI = "urn:pagerduty"

Found = tuple[str, dict[str, Any]]
"""The path as the contract writes it, and the operation."""


@cache
def contract() -> dict[str, Any]:
    """The published document, untouched."""
    document: dict[str, Any] = json.loads(SUBSET.read_text())
    return document


def operation(method: str, path: str) -> Found | None:
    """The operation that a request belongs to; a path without placeholders goes first."""
    for template in sorted(contract()["paths"], key=lambda one: one.count("{")):
        pattern = re.sub(r"{\w+}", "[^/]+", template)
        methods = contract()["paths"][template]
        if re.fullmatch(pattern, path) and method.lower() in methods:
            return template, methods[method.lower()]
    return None


def parameters(found: Found, place: str) -> dict[str, dict[str, Any]]:
    """The declared parameters by name; `place` is `query` or `header`."""
    template, asked = found
    rows = [*contract()["paths"][template].get("parameters", []), *asked.get("parameters", [])]
    rows = [_followed(row) for row in rows]
    return {row["name"]: row for row in rows if row["in"] == place}


def complaints(method: str, path: str, status: int, body: Any) -> list[str]:
    """What the contract has against an answer, one line each; none if it is as published."""
    found = operation(method, path)
    if found is None:
        return [f"{method} {path} is not in the contract"]
    responses = found[1]["responses"]
    listed = str(status)
    if listed not in responses and found[0].endswith("/overrides") and status == 200:
        listed = "201"  # The list of overrides is published under 201.
    if listed not in responses:
        return [f"{method} {path} answers {status}, which is not among {sorted(responses)}"]
    content = _followed(responses[listed]).get("content", {})
    if not content:
        return [] if not body else [f"{method} {path} {status} has a body"]
    return _against(content["application/json"]["schema"], body)


def request_complaints(method: str, path: str, body: Any) -> list[str]:
    """What the contract has against a request's body."""
    found = operation(method, path)
    if found is None:
        return [f"{method} {path} is not in the contract"]
    wanted = _followed(found[1].get("requestBody", {})).get("content", {})
    return _against(wanted["application/json"]["schema"], body) if wanted else []


def _against(schema: dict[str, Any], body: Any) -> list[str]:
    validator = Draft202012Validator(_lenient(schema, _URI), registry=_registry())
    return [f"{error.json_path}: {error.message[:300]}" for error in validator.iter_errors(body)]


@cache
def _registry() -> Registry[Any]:
    lenient = _lenient(contract(), "")
    empty: Registry[Any] = Registry()
    filled: Registry[Any] = empty.with_resource(_URI, DRAFT202012.create_resource(lenient))
    return filled


def _followed(row: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in row:
        target: Any = contract()
        for part in row["$ref"].removeprefix("#/").split("/"):
            target = target[part.replace("~1", "/").replace("~0", "~")]
        row = target
    return row


def _lenient(node: Any, base: str) -> Any:
    """The schema in today's dialect, without the published defects.

    A `oneOf` whose branches overlap becomes an `anyOf`; a field that need not be there may also
    be null; a log entry may be of a type that the list forgets.
    """
    if isinstance(node, list):
        return [_lenient(one, base) for one in node]
    if not isinstance(node, dict):
        return node
    grown = {
        "anyOf" if key == "oneOf" else key: _lenient(value, base)
        for key, value in node.items()
        if not (key == "enum" and any("_log_entry" in str(one) for one in value))
    }
    if isinstance(grown.get("$ref"), str) and grown["$ref"].startswith("#"):
        grown["$ref"] = base + grown["$ref"]
    if grown.get("nullable") is True:
        return {"anyOf": [grown, {"type": "null"}]}
    fields, needed = grown.get("properties"), grown.get("required", [])
    if isinstance(fields, dict) and isinstance(needed, list):
        grown["properties"] = {
            name: field if name in needed else {"anyOf": [field, {"type": "null"}]}
            for name, field in fields.items()
        }
    return grown
