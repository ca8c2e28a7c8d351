"""Contract documents for tests: the least one that loads, edits of it, and files that hold them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from txplatform.contracts.loader import load_contract
from txplatform.errors import ContractError

Document = dict[str, Any]
Edit = Callable[[Document], object]


def minimal() -> Document:
    """The least contract that loads: it has four fields."""
    return {
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": "urn:test:orders",
        "name": "orders",
        "version": "1.0.0",
        "status": "active",
        "description": {"purpose": "Orders."},
        "customProperties": [
            {"property": "partitionTransform", "value": "day"},
            {"property": "versionField", "value": "updated_at"},
            {"property": "filesFrom", "value": "2024-01-01"},
        ],
        "schema": [
            {
                "name": "orders",
                "properties": [
                    {
                        "name": "order_id",
                        "description": "Key.",
                        "logicalType": "string",
                        "required": True,
                        "primaryKey": True,
                        "logicalTypeOptions": {"minLength": 1, "maxLength": 64},
                    },
                    {"name": "total", "description": "T.", "logicalType": "number", "physicalType": "decimal(18,2)"},
                    {
                        "name": "created_at",
                        "description": "C.",
                        "logicalType": "timestamp",
                        "required": True,
                        "partitioned": True,
                    },
                    {"name": "updated_at", "description": "U.", "logicalType": "timestamp", "required": True},
                ],
            }
        ],
    }


def prop(document: Document, name: str) -> Document:
    """The field of that name."""
    return next(item for item in document["schema"][0]["properties"] if item["name"] == name)


def custom(document: Document, name: str, **properties: Any) -> None:
    """Give a field these custom properties."""
    prop(document, name)["customProperties"] = [{"property": key, "value": value} for key, value in properties.items()]


def entity_property(document: Document, name: str, value: Any) -> None:
    """Set a custom property of the entity."""
    entries = document["customProperties"]
    entries[:] = [item for item in entries if item["property"] != name]
    entries.append({"property": name, "value": value})


def add(document: Document, **properties: Any) -> None:
    """Append a field, by default an optional text."""
    document["schema"][0]["properties"].append({"description": "A.", "logicalType": "string", **properties})


def options(document: Document, name: str, **given: Any) -> None:
    """Give a field these logicalTypeOptions."""
    prop(document, name)["logicalTypeOptions"] = given


def compose(*edits: Edit) -> Edit:
    """One edit after the other."""

    def edit_all(document: Document) -> None:
        for edit in edits:
            edit(document)

    return edit_all


def enum(*allowed: Any, tolerance: int = 0) -> list[Document]:
    """The quality check that allows these values only."""
    arguments = {"validValues": list(allowed)}
    return [{"type": "library", "metric": "invalidValues", "arguments": arguments, "mustBe": tolerance}]


def write(tmp_path: Path, document: Document) -> Path:
    """Write the document into a file of the folder."""
    path = tmp_path / "orders.yaml"
    path.write_text(yaml.safe_dump(document, sort_keys=False))
    return path


def assert_refused(tmp_path: Path, field: str | None, named: str, edit: Edit) -> None:
    """Check that the least contract, once edited, is refused with file, field and remedy, and with this text."""
    document = minimal()
    edit(document)
    path = write(tmp_path, document)

    with pytest.raises(ContractError) as caught:
        load_contract(path)

    error = caught.value
    assert (error.path, error.field) == (path, field)
    assert named in error.problem + error.remedy
    assert error.remedy
    assert str(path) in str(error)
    assert f"Remedy: {error.remedy}" in str(error)
