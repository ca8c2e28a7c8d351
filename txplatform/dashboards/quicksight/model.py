"""Requests, and whether they are right by the service's own model: no unknown member, none missing, no wrong value."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

from botocore.loaders import Loader
from botocore.model import ListShape, MapShape, ServiceModel, Shape, StringShape, StructureShape
from botocore.validate import ParamValidator

from txplatform.errors import QuickSightError


class Kind(StrEnum):
    """The kinds of resources, by their names in operations, in the order in which they need each other."""

    DATA_SOURCE = "DataSource"
    DATA_SET = "DataSet"
    ANALYSIS = "Analysis"
    DASHBOARD = "Dashboard"


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource: the request that creates it, without account and id."""

    kind: Kind
    id: str
    request: dict[str, Any]


@lru_cache(maxsize=1)
def service_model() -> ServiceModel:
    """QuickSight's model, as botocore has it."""
    return ServiceModel(Loader().load_service_model("quicksight", "service-2"), "quicksight")


def check(operation: str, request: dict[str, Any]) -> None:
    """Raise QuickSightError for a request that the model of the service does not allow, with every place.

    botocore looks for unknown and missing members, types and lengths; enumerations and patterns are left to the
    service there, and are looked at here.
    """
    shape = service_model().operation_model(operation).input_shape
    assert shape is not None
    report = ParamValidator().validate(request, shape)
    problems = [report.generate_report()] if report.has_errors() else list(_values(request, shape, operation))
    if problems:
        raise QuickSightError(f"{operation} is not a request of QuickSight's model: {'; '.join(problems)}")


def _values(value: Any, shape: Shape, place: str) -> list[str]:
    match shape:
        case StructureShape():
            return [p for name in value for p in _values(value[name], shape.members[name], f"{place}.{name}")]
        case ListShape():
            return [p for number, item in enumerate(value) for p in _values(item, shape.member, f"{place}[{number}]")]
        case MapShape():
            keys = [p for key in value for p in _values(key, shape.key, f"{place} {key}")]
            return keys + [p for key in value for p in _values(value[key], shape.value, f"{place}.{key}")]
        case StringShape():
            return _text(value, shape, place)
        case _:
            return []


def _text(value: str, shape: StringShape, place: str) -> list[str]:
    if shape.enum and value not in shape.enum:
        return [f"{place} is '{value}', none of {', '.join(shape.enum)}"]
    limit, pattern = shape.metadata.get("max"), shape.metadata.get("pattern")
    if limit is not None and len(value) > limit:
        return [f"{place} has {len(value)} characters, of {limit} at most"]
    if pattern and not re.search(f"^(?:{pattern})$", value):
        return [f"{place} is '{value}', which does not match {pattern}"]
    return []
