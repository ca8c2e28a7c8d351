"""What a contract may declare as an index, and what it is refused for: what DynamoDB could not store or find."""

from pathlib import Path

import pytest

from txplatform.contracts import names
from txplatform.contracts.loader import load_contract
from txplatform.contracts.model import Contract, Index
from txplatform.contracts.render.dynamodb import SecondaryIndex, secondary_indexes
from txplatform.contracts.render.registry import registry_document
from txplatform_tests.contracts.documents import (
    Document,
    Edit,
    add,
    assert_refused,
    compose,
    enum,
    minimal,
    options,
    write,
)

_LENGTHS = {"minLength": 1, "maxLength": 40}


def indexed(*pairs: tuple[str, str]) -> Edit:
    """Declare indexes, each a field and what sorts it."""
    listed = [{"field": field, "sortedBy": sorted_by} for field, sorted_by in pairs]
    return lambda document: document["customProperties"].append({"property": "indexes", "value": listed})


def shop(document: Document) -> None:
    """Add a text that may be indexed."""
    add(document, name="shop", logicalTypeOptions=_LENGTHS)


def _twenty_one(document: Document) -> None:
    for number in range(21):
        add(document, name=f"shop_{number}", logicalTypeOptions=_LENGTHS)
    indexed(*((f"shop_{number}", "created_at") for number in range(21)))(document)


DEFECTS: dict[str, tuple[str | None, str, Edit]] = {
    "indexes are a text": (
        None,
        "not a list",
        lambda d: d["customProperties"].append({"property": "indexes", "value": "order_id"}),
    ),
    "no field": (None, "field' is missing", indexed(("", "created_at"))),
    "no time": (None, "sortedBy' is missing", indexed(("total", ""))),
    "unknown field": (None, "'shop', which is not a field", indexed(("shop", "created_at"))),
    "unknown time": (None, "'placed_at', which is not a field", indexed(("total", "placed_at"))),
    "sorted by a number": ("total", "cannot sort an index", compose(shop, indexed(("shop", "total")))),
    "sorted by an optional time": (
        "paid_at",
        "optional",
        compose(
            shop,
            lambda d: add(d, name="paid_at", logicalType="timestamp"),
            indexed(("shop", "paid_at")),
        ),
    ),
    "sorted by a personal time": (
        "born_at",
        "its bounds appear in URLs",
        compose(
            shop,
            lambda d: add(d, name="born_at", logicalType="timestamp", required=True, classification="personal"),
            indexed(("shop", "born_at")),
        ),
    ),
    "indexed by itself": (None, "by itself", indexed(("created_at", "created_at"))),
    "twice": (None, "'shop' has two indexes", compose(shop, indexed(("shop", "created_at"), ("shop", "updated_at")))),
    "too many": (None, "holds 21 indexes", _twenty_one),
    "boolean": (
        "paid",
        "cannot index a boolean",
        compose(lambda d: add(d, name="paid", logicalType="boolean"), indexed(("paid", "created_at"))),
    ),
    "text without lengths": (
        "shop",
        "without both lengths",
        compose(lambda d: add(d, name="shop"), indexed(("shop", "created_at"))),
    ),
    "text that may be empty": (
        "shop",
        "without both lengths",
        compose(shop, lambda d: options(d, "shop", minLength=0, maxLength=9), indexed(("shop", "created_at"))),
    ),
    "pattern that an empty text matches": (
        "shop",
        "without both lengths",
        compose(shop, lambda d: options(d, "shop", maxLength=9, pattern="[a-z]*"), indexed(("shop", "created_at"))),
    ),
    "text beyond the key of an index": (
        "shop",
        "may take 2052 bytes",
        compose(shop, lambda d: options(d, "shop", minLength=1, maxLength=513), indexed(("shop", "created_at"))),
    ),
    "name of a parameter": (
        "limit",
        "parameter of every list",
        compose(lambda d: add(d, name="limit", logicalTypeOptions=_LENGTHS), indexed(("limit", "created_at"))),
    ),
    "unknown key": (
        None,
        "order",
        lambda d: d["customProperties"].append(
            {"property": "indexes", "value": [{"field": "total", "sortedBy": "created_at", "order": "desc"}]}
        ),
    ),
}


@pytest.mark.parametrize(("field", "named", "edit"), DEFECTS.values(), ids=DEFECTS.keys())
def test_an_index_that_could_not_work_is_refused(tmp_path: Path, field: str | None, named: str, edit: Edit) -> None:
    assert_refused(tmp_path, field, named, edit)


@pytest.fixture
def orders(tmp_path: Path) -> Contract:
    """A contract with an index of each type that there may be."""
    document = minimal()
    shop(document)
    add(document, name="state", quality=enum("new", "paid"))
    add(document, name="items", logicalType="integer")
    add(document, name="due", logicalType="date", required=True)
    indexed(("shop", "created_at"), ("state", "due"), ("items", "due"), ("total", "due"), ("due", "created_at"))(
        document
    )
    return load_contract(write(tmp_path, document))


def test_texts_numbers_and_days_are_indexed_in_the_order_of_the_file(orders: Contract) -> None:
    assert orders.indexes == (
        Index("shop", "created_at"),
        Index("state", "due"),
        Index("items", "due"),
        Index("total", "due"),
        Index("due", "created_at"),
    )


def test_a_text_of_a_pattern_that_is_never_empty_needs_no_least_length(tmp_path: Path) -> None:
    document = minimal()
    add(document, name="shop", logicalTypeOptions={"maxLength": 9, "pattern": "[a-z]+"})
    indexed(("shop", "created_at"))(document)
    assert load_contract(write(tmp_path, document)).indexes == (Index("shop", "created_at"),)


def test_the_registry_document_names_the_indexes_and_without_any_is_as_before(orders: Contract, tmp_path: Path) -> None:
    listed = registry_document(orders)["indexes"]
    assert listed[0] == {"name": "shop-by-created_at", "field": "shop", "sorted_by": "created_at"}
    assert len(listed) == 5
    assert "indexes" not in registry_document(load_contract(write(tmp_path, minimal())))


def test_numbers_are_indexed_as_numbers_and_all_else_as_texts(orders: Contract) -> None:
    rendered = secondary_indexes(orders)
    assert [(index.partition_key, index.partition_key_type) for index in rendered] == [
        ("shop", "S"),
        ("state", "S"),
        ("items", "N"),
        ("total", "N"),
        ("due", "S"),
    ]
    assert rendered[0] == SecondaryIndex("shop-by-created_at", "shop", "S", "created_at")


def test_names_of_indexes_are_distinct_and_short_enough(orders: Contract) -> None:
    longest = names.entity_index("f" * 63, "s" * 63)
    assert len(longest) <= 255
    assert len({names.entity_index(index.field, index.sorted_by) for index in orders.indexes}) == 5
