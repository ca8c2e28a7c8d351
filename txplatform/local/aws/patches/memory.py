"""moto keeps every model it ever made, for its dashboard: messages deleted, items copied for a query, stream records.

Whatever is no longer used may go.
"""

from typing import Any

from moto.core.common_models import BaseModel


def _make(cls: type[BaseModel], *_args: Any, **_kwargs: Any) -> BaseModel:
    return object.__new__(cls)


def apply() -> None:
    BaseModel.__new__ = _make  # type: ignore[method-assign, assignment]
