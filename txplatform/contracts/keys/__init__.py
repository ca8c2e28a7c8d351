"""Lists every key that a contract may have, in one table from which the loader reads and the reference is rendered.

The loader opens each mapping of a file with its `Place`. It refuses keys that the place does not list, takes a key's
allowed values from here, and cannot read a key that is not listed or as another kind than is written here. The
examples and the wrong values are set in `orders.yaml`, one at a time, when the reference is rendered and tested.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from txplatform.contracts.model import FieldType


class Kind(StrEnum):
    """The kinds of values that a key can hold, as the reference names them."""

    TEXT = "text"
    SCALAR = "text, number or boolean"
    FLAG = "true or false"
    COUNT = "whole number from 0"
    NUMBER = "exact number, plain or as a text"
    BOUND = "exact number; of a date or timestamp a text in its canonical form"
    DAY = "day as YYYY-MM-DD"
    TEXTS = "list of distinct texts"
    VALUES = "list of values"
    TEXT_MAPPING = "mapping of texts to texts"
    COUNT_MAPPING = "mapping of texts to whole numbers"
    NAMED = "mapping of names to values"
    TEXT_OR_TEXTS = "text, or list of texts"
    TEXT_OR_MAPPING = "text, or mapping"
    MAPPING = "mapping"
    MAPPINGS = "list of mappings"
    MAPPING_OR_MAPPINGS = "mapping, or list of mappings"
    ANY = "depends on the property"


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One key of a place.

    `example` and `wrong` are YAML of a value that loads and of one that is refused. `choices` are the only values
    allowed, where there is such a list. `required` keys have to be there. A `descriptive` key is for people: its kind
    is checked, and nothing else reads it. `types` limits an option to fields of these types. `on` names the entry of
    the example contract that shows the key, where the place has several.
    """

    name: str
    kind: Kind
    meaning: str
    example: str
    wrong: str
    choices: tuple[str, ...] = ()
    required: bool = False
    descriptive: bool = False
    types: tuple[FieldType, ...] = ()
    on: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A mapping of the file, such as a field or a service level, and its keys.

    `path` leads to it in the example contract: keys of mappings, and in lists the name of an entry; `*` stands for
    the entry that a key's `on` names. `as_properties` says that the keys are written as entries {property, value}.
    """

    title: str
    where: str
    meaning: str
    path: tuple[str, ...]
    keys: tuple[Key, ...]
    as_properties: bool = False
    _by_name: dict[str, Key] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_name", {key.name: key for key in self.keys})

    def __getitem__(self, name: str) -> Key:
        return self._by_name[name]

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)
