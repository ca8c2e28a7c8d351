"""A request as Athena's own model has it."""

from functools import lru_cache
from typing import Any

from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.validate import ParamValidator

from txplatform.local.aws.athena.errors import RequestError


@lru_cache(maxsize=1)
def _model() -> ServiceModel:
    return ServiceModel(Loader().load_service_model("athena", "service-2"), "athena")


def check(operation: str, request: Any) -> None:
    """Raise RequestError for a request that lacks a member or has one of another type; unknown members pass."""
    shape = _model().operation_model(operation).input_shape
    if not isinstance(request, dict) or shape is None:
        raise RequestError("The request is no JSON object")
    report = ParamValidator().validate({name: request[name] for name in request if name in shape.members}, shape)
    if report.has_errors():
        raise RequestError(report.generate_report())
