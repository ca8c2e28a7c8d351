"""The members of a mapped object: what is refused before any payload comes."""

from collections.abc import Callable
from typing import Any

import pytest

from txplatform.contracts.render.mapping import mapping_document
from txplatform.errors import ContractError
from txplatform_tests.contracts.mapping.invoices import invoices

Edit = Callable[[dict[str, Any]], object]


def test_the_document_has_the_members_of_each_value() -> None:
    fields = mapping_document(invoices())["records"][0]["fields"]
    assert fields["line_items"]["from"] == ["lines.data"]
    assert fields["line_items"]["fields"]["discount"]["fields"]["code"] == {"from": ["^.id"]}
    assert "fields" not in fields["attributes"]


@pytest.mark.parametrize(
    ("edit", "field", "problem"),
    [
        (lambda fields: fields.update(status={"from": "state", "fields": {"a": "b"}}), "status", "on a string"),
        (lambda fields: fields.update(attributes={"from": "state", "fields": {"a": "b"}}), "attributes", "on a map"),
        (lambda fields: fields.update(tags={"from": "tags", "fields": {"a": "b"}}), "tags", "on a"),
        (lambda fields: fields["line_items"]["fields"].update(colour="colour"), "line_items", "no member of"),
        (lambda fields: fields["line_items"]["fields"].pop("sku"), "line_items", "lacks sku"),
        (lambda fields: fields["line_items"].update(fields={}), "line_items", "lacks sku, amount"),
        (lambda fields: fields["line_items"]["fields"].update(sku="a["), "line_items[].sku", "no JMESPath"),
        (lambda fields: fields["line_items"]["fields"]["discount"]["fields"].update(amount=["a"]),
         "line_items[].discount.amount", "neither an expression nor a mapping"),
        (lambda fields: fields["shipping"].update({"from": None, "constant": "x"}), "shipping", "without"),
        (lambda fields: fields["shipping"]["fields"]["carrier"].update(transforms=["round"]),
         "shipping.carrier", "is 'round'"),
    ],
)  # fmt: skip
def test_a_defect_is_refused_with_its_place(edit: Edit, field: str, problem: str) -> None:
    with pytest.raises(ContractError) as caught:
        invoices(edit)

    assert caught.value.field == field
    assert problem in caught.value.problem
    assert caught.value.remedy
