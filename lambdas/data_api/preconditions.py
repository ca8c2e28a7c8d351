"""Entity tags, and the conditions that a request sets by them (RFC 9110, section 13).

A tag is strong: the same tag means the same canonical record, whoever wrote it and when. A key that holds nothing, or
a tombstone, has no representation, and so no tag.
"""

import base64
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lambdas.data_api.errors import MalformedRequestError, PreconditionFailedError, PreconditionRequiredError
from lambdas.data_api.stored import Stored
from lambdas.shared.jsonio import dumps
from lambdas.shared.schema import EntitySchema, Record

HEADERS = ("if-match", "if-none-match")

_TAG_BYTES = 16
_ANY = "*"
_TAG = r'(?:W/)?"[\x21\x23-\x7e\x80-\U0010ffff]*"'
_LIST = re.compile(rf"{_TAG}(?:[ \t]*,[ \t]*{_TAG})*")
_EACH = re.compile(_TAG)


def entity_tag(record: Record) -> str:
    """The strong tag of a record: 128 bits of the hash of its canonical form, whatever the order of its fields."""
    return text_tag(dumps(dict(sorted(record.items()))))


def text_tag(text: str) -> str:
    """The strong tag of a text."""
    digest = hashlib.sha256(text.encode()).digest()[:_TAG_BYTES]
    return f'"{base64.urlsafe_b64encode(digest).decode().rstrip("=")}"'


@dataclass(frozen=True, slots=True)
class Preconditions:
    """What a request expects to find: the tags of each header, or None where it is absent."""

    match: frozenset[str] | None = None
    none_match: frozenset[str] | None = None

    @classmethod
    def parse(cls, headers: Mapping[str, str]) -> "Preconditions":
        """Read both headers; raise MalformedRequestError."""
        return cls(*(_tags(name, headers.get(name)) for name in HEADERS))

    def __bool__(self) -> bool:
        return self.match is not None or self.none_match is not None

    def require(self, schema: EntitySchema) -> None:
        """Raise PreconditionRequiredError where the contract demands a condition and there is none."""
        if schema.precondition_required and not self:
            raise PreconditionRequiredError(f"writing {schema.entity} needs If-Match or If-None-Match")

    def check(self, stored: Stored | None, tag_of: Callable[[Record], str]) -> None:
        """Raise PreconditionFailedError, with the tag that the caller knows it by, where it is not as expected."""
        if not self:
            return
        tag = None if stored is None or stored.deleted else tag_of(stored.record)
        if self._matches(tag) and not (tag is not None and self.is_not_modified(tag)):
            return
        found = "nothing is stored under the key" if tag is None else "another state of the record is stored"
        raise PreconditionFailedError(found, {} if tag is None else {"etag": tag})

    def is_not_modified(self, tag: str) -> bool:
        """Whether the tag is among those that the stored state must not have; the comparison is weak."""
        return self.none_match is not None and _holds(self.none_match, tag, weakly=True)

    def check_match(self, tag: str) -> None:
        """Raise PreconditionFailedError where a reader wants another state than that of this tag."""
        if not self._matches(tag):
            raise PreconditionFailedError("another state of the record is stored", {"etag": tag})

    def _matches(self, tag: str | None) -> bool:
        return self.match is None or (tag is not None and _holds(self.match, tag, weakly=False))


def _holds(tags: frozenset[str], tag: str, *, weakly: bool) -> bool:
    return _ANY in tags or tag in tags or (weakly and f"W/{tag}" in tags)


def _tags(name: str, value: str | None) -> frozenset[str] | None:
    if value is None:
        return None
    text = value.strip()
    if text == _ANY:
        return frozenset((_ANY,))
    if not _LIST.fullmatch(text):
        raise MalformedRequestError(f"{name} must be * or a list of entity tags in quotes")
    return frozenset(_EACH.findall(text))
