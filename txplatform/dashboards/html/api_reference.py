"""Draws the API reference: an OpenAPI 3.1 document in, one self-contained HTML page out."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from txplatform.dashboards.html.templates import template

_AUTHORIZATION = """\
TOKEN=$(curl -s -u "$TXP_CLIENT_ID:$TXP_CLIENT_SECRET" -d grant_type=client_credentials "$TXP_TOKEN_URL" \\
  | python3 -c 'import json, sys; print(json.load(sys.stdin)["access_token"])')"""
_METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True, slots=True)
class Property:
    """One row of a table of fields or parameters; `rules` are its constraints in words."""

    name: str
    type: str
    required: bool
    rules: tuple[str, ...]
    description: str


@dataclass(frozen=True, slots=True)
class Body:
    """A request or response body: the schema's name where it has one, its fields and an example as JSON."""

    schema: str
    properties: tuple[Property, ...]
    example: str


@dataclass(frozen=True, slots=True)
class Response:
    status: str
    description: str
    schema: str


@dataclass(frozen=True, slots=True)
class Operation:
    anchor: str
    method: str
    path: str
    summary: str
    description: str
    scopes: tuple[str, ...]
    parameters: tuple[Property, ...]
    request: Body | None
    responses: tuple[Response, ...]
    curl: str


@dataclass(frozen=True, slots=True)
class Section:
    """The operations of one tag."""

    name: str
    description: str
    operations: tuple[Operation, ...]


@dataclass(frozen=True, slots=True)
class Schema:
    name: str
    description: str
    properties: tuple[Property, ...]


def render_api_reference(document: Mapping[str, Any]) -> str:
    """Return the page for an OpenAPI document whose references are all local."""
    schemas = _schemas(document)
    return template("api.html.j2").render(
        title=document["info"]["title"],
        version=document["info"]["version"],
        description=document["info"].get("description", ""),
        server=_server(document),
        authorization=_AUTHORIZATION,
        sections=_sections(document),
        schemas=schemas,
        names={schema.name for schema in schemas},
    )


def _server(document: Mapping[str, Any]) -> str:
    servers = document.get("servers") or [{"url": ""}]
    return str(servers[0]["url"]).rstrip("/")


def _sections(document: Mapping[str, Any]) -> tuple[Section, ...]:
    descriptions = {tag["name"]: tag.get("description", "") for tag in document.get("tags", [])}
    grouped: dict[str, list[Operation]] = {name: [] for name in descriptions}
    for path, item in document["paths"].items():
        shared = item.get("parameters", [])
        for method in _METHODS:
            if method in item:
                name = next(iter(item[method].get("tags", [])), "operations")
                operation = _operation(document, path, method, item[method], shared)
                grouped.setdefault(name, []).append(operation)
    return tuple(
        Section(name, descriptions.get(name, ""), tuple(operations))
        for name, operations in grouped.items()
        if operations
    )


def _operation(
    document: Mapping[str, Any], path: str, method: str, item: Mapping[str, Any], shared: list[Mapping[str, Any]]
) -> Operation:
    parameters = [_resolve(document, parameter) for parameter in [*shared, *item.get("parameters", [])]]
    request = _resolve(document, item["requestBody"]) if "requestBody" in item else None
    body = _body(document, request) if request else None
    return Operation(
        anchor=f"{method}{path}".replace("/", "-").replace("{", "").replace("}", ""),
        method=method.upper(),
        path=path,
        summary=item.get("summary", ""),
        description=item.get("description", ""),
        scopes=tuple(
            dict.fromkeys(scope for option in item.get("security", ()) for given in option.values() for scope in given)
        ),
        parameters=tuple(
            Property(
                parameter["name"],
                f"{_type(document, parameter.get('schema', {}))} in {parameter['in']}",
                bool(parameter.get("required")),
                _rules(_resolve(document, parameter.get("schema", {}))),
                parameter.get("description", ""),
            )
            for parameter in parameters
        ),
        request=body,
        responses=tuple(
            _response(document, status, _resolve(document, response)) for status, response in item["responses"].items()
        ),
        curl=_curl(document, method, path, next(iter(request["content"])) if request else ""),
    )


