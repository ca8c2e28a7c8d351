"""A request as QuickSight's own model has it: which operation it is, and its members, strictly."""

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, unquote

from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel
from botocore.validate import ParamValidator

_PART = re.compile(r"\{(\w+)\+?\}")


class RequestError(Exception):
    """What QuickSight answers instead of a result: `code` names the exception of its model."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.status = status


@dataclass(frozen=True, slots=True)
class Request:
    """An operation with its members."""

    operation: str
    members: dict[str, Any]


def read(method: str, path: str, query: str, body: bytes, operations: frozenset[str]) -> Request | None:
    """The request, None where it is none of these operations; raise RequestError for members that do not fit."""
    for name in operations:
        operation = _model().operation_model(name)
        found = _pattern(operation.http["requestUri"]).fullmatch(path)
        if found and operation.http["method"] == method:
            return Request(name, _members(operation, found.groupdict(), query, body))
    return None


@lru_cache(maxsize=1)
def _model() -> ServiceModel:
    return ServiceModel(Loader().load_service_model("quicksight", "service-2"), "quicksight")


@lru_cache(maxsize=100)
def _pattern(uri: str) -> re.Pattern[str]:
    return re.compile(
        _PART.sub(lambda part: f"(?P<{part[1]}>.+)" if "Arn" in part[1] else f"(?P<{part[1]}>[^/]+)", uri)
    )


def _members(operation: OperationModel, parts: dict[str, str], query: str, body: bytes) -> dict[str, Any]:
    try:
        content: Any = json.loads(body or b"{}")
    except ValueError as error:
        raise RequestError("InvalidParameterValueException", "The request is no JSON") from error
    shape = operation.input_shape
    if not isinstance(content, dict) or shape is None:
        raise RequestError("InvalidParameterValueException", "The request is no JSON object")
    names = {member.serialization.get("name", name): name for name, member in shape.members.items()}
    members = dict(content)
    for name, value in [*((name, unquote(value)) for name, value in parts.items()), *parse_qsl(query)]:
        member = names.get(name, name)
        members[member] = _typed(value, shape.members[member].type_name if member in shape.members else "string")
    report = ParamValidator().validate(members, shape)
    if report.has_errors():
        raise RequestError("InvalidParameterValueException", report.generate_report())
    return members


def _typed(value: str, kind: str) -> Any:
    """A value of the address or the query, which are texts."""
    if kind in ("integer", "long") and value.isdecimal():
        return int(value)
    return value == "true" if kind == "boolean" and value in ("true", "false") else value
