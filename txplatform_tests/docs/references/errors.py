"""The error classes of the platform and of the functions, with their codes."""

import inspect
from typing import Any

from lambdas.data_api import errors as api_errors
from lambdas.data_api.problem import status_of
from lambdas.shared import errors as function_errors
from txplatform import errors as platform_errors
from txplatform.client import errors as client_errors
from txplatform.dashboards.powerbi import errors as powerbi_errors
from txplatform_tests.docs.references.page import Page, code, table

_INTRODUCTION = """# Errors

This page is generated from the error classes. Every error carries a stable `code` and says whether the same call may
succeed later. Messages name files, fields, tables and query ids, and never hold the value of a personal field.

## Of the platform

The command line prints the message and exits with status 1. In Dagster a retryable error makes the step retry (in the
lanes: the objects back off and are taken again), a terminal one fails it with its code in the metadata.
"""
_FUNCTIONS = """
## Of the functions

An error of a dependency makes the message or the change come again. What breaks its contract is refused with every
reason.
"""
_API = """
## Of the data API

Answers are RFC 9457 problem documents (`application/problem+json`) with `type`, `title`, `status`, `code`, `detail` and
`errors`, one entry a violated rule: `field`, `rule`, `message`. Retryable ones carry `Retry-After`.
"""


_CLIENT = """
## Of the client

`txplatform.client` raises these, each with the problem document that the API sent. A retryable one is raised after the
client's own retries.
"""


def errors_page() -> Page:
    """Render the four trees."""
    base = platform_errors.PlatformError
    platform = [*_classes(platform_errors, base), *_classes(powerbi_errors, base)]
    functions = _classes(function_errors, function_errors.FunctionError)
    api = _classes(api_errors, api_errors.RequestError)
    client = _classes(client_errors, client_errors.DataApiError)
    texts = _tree_texts(function_errors.__doc__) | _tree_texts(api_errors.__doc__)
    head = ("code", "meaning", "retryable")
    parts = [
        _INTRODUCTION,
        table(head, (_row(cls, texts) for cls in platform)),
        _FUNCTIONS,
        table(head, (_row(cls, texts) for cls in functions)),
        _API,
        table((*head, "HTTP status"), ((*_row(cls, texts), str(int(_status(cls)))) for cls in (*api, *functions))),
        _CLIENT,
        table(head, (_row(cls, texts) for cls in client)),
    ]
    everything = (*platform, *functions, *api, *client)
    return Page("\n".join(parts), tuple(cls.__name__ for cls in everything if not _meaning(cls, texts)))


def _classes(module: Any, base: type[Exception]) -> list[Any]:
    """The concrete classes of a module, in the order in which they are defined."""
    found = [item for item in vars(module).values() if inspect.isclass(item) and issubclass(item, base)]
    return [item for item in found if item.__module__ == module.__name__ and item is not base]


def _row(cls: Any, texts: dict[str, str]) -> tuple[str, ...]:
    return code(cls.code), _meaning(cls, texts), "yes" if cls.retryable else "no"


def _meaning(cls: Any, texts: dict[str, str]) -> str:
    """The class's docstring; a class without one is described in the tree of its module, or as its base is."""
    for each in cls.__mro__[:2]:
        text = each.__dict__.get("__doc__") or texts.get(each.__name__, "")
        if text:
            return inspect.cleandoc(text).partition("\n\n")[0]
    return ""


def _tree_texts(docstring: str | None) -> dict[str, str]:
    """What the tree in a module's docstring says of each class."""
    lines = [line.lstrip(" │├└─").split(None, 1) for line in (docstring or "").splitlines()]
    return {name: text.strip() for name, text in (line for line in lines if len(line) == 2) if name.endswith("Error")}


def _status(cls: Any) -> Any:
    return status_of(cls.__new__(cls))