def _response(document: Mapping[str, Any], status: str, response: Mapping[str, Any]) -> Response:
    media = next(iter(response.get("content", {}).values()), {})
    return Response(
        status, response.get("description", ""), _type(document, media["schema"]) if "schema" in media else ""
    )


def _body(document: Mapping[str, Any], request: Mapping[str, Any]) -> Body:
    media = next(iter(request["content"].values()))
    schema = _resolve(document, media["schema"])
    example = media["example"] if "example" in media else _example(document, media["schema"])
    return Body(
        _type(document, media["schema"]), _properties(document, schema), json.dumps(example, indent=2, default=str)
    )


def _schemas(document: Mapping[str, Any]) -> tuple[Schema, ...]:
    schemas = document.get("components", {}).get("schemas", {})
    return tuple(
        Schema(name, schema.get("description", ""), _properties(document, schema)) for name, schema in schemas.items()
    )


def _properties(document: Mapping[str, Any], schema: Mapping[str, Any]) -> tuple[Property, ...]:
    required = set(schema.get("required", ()))
    return tuple(
        Property(
            name,
            _type(document, item),
            name in required,
            _rules(_resolve(document, item)),
            _resolve(document, item).get("description", ""),
        )
        for name, item in schema.get("properties", {}).items()
    )


def _resolve(document: Mapping[str, Any], item: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in item:
        target: Any = document
        for part in str(item["$ref"]).removeprefix("#/").split("/"):
            target = target[part.replace("~1", "/").replace("~0", "~")]
        item = target
    return item


def _type(document: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    for combination in ("oneOf", "anyOf"):
        if combination in schema:
            return " or ".join(_type(document, option) for option in schema[combination])
    if schema.get("type") == "array":
        return f"list of {_type(document, schema.get('items', {}))}"
    kind = schema.get("type", "any")
    text = " or ".join(kind) if isinstance(kind, list) else str(kind)
    return f"{text} ({schema['format']})" if "format" in schema else text


def _rules(schema: Mapping[str, Any]) -> tuple[str, ...]:
    found: list[str] = []
    if "enum" in schema:
        found.append("one of " + ", ".join(map(str, schema["enum"])))
    if "const" in schema:
        found.append(f"always {schema['const']}")
    spans = (("minLength", "maxLength", "{} to {} characters"), ("minItems", "maxItems", "{} to {} items"))
    for low, high, text in spans:
        if low in schema and high in schema:
            found.append(text.format(schema[low], schema[high]))
        elif high in schema:
            found.append(text.format(0, schema[high]))
        elif low in schema:
            found.append(f"at least {schema[low]} {text.rsplit(' ', 1)[-1]}")
    for name, text in (
        ("minimum", "≥ {}"),
        ("exclusiveMinimum", "> {}"),
        ("maximum", "≤ {}"),
        ("pattern", "matches {}"),
    ):
        if name in schema:
            found.append(text.format(schema[name]))
    return tuple(found)


def _example(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Any:
    schema = _resolve(document, schema)
    if schema.get("examples"):
        return schema["examples"][0]
    for name in ("example", "const", "default"):
        if name in schema:
            return schema[name]
    for combination in ("oneOf", "anyOf"):
        if combination in schema:
            return _example(document, schema[combination][0])
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type")
    if kind == "object":
        properties = schema.get("properties", {})
        return {name: _example(document, item) for name, item in properties.items()}
    if kind == "array":
        return [_example(document, schema.get("items", {}))]
    return {"integer": 0, "number": 0, "boolean": False}.get(str(kind), "…")


def _curl(document: Mapping[str, Any], method: str, path: str, media_type: str) -> str:
    lines = [f"curl -X {method.upper()} '{_server(document)}{path}'", '  -H "Authorization: Bearer $TOKEN"']
    if media_type:
        lines += [f"  -H 'Content-Type: {media_type}'", "  -d @record.json"]
    return " \\\n".join(lines)
