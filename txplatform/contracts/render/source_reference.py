"""Renders the reference of source systems' files as a Markdown page, from the tables by which the loader reads."""

from txplatform.contracts.keys.example import WEB_SHOP
from txplatform.contracts.keys.places import SOURCE_PLACES
from txplatform.contracts.mapping.expressions import FUNCTIONS, MAX_CHARACTERS, MAX_PARTS
from txplatform.contracts.render.reference import page

COMMAND = "txplatform contracts source-reference"

_INTRODUCTION = f"""\
# Files of source systems

<!-- Rendered by `{COMMAND}`; do not edit. -->

A source system is one YAML file in the folder `sources` beside the contracts. It says how the system's payloads are \
recognised and unwrapped, and which records of which entities they yield. \
[Add a source system](../guides/add-a-source-system.md) shows how to write one. `txplatform contracts check` checks \
the files of a folder.

The YAML is as strict as that of [contracts](contract.md): a key that appears twice is an error, and values that YAML \
reads as something other than a text need quotes where a text is expected.

## Example

Each example on this page is a change of one key in this file, whose records are those of the example of \
[contracts](contract.md). It loads, and the value under "Refused" does not.

```yaml
{{example}}```

## Expressions

Expressions are [JMESPath](https://jmespath.org/specification.html) of at most {MAX_CHARACTERS} characters and \
{MAX_PARTS} parts. They may call {", ".join(f"`{name}`" for name in FUNCTIONS)}; `items` is that of JMESPath Community \
and gives a list of `[name, value]`. Numbers keep their digits. `==` and `!=` compare scalars, or anything with a \
literal. An expression that begins with `$` reads the whole payload, one that begins with `^` the item of the step \
before in `over`, any other the item.
"""


def source_reference() -> str:
    """Render the page; raise ContractError or ValueError where an example or a wrong value is not what it claims."""
    return page(_INTRODUCTION, WEB_SHOP, SOURCE_PLACES)
