"""An error of what a file holds names the line that is to be changed."""

from functools import partial
from pathlib import Path

import pytest

from txplatform.contracts.document import parse_document
from txplatform.contracts.keys.example import EXAMPLE, SHOP
from txplatform.contracts.loader import load_contract
from txplatform.contracts.mapping.loader import load_system
from txplatform.errors import ContractError

# What is written in place of what is there, once, and what begins the line of the mistake then.
CHANGES = [
    (EXAMPLE, "version: 1.0.0", "version: '1.0'", "version:"),
    (EXAMPLE, "status: active", "status: [", "  purpose:"),
    (EXAMPLE, "property: versionField", "property: versionFeld", "  - property: versionFeld|    value:"),
    (EXAMPLE, "logicalType: timestamp", "logicalType: dat", "        logicalType: dat"),
    (EXAMPLE, "maxLength: ", "maxLength: x", "          maxLength: x"),
    (EXAMPLE, "required: true", "required: maybe", "        required: maybe"),
    (EXAMPLE, "name: orders\n", "title: orders\n", "title:"),
    (SHOP, "match: ", "mach: ", "mach:"),
    (SHOP, "entity: orders", "entity: order", "    entity: order"),
    (SHOP, "order_id: ", "id_of_order: ", "      id_of_order:"),
    (SHOP, "[trim, lower]", "[trim, lowr]", "        transforms: [trim, lowr]"),
]


@pytest.mark.parametrize(("file", "there", "written", "begins"), CHANGES, ids=[change[2] for change in CHANGES])
def test_the_line_of_a_mistake_is_named(file: Path, there: str, written: str, begins: str, tmp_path: Path) -> None:
    text = file.read_text().replace(there, written, 1)
    assert text != file.read_text()
    path = tmp_path / file.name
    path.write_text(text)
    load = partial(load_system, contracts={"orders": load_contract(EXAMPLE)}) if file is SHOP else load_contract
    with pytest.raises(ContractError) as caught:
        load(path)
    assert caught.value.line is not None
    assert text.splitlines()[caught.value.line - 1].startswith(tuple(begins.split("|"))), str(caught.value)
    assert str(caught.value).startswith(f"{path}:{caught.value.line}: ")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: 1\nb: [\nc: 2\n", 4),
        ("a: 1\n\na: 2\n", 3),
        ("é: 1\nü: 2\nb: \x07\n", 3),
        ("a:\n  b: !!bool x\n", 2),
        ("a:\n  " + "[" * 200, 2),
    ],
)
def test_the_line_of_what_is_no_yaml_is_named(text: str, line: int) -> None:
    with pytest.raises(ContractError) as caught:
        parse_document(text, Path("orders.yaml"))
    assert caught.value.line == line
