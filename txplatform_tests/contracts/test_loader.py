"""Contract files become Contracts, and every malformed one is refused with file, field and remedy."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from txplatform.contracts.loader import ENTITIES, load_contract, load_contracts
from txplatform.contracts.model import Contract, FieldType
from txplatform.errors import ContractError

_LENGTHS = {"minLength": 1, "maxLength": 9}

Document = dict[str, Any]
Edit = Callable[[Document], object]


def minimal() -> Document:
    """The least a contract can say: four fields."""
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
    return next(item for item in document["schema"][0]["properties"] if item["name"] == name)


def custom(document: Document, name: str, **properties: Any) -> None:
    prop(document, name)["customProperties"] = [{"property": key, "value": value} for key, value in properties.items()]


def entity_property(document: Document, name: str, value: Any) -> None:
    next(item for item in document["customProperties"] if item["property"] == name)["value"] = value


def add(document: Document, **properties: Any) -> None:
    document["schema"][0]["properties"].append({"description": "A.", "logicalType": "string", **properties})


def options(document: Document, name: str, **given: Any) -> None:
    prop(document, name)["logicalTypeOptions"] = given


def compose(*edits: Edit) -> Edit:
    """One edit after the other."""

    def all_of_them(document: Document) -> None:
        for edit in edits:
            edit(document)

    return all_of_them


def enum(*allowed: Any, tolerance: int = 0) -> list[Document]:
    arguments = {"validValues": list(allowed)}
    return [{"type": "library", "metric": "invalidValues", "arguments": arguments, "mustBe": tolerance}]


def write(tmp_path: Path, document: Document) -> Path:
    path = tmp_path / "orders.yaml"
    path.write_text(yaml.safe_dump(document, sort_keys=False))
    return path


DEFECTS: dict[str, tuple[str | None, str, Edit]] = {
    # entity
    "wrong kind": (None, "kind", lambda d: d.update(kind="Dataset")),
    "unknown api version": (None, "apiVersion", lambda d: d.update(apiVersion="v2.2.2")),
    "unknown status": (None, "status", lambda d: d.update(status="live")),
    "no id": (None, "'id' is missing", lambda d: d.pop("id")),
    "no name": (None, "'name' is missing", lambda d: d.pop("name")),
    "name is no text": (None, "not a text", lambda d: d.update(name=7)),
    "name in capitals": (None, "'name' is 'Orders'", lambda d: d.update(name="Orders")),
    "name too long": (None, "'name' is", lambda d: d.update(name="o" * 33)),
    "name of the registry": (None, "registry", lambda d: d.update(name="registry")),
    "name of the ledger": (None, "ledger", lambda d: d.update(name="ledger")),
    "version not semantic": (None, "version", lambda d: d.update(version="1.0")),
    "version is a number": (None, "version", lambda d: d.update(version=1.0)),
    "no purpose": (None, "description.purpose", lambda d: d.update(description={})),
    "description is a text": (None, "description", lambda d: d.update(description="Orders.")),
    "unknown top-level key": (None, "retries", lambda d: d.update(retries=3)),
    "no schema": (None, "0 objects", lambda d: d.pop("schema")),
    "two objects": (None, "2 objects", lambda d: d["schema"].append({"name": "more"})),
    "schema is a mapping": (None, "no list", lambda d: d.update(schema={"name": "orders"})),
    "object is a text": (None, "schema[1]", lambda d: d.update(schema=["orders"])),
    "object of another name": (None, "differs", lambda d: d["schema"][0].update(name="order")),
    "object with quality rules": (None, "quality", lambda d: d["schema"][0].update(quality=[])),
    "no properties": (None, "no properties", lambda d: d["schema"][0].update(properties=[])),
    "no partition transform": (None, "partitionTransform", lambda d: d["customProperties"].pop(0)),
    "hourly partitions": (None, "partitionTransform", lambda d: entity_property(d, "partitionTransform", "hour")),
    "unknown custom property": (None, "owner", lambda d: d["customProperties"].append({"property": "owner"})),
    "custom property twice": (None, "twice", lambda d: d["customProperties"].append(d["customProperties"][0])),
    "filesFrom no day": (None, "filesFrom", lambda d: entity_property(d, "filesFrom", "2024-13-01")),
    # key, version, partition
    "no key": (None, "primary key", lambda d: prop(d, "order_id").pop("primaryKey")),
    "key positions": (None, "primaryKeyPosition", lambda d: prop(d, "order_id").update(primaryKeyPosition=2)),
    "second key field without position": (
        None,
        "primaryKeyPosition",
        lambda d: add(d, name="shop", required=True, primaryKey=True, logicalTypeOptions=_LENGTHS),
    ),
    "key flag no boolean": ("order_id", "primaryKey", lambda d: prop(d, "order_id").update(primaryKey="yes")),
    "optional key": ("order_id", "optional", lambda d: prop(d, "order_id").update(required=False)),
    "personal key": ("order_id", "personal", lambda d: prop(d, "order_id").update(classification="personal")),
    "key without lengths": ("order_id", "lengths", lambda d: prop(d, "order_id").pop("logicalTypeOptions")),
    "decimal key": (
        "total",
        "key",
        compose(
            lambda d: prop(d, "total").update(primaryKey=True, primaryKeyPosition=2, required=True),
            lambda d: prop(d, "order_id").update(primaryKeyPosition=1),
        ),
    ),
    "key too long": (
        None,
        "2048",
        lambda d: prop(d, "order_id").update(logicalTypeOptions={"minLength": 1, "maxLength": 512}),
    ),
    "no partition": (None, "0 fields are marked", lambda d: prop(d, "created_at").pop("partitioned")),
    "two partitions": (None, "2 fields are marked", lambda d: prop(d, "updated_at").update(partitioned=True)),
    "partition by text": (
        "order_id",
        "partition",
        compose(
            lambda d: prop(d, "created_at").pop("partitioned"), lambda d: prop(d, "order_id").update(partitioned=True)
        ),
    ),
    "optional partition": ("created_at", "optional", lambda d: prop(d, "created_at").update(required=False)),
    "version field unknown": (None, "versionField", lambda d: entity_property(d, "versionField", "revision")),
    "version field a text": ("order_id", "order versions", lambda d: entity_property(d, "versionField", "order_id")),
    "version field optional": ("updated_at", "optional", lambda d: prop(d, "updated_at").update(required=False)),
    "version field negative": (
        "revision",
        "negative",
        compose(
            lambda d: add(d, name="revision", logicalType="integer", required=True),
            lambda d: entity_property(d, "versionField", "revision"),
        ),
    ),
    # fields
    "property without name": (None, "name", lambda d: prop(d, "total").pop("name")),
    "field of the platform": ("_row", "platform", lambda d: add(d, name="_row")),
    "field called dt": ("dt", "reserved", lambda d: add(d, name="dt")),
    "field called pk": ("pk", "reserved", lambda d: add(d, name="pk")),
    "field in camel case": ("orderTotal", "valid field name", lambda d: add(d, name="orderTotal")),
    "field twice": ("total", "twice", lambda d: add(d, name="total")),
    "field without description": ("total", "description", lambda d: prop(d, "total").pop("description")),
    "unknown key of a field": ("total", "requried", lambda d: prop(d, "total").update(requried=True)),
    "rule nobody enforces": ("total", "unique", lambda d: prop(d, "total").update(unique=True)),
    "no type": ("total", "logicalType", lambda d: prop(d, "total").pop("logicalType")),
    "nested object": ("total", "logicalType", lambda d: prop(d, "total").update(logicalType="object")),
    "number without digits": ("total", "exact", lambda d: prop(d, "total").pop("physicalType")),
    "number as double": ("total", "exact", lambda d: prop(d, "total").update(physicalType="double")),
    "precision beyond 38": ("total", "impossible", lambda d: prop(d, "total").update(physicalType="decimal(39,2)")),
    "scale beyond precision": ("total", "impossible", lambda d: prop(d, "total").update(physicalType="decimal(4,5)")),
    "types disagree": ("order_id", "does not fit", lambda d: prop(d, "order_id").update(physicalType="bigint")),
    "unknown classification": ("total", "persnal", lambda d: prop(d, "total").update(classification="persnal")),
    "length of a number": ("total", "maxLength", lambda d: options(d, "total", maxLength=3)),
    "negative length": ("code", "minLength", lambda d: add(d, name="code", logicalTypeOptions={"minLength": -1})),
    "lengths crossed": (
        "code",
        "minLength",
        lambda d: add(d, name="code", logicalTypeOptions={"minLength": 5, "maxLength": 4}),
    ),
    "bound no number": ("total", "minimum", lambda d: prop(d, "total").update(logicalTypeOptions={"minimum": "1e3"})),
    "bounds crossed": (
        "total",
        "'minimum' and 'maximum'",
        lambda d: prop(d, "total").update(logicalTypeOptions={"minimum": 2, "maximum": 1}),
    ),
    "both lower bounds": (
        "total",
        "exclusiveMinimum",
        lambda d: prop(d, "total").update(logicalTypeOptions={"minimum": 0, "exclusiveMinimum": 0}),
    ),
    "bound finer than the type": (
        "total",
        "decimal places",
        lambda d: prop(d, "total").update(logicalTypeOptions={"minimum": "0.001"}),
    ),
    "bound beyond the type": (
        "total",
        "does not fit",
        lambda d: prop(d, "total").update(logicalTypeOptions={"maximum": 10**16}),
    ),
    "bound beyond 64 bits": (
        "count",
        "does not fit",
        lambda d: add(d, name="count", logicalType="integer", logicalTypeOptions={"maximum": 2**63}),
    ),
    "pattern broken": ("code", "expression", lambda d: add(d, name="code", logicalTypeOptions={"pattern": "[a-"})),
    "pattern with a class": ("code", "engines", lambda d: add(d, name="code", logicalTypeOptions={"pattern": r"\d+"})),
    "pattern with anchors": ("code", "engines", lambda d: add(d, name="code", logicalTypeOptions={"pattern": "^a$"})),
    "pattern looking around": (
        "code",
        "engines",
        lambda d: add(d, name="code", logicalTypeOptions={"pattern": "(?=a)a"}),
    ),
    "enum on a number": ("total", "validValues", lambda d: prop(d, "total").update(quality=enum("1", "2"))),
    "enum that YAML reads as booleans": ("code", "quotes", lambda d: add(d, name="code", quality=enum(False, "SE"))),
    "enum repeats": ("code", "repeats", lambda d: add(d, name="code", quality=enum("a", "a"))),
    "enum empty": ("code", "validValues", lambda d: add(d, name="code", quality=enum())),
    "enum twice": ("code", "exactly one", lambda d: add(d, name="code", quality=enum("a") + enum("b"))),
    "enum that tolerates": ("code", "tolerates", lambda d: add(d, name="code", quality=enum("a", tolerance=5))),
    "quality in SQL": ("code", "type", lambda d: add(d, name="code", quality=[{"type": "sql", "query": "SELECT 1"}])),
    "metric nobody enforces": (
        "code",
        "metric",
        lambda d: add(d, name="code", quality=[{"metric": "nullValues", "mustBe": 0}]),
    ),
    "example not canonical": ("total", "canonical", lambda d: prop(d, "total").update(examples=[12.5])),
    # alignment
    "alias of another field": ("total", "order_id", lambda d: custom(d, "total", aliases=["order_id"])),
    "alias twice": (
        "total",
        "sum",
        compose(lambda d: custom(d, "order_id", aliases=["sum"]), lambda d: custom(d, "total", aliases=["sum"])),
    ),
    "alias within a field": ("total", "within field", lambda d: custom(d, "total", aliases=["order_id.total"])),
    "epoch on a number": ("total", "epoch", lambda d: custom(d, "total", epoch="seconds")),
    "epoch in hours": ("created_at", "epoch", lambda d: custom(d, "created_at", epoch="hours")),
    "case on a number": ("total", "case", lambda d: custom(d, "total", case="upper")),
    "case unknown": ("code", "case", compose(lambda d: add(d, name="code"), lambda d: custom(d, "code", case="title"))),
    "enum against its case": (
        "code",
        "case",
        compose(lambda d: add(d, name="code", quality=enum("a")), lambda d: custom(d, "code", case="upper")),
    ),
    "values no texts": (
        "code",
        "quotes",
        compose(lambda d: add(d, name="code"), lambda d: custom(d, "code", values={True: "a"})),
    ),
    "values outside the enum": (
        "code",
        "valid value",
        compose(lambda d: add(d, name="code", quality=enum("a")), lambda d: custom(d, "code", values={"x": "b"})),
    ),
    "default outside the enum": (
        "code",
        "valid value",
        compose(lambda d: add(d, name="code", quality=enum("a")), lambda d: custom(d, "code", default="b")),
    ),
    "default of another type": ("total", "default", lambda d: custom(d, "total", default="none")),
    "default no boolean": (
        "paid",
        "default",
        compose(lambda d: add(d, name="paid", logicalType="boolean"), lambda d: custom(d, "paid", default="no")),
    ),
    "default with too many digits": ("total", "default", lambda d: custom(d, "total", default="0.005")),
    "default that is no day": (
        "day",
        "default",
        compose(lambda d: add(d, name="day", logicalType="date"), lambda d: custom(d, "day", default="2024-02-30")),
    ),
    "values in a chain": (
        "code",
        "final",
        compose(lambda d: add(d, name="code"), lambda d: custom(d, "code", values={"x": "y", "y": "z", "z": "z"})),
    ),
    "values against the pattern": (
        "code",
        "valid value",
        compose(
            lambda d: add(d, name="code", logicalTypeOptions={"pattern": "[a-c]"}),
            lambda d: custom(d, "code", values={"x": "d"}),
        ),
    ),
    "unknown alignment": ("total", "unit", lambda d: custom(d, "total", unit="cents")),
}


@pytest.mark.parametrize(("field", "named", "edit"), DEFECTS.values(), ids=DEFECTS.keys())
def test_a_malformed_contract_is_refused_with_file_field_and_remedy(
    tmp_path: Path, field: str | None, named: str, edit: Edit
) -> None:
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


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "no mapping"),
        (b"- a\n- b\n", "no mapping"),
        (b"name: [orders\n", "not valid YAML"),
        (b"name: orders\nname: customers\n", "'name' appears twice"),
        (b"name: \xff\n", "not UTF-8"),
        (b"? [a, b]\n: c\n", "not valid YAML"),
        (b"when: !!python/name:os.system\n", "not valid YAML"),
    ],
)
def test_a_file_that_is_no_contract_is_refused(tmp_path: Path, content: bytes, problem: str) -> None:
    path = tmp_path / "orders.yaml"
    path.write_bytes(content)

    with pytest.raises(ContractError, match=problem):
        load_contract(path)


BOMB = "tags:\n  - &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"  - &a{level + 1} [{', '.join([f'*a{level}'] * 9)}]\n" for level in range(30)
)


@pytest.mark.parametrize(
    ("shipped", "hostile"),
    [
        ("maxLength: 64", "maxLength: !!int abc"),
        ("maxLength: 64", "maxLength: 0100"),
        ("maxLength: 64", "maxLength: 1:30"),
        ("maxLength: 64", "maxLength: 0x40"),
        ("maxLength: 64", "maxLength: 6_4"),
        pytest.param("maxLength: 64", "maxLength: " + "9" * 5000, id="5000-digits"),
        pytest.param("version: 1.0.0", "version: " + "9" * 5000 + ".0.0", id="version-of-5000-digits"),
        ("required: true", "required: !!bool maybe"),
        ("required: true", "required: !!map [[a, b]]"),
        ("minimum: 0\n", 'minimum: "+-5"\n'),
        ("minimum: 0\n", "minimum: --5\n"),
        ("minimum: 0\n", "minimum: !!float --5\n"),
        ("minimum: 0\n", "minimum: ١\n"),
        pytest.param("version: 1.0.0", "version: *a30\n" + BOMB.replace("tags", "team"), id="alias-bomb"),
        pytest.param("version: 1.0.0", "version: " + "[" * 5000 + "]" * 5000, id="deep"),
        pytest.param("name: payments", "name: " + "x" * 100_000, id="long-name"),
        pytest.param("- name: fee", "- name: " + "x" * 100_000, id="long-field"),
        pytest.param("property: versionField", "property: " + "x" * 100_000, id="long-property"),
        pytest.param("validValues: [web", "validValues: [" + "1" * 100, id="long-number"),
    ],
)
def test_a_hostile_value_is_a_short_contract_error(tmp_path: Path, shipped: str, hostile: str) -> None:
    text = (ENTITIES / "payments.yaml").read_text(encoding="utf-8")
    assert shipped in text
    path = tmp_path / "payments.yaml"
    content = text.replace(shipped, hostile.partition("\n")[0] + "\n" * shipped.endswith("\n"), 1)
    path.write_text(hostile.partition("\n")[2] + content, encoding="utf-8")

    with pytest.raises(ContractError) as caught:
        load_contract(path)
    assert caught.value.path == path
    assert caught.value.remedy
    assert len(str(caught.value)) < 1500


def test_a_missing_file_and_an_empty_directory_are_contract_errors(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="cannot be read"):
        load_contract(tmp_path / "orders.yaml")
    with pytest.raises(ContractError, match="holds no contract"):
        load_contracts(tmp_path)


def test_two_files_of_one_entity_are_refused(tmp_path: Path) -> None:
    write(tmp_path, minimal()).rename(tmp_path / "first.yaml")
    write(tmp_path, minimal()).rename(tmp_path / "second.yaml")

    with pytest.raises(ContractError, match=r"already defined by first\.yaml") as caught:
        load_contracts(tmp_path)
    assert caught.value.path == tmp_path / "second.yaml"


@pytest.mark.parametrize(("first", "second"), [("shop", "shop_files"), ("shop", "shop_daily"), ("a_b_c", "a_b")])
def test_an_entity_that_is_called_like_a_table_of_another_is_refused(tmp_path: Path, first: str, second: str) -> None:
    for name in (first, second):
        document: Document = minimal()
        document["name"] = name
        document["schema"][0]["name"] = name
        write(tmp_path, document).rename(tmp_path / f"{name}.yaml")

    with pytest.raises(ContractError, match=f"'{max(first, second, key=len)}' may be a table") as caught:
        load_contracts(tmp_path)
    assert caught.value.path == tmp_path / f"{max(first, second)}.yaml"


def test_the_least_contract_loads(tmp_path: Path) -> None:
    contract = load_contract(write(tmp_path, minimal()))

    assert (contract.name, contract.key, contract.version_field) == ("orders", ("order_id",), "updated_at")
    assert (contract.partition_field, contract.partition_transform) == ("created_at", "day")
    assert contract.files_from == date(2024, 1, 1)
    assert contract["total"].type is FieldType.DECIMAL
    assert (contract["total"].precision, contract["total"].scale) == (18, 2)
    assert not contract["total"].required


def test_spellings_of_earlier_versions_of_the_standard_are_understood(tmp_path: Path) -> None:
    document = minimal()
    document["apiVersion"] = "v3.0.2"
    prop(document, "created_at").update(logicalType="date", physicalType="timestamp")
    add(document, name="code", quality=[{"rule": "invalidValues", "validValues": ["a", "b"], "mustBe": 0}])

    contract = load_contract(write(tmp_path, document))

    assert contract["created_at"].type is FieldType.TIMESTAMP
    assert contract["code"].enum == ("a", "b")


def test_bounds_keep_all_38_digits(tmp_path: Path) -> None:
    document = minimal()
    add(document, name="exact", logicalType="number", physicalType="decimal(38,18)", logicalTypeOptions={
        "exclusiveMinimum": "-12345678901234567890.123456789012345678",
        "maximum": "99999999999999999999.999999999999999999",
    })  # fmt: skip
    text = yaml.safe_dump(document).replace("'-12345678901234567890", "-12345678901234567890")
    path = tmp_path / "orders.yaml"
    path.write_text(text.replace("12345678901234567890.123456789012345678'", "12345678901234567890.123456789012345678"))

    field = load_contract(path)["exact"]

    assert field.minimum == Decimal("-12345678901234567890.123456789012345677")
    assert field.maximum == Decimal("99999999999999999999.999999999999999999")


def test_defaults_may_be_written_as_yaml_values(tmp_path: Path) -> None:
    document = minimal()
    add(document, name="paid", logicalType="boolean")
    add(document, name="count", logicalType="integer")
    custom(document, "paid", default=False)
    custom(document, "count", default=3)
    custom(document, "total", default="0.50")

    contract = load_contract(write(tmp_path, document))

    defaults = [contract[name].alignment.default for name in ("paid", "count", "total")]
    assert defaults == ["false", "3", "0.50"]


def test_shipped_entities() -> None:
    contracts = load_contracts()

    assert {"customers", "payments", "trades"} <= set(contracts)
    assert list(contracts) == sorted(contracts)
    assert contracts["trades"].key == ("venue", "trade_id")
    assert contracts["customers"].partition_transform == "month"
    assert contracts["payments"].files_from == date(2025, 11, 1)
    assert contracts["trades"]["price"].minimum == Decimal("0.0000000001")
    assert contracts["payments"]["status"].alignment.values["succeeded"] == "captured"


def test_each_shipped_entity_has_its_own_file_and_enough_to_show(contract: Contract) -> None:
    assert contract.path == ENTITIES / f"{contract.name}.yaml"
    assert 12 <= len(contract.fields) <= 20
    assert {FieldType.DECIMAL, FieldType.TIMESTAMP, FieldType.DATE} <= {field.type for field in contract.fields}
    assert any(field.enum for field in contract.fields)
    assert any(field.personal for field in contract.fields)
    assert any(not field.required for field in contract.fields)
    assert all(field.description and field.example is not None for field in contract.fields)
