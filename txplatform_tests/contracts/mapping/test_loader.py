"""Files of source systems: what is refused before any payload comes, with the key and the remedy."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from txplatform.contracts.keys.example import SHOP
from txplatform.contracts.loader import load_contracts
from txplatform.contracts.mapping.loader import MAX_RULES, load_systems
from txplatform.contracts.mapping.model import Envelope, SignatureScheme, Transform, ValueMapping
from txplatform.errors import ContractError
from txplatform_tests.contracts.mapping.systems import CONTRACTS, PATH, shop

Document = dict[str, Any]


def _fields(document: Document) -> Document:
    return document["records"][0]["fields"]


def test_a_file_becomes_what_it_says() -> None:
    system = shop()

    record, amendment = system.records
    assert (system.name, system.version, record.entity, record.over) == ("shop", "1.0.0", "orders", ("order",))
    assert (amendment.operation, amendment.nulled) == ("patch", "^.emptied")
    assert system.envelopes == (Envelope.SNS, Envelope.ARRAY)
    assert system.webhook is not None
    assert (system.webhook.scheme, system.webhook.tolerance) == (SignatureScheme.STRIPE, 300)
    assert record.fields["order_id"] == ValueMapping(("id",))
    assert record.fields["channel"] == ValueMapping(constant="shop")
    assert record.fields["total"] == ValueMapping(("total",), transforms=(Transform("decimal", {"point": ","}),))


def test_the_shipped_systems_load_and_map_to_the_shipped_entities() -> None:
    contracts = load_contracts()
    systems = load_systems(contracts)

    assert {record.entity for system in systems.values() for record in system.records} <= contracts.keys()
    assert all(system.name == name == system.path.stem for name, system in systems.items())


def test_a_folder_of_contracts_need_not_have_source_systems(tmp_path: Path) -> None:
    assert load_systems(CONTRACTS, tmp_path) == {}


def test_systems_stand_beside_a_users_own_contracts(tmp_path: Path) -> None:
    (tmp_path / "sources").mkdir()
    for name in ("a", "b"):
        shutil.copy(SHOP, tmp_path / "sources" / f"{name}.yaml")

    with pytest.raises(ContractError, match=r"b\.yaml: source system 'shop' is already defined by a\.yaml"):
        load_systems(CONTRACTS, tmp_path)
    (tmp_path / "sources" / "b.yaml").unlink()
    assert list(load_systems(CONTRACTS, tmp_path)) == ["shop"]


def _step(step: Any) -> Callable[[Document], object]:
    return lambda document: _fields(document)["total"].update(transforms=[step])


DEFECTS: dict[str, tuple[Callable[[Document], object], str, str]] = {
    "no record": (lambda d: d.update(records=[]), "'records' is empty", "map at least one"),
    "unknown entity": (lambda d: d["records"][0].update(entity="parcels"), "no contract", "orders"),
    "unknown field": (lambda d: _fields(d).update(colour="c"), "'records[1].fields.colour' is no field", "order_id"),
    "required field": (lambda d: _fields(d).pop("status"), "'records[1].fields' lacks status", "constant"),
    "key of a deletion": (
        lambda d: d["records"][0].update(operation="delete", fields={"order_id": "id"}), "lacks updated_at", "map",
    ),
    "two records": (lambda d: d["records"].append(d["records"][0]), "has the name 'order' twice", "rename"),
    "two ignored": (lambda d: d["ignore"].append(d["ignore"][0]), "'ignore' has the when", "rename"),
    "too many": (
        lambda d: d.update(ignore=[{"when": f"a == `{n}`", "reason": "r"} for n in range(MAX_RULES - 2)]), "201 rules",
        "200",
    ),
    "expression": (lambda d: _fields(d).update(order_id="a["), "'records[1].fields.order_id' is no JMESPath", ""),
    "when": (lambda d: d["records"][0].update(when="a = b"), "'records[1].when' is no JMESPath", "correct"),
    "match": (lambda d: d.update(match="a ="), "'match' is no JMESPath", "correct"),
    "over": (lambda d: d["records"][0].update(over=["a", "b["]), "'records[1].over' is no JMESPath", "correct"),
    "steps": (lambda d: d["records"][0].update(over=list("abcde")), "has 5 steps", "at most 4"),
    "ignored": (lambda d: d["ignore"][0].update(when="[?"), "'ignore[1].when' is no JMESPath", "correct"),
    "reason": (lambda d: d["ignore"][0].update(reason="A ping"), "'ignore[1].reason' is 'A ping'", "characters"),
    "from and constant": (lambda d: _fields(d).update(status={"from": "a", "constant": "b"}), "both there", "keep one"),
    "constant that may not be": (
        lambda d: _fields(d).update(status={"constant": "lost"}), "status.constant' makes it 'lost'", "one of",
    ),
    "translation that may not be": (
        lambda d: _fields(d).update(status={"from": "a", "transforms": [{"enum": {"values": {"b": "lost"}}}]}),
        "fields.status.transforms' makes it 'lost'", "use one of",
    ),
    "default that may not be": (
        lambda d: _fields(d).update(
            status={"from": "a", "transforms": [{"enum": {"values": {"b": "paid"}, "default": "lost"}}]}),
        "fields.status.transforms' makes it 'lost'", "use one of",
    ),
    "neither": (lambda d: _fields(d).update(status={"transforms": ["trim"]}), "neither", "keep one"),
    "a list": (lambda d: _fields(d).update(status=["a"]), "neither an expression nor a mapping", "{from: id}"),
    "operation": (lambda d: d["records"][0].update(operation="merge"), "is 'merge'", "patch or delete"),
    "transform": (_step("round"), "'records[1].fields.total.transforms[1]' is 'round', which is no transform", "sum"),
    "two in one": (_step({"trim": {}, "lower": {}}), "neither a name nor a mapping of one name", "trim"),
    "argument": (_step({"epoch": {"unit": "h"}}), "'records[1].fields.total.transforms[1].epoch.unit' is 'h'", "s, ms"),
    "no argument": (_step("epoch"), "transforms[1].epoch.unit' is missing", "unit: s"),
    "no arguments": (_step({"epoch": "s"}), "has no mapping of arguments", "{epoch: {…}}"),
    "unknown argument": (_step({"trim": {"side": "left"}}), "'records[1].fields.total.transforms[1].trim.side'", ""),
    "currency": (_step({"minorUnits": {"currency": "c["}}), "minorUnits.currency' is no JMESPath", "correct"),
    "exponents": (_step({"minorUnits": {"currency": "c", "exponents": {"ISK": -2}}}), "maps 'ISK' to -2", "from 0"),
    "point": (_step({"decimal": {"point": "5"}}), "decimal.point' is '5'", "neither a digit"),
    "point and groups": (_step({"decimal": {"groups": "."}}), "are the same", "different"),
    "zone": (_step({"timestamp": {"zone": "Europe/Prague"}}), "timestamp.zone' is 'Europe/Prague'", "+01:00"),
    "directive": (_step({"date": {"format": "%c"}}), "date.format' holds %c", "%Y"),
    "no year": (_step({"date": {"format": "%d.%m"}}), "has no whole day", "%Y"),
    "twice": (_step({"date": {"format": "%Y%Y%m%d"}}), "repeats a part", "once"),
    "ending of an ending": (_step({"ending": {"values": ["USD", "BUSD"]}}), "has 'USD', with which 'BUSD' ends", ""),
    "first day": (_step({"notBefore": {"day": "14.07.2017"}}), "notBefore.day' is '14.07.2017'", "YYYY-MM-DD"),
    "no second": (_step({"later": {"seconds": 0}}), "later.seconds' is 0", "1 to 86400"),
    "prefix": (_step({"prefix": {"with": "a[", "separator": "-"}}), "prefix.with' is no JMESPath", "correct"),
    "nulled": (lambda d: d["records"][1].update(nulled="a["), "'records[2].nulled' is no JMESPath", "correct"),
    "nulled of an upsert": (
        lambda d: d["records"][0].update(nulled="emptied"), "'records[1].nulled' is there for another", "patch",
    ),
    "nulled of a deletion": (
        lambda d: d["records"][1].update(operation="delete"), "'records[2].nulled' is there for another operation", "",
    ),
    "nulled of a value": (
        lambda d: d["records"][0].update(nulled="emptied", operation={"from": "action"}), "another operation", "remove",
    ),
    "refused": (lambda d: d["refuse"][0].update(when="[?"), "'refuse[1].when' is no JMESPath", "correct"),
    "reason of a refusal": (lambda d: d["refuse"][0].update(reason="A loss"), "'refuse[1].reason' is 'A loss'", ""),
    "two refused": (lambda d: d["refuse"].append(d["refuse"][0]), "'refuse' has the when", "rename"),
    "empty separator": (_step({"split": {"separator": ""}}), "split.separator' is empty", "separator"),
    "many": (lambda d: _fields(d)["total"].update(transforms=["trim"] * 17), "has 17 steps", "at most 16"),
    "header": (lambda d: d["webhook"].update(header="X Sig"), "'webhook.header' is 'X Sig'", "small characters"),
    "tolerance": (lambda d: d["webhook"].update(toleranceSeconds=0), "'webhook.toleranceSeconds' is 0", "1 to 3600"),
    "no signed time": (
        lambda d: d.update(webhook={"scheme": "hmac_sha256", "header": "h", "toleranceSeconds": 9}), "signed time", "",
    ),
    "envelope": (lambda d: d.update(envelopes=["zip"]), "'envelopes' holds 'zip'", "gzip"),
    "version": (lambda d: d.update(version="1.2"), "'version' is '1.2'", "1.0.0"),
    "name": (lambda d: d.update(name="Shop"), "'name' is 'Shop'", "a-z"),
    "kind": (lambda d: d.update(kind="Dataset"), "'kind' is 'Dataset'", "SourceSystem"),
    "kind of the other folder": (lambda d: d.update(kind="DataContract"), "'kind' is 'DataContract'", "folder above"),
    "unknown key": (lambda d: d.update(retries=3), "'retries' is not a key", "remove"),
}  # fmt: skip


@pytest.mark.parametrize(("edit", "problem", "remedy"), DEFECTS.values(), ids=DEFECTS.keys())
def test_a_defect_is_refused_with_its_place_and_remedy(
    edit: Callable[[Document], object], problem: str, remedy: str
) -> None:
    with pytest.raises(ContractError) as caught:
        shop(edit)

    assert caught.value.path == PATH
    assert problem in caught.value.problem
    assert remedy in caught.value.remedy


def test_an_operation_may_be_a_value() -> None:
    value = {"from": "action", "transforms": [{"enum": {"values": {"gone": "delete"}, "default": "upsert"}}]}

    system = shop(lambda document: document["records"][0].update(operation=value))

    assert isinstance(system.records[0].operation, ValueMapping)
