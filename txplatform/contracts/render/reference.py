"""Renders the reference of contract files as a Markdown page, from the table by which the loader reads.

Every example on the page was loaded and every error raised by the loader while the page was rendered.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from txplatform.contracts.keys import Key, Place
from txplatform.contracts.keys.example import ORDERS, Example
from txplatform.contracts.keys.places import PLACES

COMMAND = "txplatform contracts reference"

_INTRODUCTION = f"""\
# Contract files

<!-- Rendered by `{COMMAND}`; do not edit. -->

A contract describes one entity in the \
[Open Data Contract Standard v3](https://bitol-io.github.io/open-data-contract-standard/). The platform reads the part \
of the standard that it enforces, accepts the part that describes the entity to people, and refuses every other key: a \
rule that nothing checks is worse than a missing one. `txplatform contracts check` checks the files of a folder.

Files are UTF-8 and a stricter YAML: a key that appears twice is an error, integers are decimal, numbers keep their \
digits, and days stay the text that was written. Values that YAML reads as something other than a text need quotes \
where a text is expected, such as `"on"` or `"1.0"`.

## Example

Each example on this page is a change of one key in this contract. It loads, and the value under "Refused" does not.

```yaml
{{example}}```
"""


def contract_reference() -> str:
    """Render the page; raise ContractError or ValueError where an example or a wrong value is not what it claims."""
    return page(_INTRODUCTION, ORDERS, PLACES)


def page(introduction: str, example: Example[Any], places: Iterable[Place]) -> str:
    """Render a reference: what it says first, where `{example}` stands for the example file, then every place."""
    parts = [introduction.replace("{example}", example.path.read_text(encoding="utf-8"))]
    for place in places:
        parts += [f"## {place.title}\n", f"`{place.where}`\n", f"{place.meaning}\n"]
        parts += [part for key in place.keys for part in _key(example, place, key)]
    return "\n".join(parts)


def _key(example: Example[Any], place: Place, key: Key) -> Iterator[str]:
    example.load(example.changed(place, key, key.example))
    try:
        error = example.refusal(example.changed(place, key, key.wrong))
    except ValueError as problem:
        raise ValueError(f"'{key.name}' of '{place.where}' with the value {key.wrong}: {problem}") from problem
    yield f"### `{key.name}`\n"
    yield f"{key.meaning}\n"
    yield f"- {'Required' if key.required else 'Optional'}: {_values(key)}"
    if key.types:
        yield f"- Only on: {', '.join(key.types)}"
    if key.descriptive:
        yield "- For people: the platform checks only its form"
    yield f"- Example: {_code(place, key, key.example)}"
    yield f"- Refused: {_code(place, key, key.wrong)}\n"
    yield f"    > `{error}`\n"


def _values(key: Key) -> str:
    if not key.choices:
        return key.kind
    return f"one of {', '.join(f'`{choice}`' for choice in key.choices)}"


def _code(place: Place, key: Key, text: str) -> str:
    return f"`{{property: {key.name}, value: {text}}}`" if place.as_properties else f"`{key.name}: {text}`"
