"""The tree in the docstring of the errors is the one of the classes, and each class is fit for the reference."""

import inspect
import re

import pytest

from txplatform import errors
from txplatform.errors import PlatformError

CLASSES = [value for value in vars(errors).values() if inspect.isclass(value) and issubclass(value, PlatformError)]

WITHOUT_REMEDY = {"PlatformError", "LocalStackError"}  # the base, and the one whose every message has its own


def depth(error: type[PlatformError]) -> int:
    return error.__mro__.index(PlatformError)


def test_the_tree_is_drawn_as_it_is() -> None:
    drawn = re.findall(r"^ {4}([│├└─ ]*)(\w+Error)\b.*?(retryable|terminal)?$", errors.__doc__ or "", re.MULTILINE)
    classes = [(depth(error), error.__name__, "retryable" if error.retryable else "terminal") for error in CLASSES]
    assert [(len(branch) // 4, name, kind or "terminal") for branch, name, kind in drawn] == classes


def test_codes_are_unique() -> None:
    codes = [error.code for error in CLASSES]
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch("[a-z]+(_[a-z]+)*", code) for code in codes)


@pytest.mark.parametrize("error", CLASSES, ids=lambda error: error.__name__)
def test_every_error_is_described(error: type[PlatformError]) -> None:
    assert "code" in vars(error)
    first, _, rest = inspect.cleandoc(error.__doc__ or "").partition("\n\n")
    assert first.endswith(".")
    assert "\n" not in first
    assert "Remedy: " in rest or error.__name__ in WITHOUT_REMEDY
