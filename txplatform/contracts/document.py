"""Reads contract files from disk, in a YAML that is stricter than the standard's on purpose.

A repeated key is an error, numbers keep their digits (Decimal, never float), integers are decimal (YAML 1.1 reads 0100
as 64 and 1:30 as 90), and dates stay the text that was written.

libyaml parses: it takes a tenth of the time that PyYAML's own parser takes, which every process that starts would wait
for. It puts nodes together in recursion on the stack of the process, so nesting is bounded before.
"""

import re
from decimal import Decimal
from pathlib import Path
from reprlib import repr as shortened
from typing import Any

import yaml

from txplatform.contracts.located import Located
from txplatform.errors import ContractError

_INTEGER = re.compile(r"[+-]?(?:0|[1-9][0-9]{0,99})")
NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)")
_MOST_CHARACTERS = 400  # characters of a message's part
_DEEPEST = 100  # collections in one another
# What constructors raise on a tag that does not fit its value, and on a collection that holds itself.
_UNREADABLE = (ValueError, TypeError, LookupError, ArithmeticError, AttributeError, RecursionError)


def clipped(text: str) -> str:
    """Return the text, cut to a length that a message can hold."""
    return text if len(text) <= _MOST_CHARACTERS else f"{text[:_MOST_CHARACTERS]}…"


class _Loader(yaml.CSafeLoader):
    """A SafeLoader, of libyaml, that keeps exact numbers, leaves dates as text and refuses repeated keys."""

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        base: Any = super()  # whose stubs leave the types unknown
        try:
            return base.construct_object(node, deep)
        except _UNREADABLE as error:
            problem = f"a value cannot be read ({type(error).__name__}): leave out tags (!!…),"
            raise yaml.constructor.ConstructorError(None, None, problem, node.start_mark) from error


def _exact_number(loader: yaml.CSafeLoader, node: yaml.ScalarNode) -> Decimal | str:
    text = str(loader.construct_scalar(node)).replace("_", "")
    return Decimal(text) if NUMBER.fullmatch(text) else text


def _decimal_integer(loader: yaml.CSafeLoader, node: yaml.ScalarNode) -> int:
    text = str(loader.construct_scalar(node))
    if not _INTEGER.fullmatch(text):
        problem = f"{shortened(text)} is not an integer in plain decimal notation"
        raise yaml.constructor.ConstructorError(None, None, problem, node.start_mark)
    return int(text)


def _plain_text(loader: yaml.CSafeLoader, node: yaml.ScalarNode) -> str:
    return str(loader.construct_scalar(node))


def _mapping(loader: yaml.CSafeLoader, node: yaml.MappingNode) -> Located:
    lines: dict[str, int] = {}
    for key_node, _ in node.value:
        key = str(key_node.value)
        if key in lines:
            raise yaml.constructor.ConstructorError(None, None, f"key {key!r} appears twice", key_node.start_mark)
        lines[key] = _line(key_node)
    return Located(loader.construct_mapping(node, deep=True)).at(_line(node), lines)


def _line(at: Any) -> int:
    """The line of a node or an event, from 1."""
    return at.start_mark.line + 1


_Loader.add_constructor("tag:yaml.org,2002:float", _exact_number)
_Loader.add_constructor("tag:yaml.org,2002:int", _decimal_integer)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", _plain_text)
_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)


def yaml_files(folder: Path) -> list[Path]:
    """The YAML files of a folder, sorted; raise ContractError for one that would be passed over for its ending."""
    for path in sorted(folder.glob("*.yml")):
        raise ContractError(path, None, "does not end in .yaml, and would not be read", f"name it {path.stem}.yaml")
    return sorted(folder.glob("*.yaml"))


def read_document(path: Path) -> Any:
    """Read a YAML file and return its content; raise ContractError where it cannot be read."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ContractError(path, None, f"cannot be read ({error.strerror})", "name a readable file") from error
    except UnicodeDecodeError as error:
        raise ContractError(path, None, "is not UTF-8 text", "store the file as UTF-8") from error
    return parse_document(text, path)


def parse_document(text: str, path: Path) -> Any:
    """Parse the YAML text of the file at `path`; raise ContractError where it is not valid or not strict."""
    try:
        _check_nesting(text, path)
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader
    except yaml.YAMLError as error:
        where = " ".join(str(error).split()).replace(' in "<unicode string>",', " at")
        problem = f"is not valid YAML ({clipped(where)})"
        raise ContractError(path, None, problem, "correct the YAML at that line", _line_of(error, text)) from error


def _line_of(error: yaml.YAMLError, text: str) -> int | None:
    """The line that an error of the parser is about, from 1; None where it does not say."""
    match error:
        case yaml.MarkedYAMLError(problem_mark=mark) if mark is not None:
            return mark.line + 1
        case yaml.reader.ReaderError(position=position):
            return text.encode()[:position].count(b"\n") + 1  # libyaml counts bytes
        case _:
            return None


def _check_nesting(text: str, path: Path) -> None:
    module: Any = yaml  # its stubs leave the types of events unknown
    depth = 0
    for event in module.parse(text, Loader=_Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > _DEEPEST:
            problem = f"is nested deeper than {_DEEPEST} levels"
            raise ContractError(path, None, problem, "nest no deeper than a contract does", _line(event))
