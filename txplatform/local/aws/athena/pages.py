"""Pages of a list: a token is the position of the next one."""

from collections.abc import Mapping, Sequence
from typing import Any

from txplatform.local.aws.athena.errors import RequestError


def bounds(request: Mapping[str, Any], total: int, largest: int) -> tuple[int, int]:
    """Return where a page begins and ends; raise RequestError for a token that was not given out."""
    token, size = request.get("NextToken") or "0", request.get("MaxResults") or largest
    first = int(token) if token.isascii() and token.isdigit() and len(token) <= len(str(total)) else -1
    if not 0 <= first <= total:
        raise RequestError("Invalid NextToken: it was not given out for this request")
    if not 1 <= size <= largest:
        raise RequestError(f"MaxResults must be from 1 to {largest}, and is {size}")
    return first, min(first + size, total)


def next_token(last: int, total: int) -> dict[str, str]:
    """Return what leads to the page after `last`, nothing at the end."""
    return {"NextToken": str(last)} if last < total else {}


def page(name: str, items: Sequence[Any], request: Mapping[str, Any], largest: int = 50) -> dict[str, Any]:
    """Return a page of a list under its name in the answer."""
    first, last = bounds(request, len(items), largest)
    return {name: list(items[first:last]), **next_token(last, len(items))}
