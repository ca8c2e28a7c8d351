"""The OpenAPI document and the function agree on what a record may be, but for a written list of differences.

docs/reference/documents.md has the list: the function takes more spellings of a value, of which it makes the one of the
document, and knows bounds that JSON Schema cannot say.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lambdas.data_api.audit import Entry
from lambdas.data_api.core import Request
from lambdas.data_api.personal import ALL, PersonalScope
from lambdas.data_api.problem import STATUS
from lambdas.shared.jsonio import dumps, loads
from lambdas.shared.provenance import Provenance
from lambdas.shared.validation import check_patch, check_upsert
from txplatform.contracts.quality import RECORD_RULE
from txplatform.contracts.render.openapi import openapi_document
from txplatform_tests.lambdas.conftest import CONTRACTS
from txplatform_tests.lambdas.conftest import SCHEMAS as WHOLE

DOCUMENT = openapi_document(CONTRACTS, "/")
# Rules over several fields are no part of JSON Schema: the document has them as an extension.
SCHEMAS = {name: replace(schema, rules=()) for name, schema in WHOLE.items()}
RECORDS = {name: DOCUMENT["components"]["schemas"][name] for name in CONTRACTS}
VALIDATORS = {
    name: jsonschema_rs.Draft202012Validator(record, validate_formats=True) for name, record in RECORDS.items()
}
PATCHES = {
    name: DOCUMENT["components"]["schemas"][f"{name}_batch"]["properties"]["operations"]["items"]["oneOf"][1][
        "properties"
    ]["record"]
    for name in CONTRACTS
}
PATCH_VALIDATORS = {
    name: jsonschema_rs.Draft202012Validator(patch, validate_formats=True) for name, patch in PATCHES.items()
}
ENTITIES = st.sampled_from(list(CONTRACTS))
SPELT_IN_MANY_WAYS = ("decimal", "timestamp")
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=70)
NEARLY = st.sampled_from(
    [
        *("", "0", "-0", "1", "1.0", "01.00", "1e3", "+1.00", "-0.00", "-1.00", " 1.00", "1.00\n", "9" * 40),
        *("2024-02-30", "0000-01-01", "2024-1-1", "2024-02-29", "2024-02-29T00:00:00.000000Z"),
        *("2024-02-30T00:00:00.000000Z", "2024-01-01T24:00:00.000000Z", "2024-01-01T23:59:60.000000Z"),
        *("0000-01-01T00:00:00.000000Z", "2024-01-01T00:00:00+02:00", "2024-01-01 00:00:00Z", "2024-01-01T00:00:00"),
    ]
)
JSON = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | TEXTS | NEARLY | st.just([]) | st.just({})


def values(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values that the schema of a field takes."""
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if schema["type"] == "integer":
        return st.integers(schema["minimum"], schema["maximum"])
    if schema["type"] == "boolean":
        return st.booleans()
    if schema.get("format") == "date":
        return _days(schema).map(date.isoformat)
    if schema.get("format") == "date-time":
        moments = st.builds(datetime.combine, _days(schema), st.times())
        return moments.map(lambda moment: moment.isoformat(timespec="microseconds") + "Z")
    if "pattern" in schema:
        return st.from_regex(re.compile(schema["pattern"], re.ASCII), fullmatch=True).filter(_as_long_as(schema))
    low = schema.get("minLength", 0)
    return st.text(
        st.characters(exclude_categories=["Cs"]), min_size=low, max_size=min(schema.get("maxLength", 40), 40)
    )


def _days(schema: dict[str, Any]) -> st.SearchStrategy[date]:
    """Days between the bounds of a schema, which the shipped contracts have at the start and end of a day."""
    return st.dates(*(date.fromisoformat(schema[bound][:10]) for bound in ("x-minimum", "x-maximum")))


def _as_long_as(schema: dict[str, Any]) -> Callable[[str], bool]:
    """Whether a text has the length of the schema."""
    return lambda text: schema.get("minLength", 0) <= len(text) <= schema.get("maxLength", len(text))


def records(entity: str) -> st.SearchStrategy[dict[str, Any]]:
    """Records that the document takes."""
    schema = RECORDS[entity]
    made = {name: values(item) for name, item in schema["properties"].items()}
    required = {name: made.pop(name) for name in schema["required"]}
    return st.fixed_dictionaries(required, optional=made)


@settings(max_examples=40)
@given(st.data(), ENTITIES)
def test_what_the_document_takes_is_not_refused(data: st.DataObject, entity: str) -> None:
    record = data.draw(records(entity))
    assert VALIDATORS[entity].is_valid(record)
    checked = check_upsert(SCHEMAS[entity], loads(dumps(record)))
    if broken := [violation.rule for violation in checked.violations]:  # what several fields ask is in words only
        assert all(rule.startswith(RECORD_RULE) for rule in broken)
    else:
        assert checked.record == record


@settings(max_examples=40)
@given(st.data(), ENTITIES)
def test_what_the_document_refuses_is_not_taken(data: st.DataObject, entity: str) -> None:
    record = _example(entity)
    name = data.draw(st.sampled_from([*SCHEMAS[entity].fields, "no_such_field"]))
    record[name] = value = data.draw(JSON)
    assume(not VALIDATORS[entity].is_valid(record))
    checked = check_upsert(SCHEMAS[entity], loads(dumps(record)))
    if checked.violations:
        return
    rule = SCHEMAS[entity].fields[name]
    assert rule.type in SPELT_IN_MANY_WAYS or (value is None and not rule.required)
    assert VALIDATORS[entity].is_valid(dict(checked.record)), "what is stored is as the document says"


@settings(max_examples=30)
@given(st.data(), ENTITIES)
def test_the_document_and_the_function_take_the_same_patches(data: st.DataObject, entity: str) -> None:
    """A patch that the document takes is not refused, and one that it refuses is not taken but by another spelling."""
    needed = PATCHES[entity]["required"]
    record = data.draw(records(entity))
    some = data.draw(st.sets(st.sampled_from([*record, *needed])))
    patch = {name: value for name, value in record.items() if name in some or name in needed}
    patch |= dict.fromkeys(data.draw(st.sets(st.sampled_from([*RECORDS[entity]["properties"], "no_such_field"]))))
    patch |= data.draw(st.dictionaries(st.sampled_from([*RECORDS[entity]["properties"]]), JSON, max_size=1))
    checked = check_patch(SCHEMAS[entity], loads(dumps(patch)))
    if PATCH_VALIDATORS[entity].is_valid(patch):
        assert checked.violations == ()
    elif not checked.violations:
        spelt = {**checked.record, **dict.fromkeys(checked.removed)}
        assert PATCH_VALIDATORS[entity].is_valid(spelt), "what is merged is as the document says"


def test_a_record_lacks_nothing_that_the_document_requires(entity: str) -> None:
    for name in RECORDS[entity]["required"]:
        record = _example(entity)
        del record[name]
        assert [item.field for item in check_upsert(SCHEMAS[entity], record).violations] == [name]
    for name in (*SCHEMAS[entity].key, SCHEMAS[entity].version_field, SCHEMAS[entity].partition_field):
        assert name in RECORDS[entity]["required"]


@settings(max_examples=30)
@given(st.data(), ENTITIES, st.booleans())
def test_what_is_answered_is_what_the_document_says_of_an_answer(
    data: st.DataObject, entity: str, granted: bool
) -> None:
    """Of records with their personal fields or without, and of no record that lacks another one."""
    answered = DOCUMENT["components"]["schemas"][f"{entity}_answered"]
    validator = jsonschema_rs.Draft202012Validator(answered, validate_formats=True)
    permissions = frozenset([f"{entity}.personal"]) if granted else frozenset[str]()
    personal = PersonalScope.of(
        SCHEMAS[entity], Request("", entity, "", {}, "", Entry(Provenance("")), permissions=permissions)
    )
    record = data.draw(records(entity))
    shown = dict(personal.shown(record))
    assert validator.is_valid(shown)
    marked = {name for name, schema in answered["properties"].items() if schema.get("x-personal")}
    assert record.keys() - shown.keys() == (set() if granted else marked & record.keys())
    assert set(RECORDS[entity]["required"]) - set(answered["required"]) == marked & set(RECORDS[entity]["required"])
    del shown[data.draw(st.sampled_from(answered["required"]))]
    assert not validator.is_valid(shown)


@pytest.mark.parametrize("granted", [True, False])
def test_the_header_of_masked_fields_is_as_the_document_says(entity: str, granted: bool) -> None:
    permissions = frozenset([f"{entity}.personal"]) if granted else frozenset[str]()
    personal = PersonalScope.of(
        SCHEMAS[entity], Request("", entity, "", {}, "", Entry(Provenance("")), permissions=permissions)
    )
    pattern = DOCUMENT["components"]["headers"]["Masked-Fields"]["schema"]["pattern"]
    named = {name.lower(): value for name, value in personal.headers.items()}
    assert bool(named) is not granted
    assert all(re.fullmatch(pattern, value) for value in (*named.values(), ALL))
    assert set(named) <= {"masked-fields"} <= {name.lower() for name in DOCUMENT["components"]["headers"]}


def test_the_bounds_of_decimals_are_those_of_the_function(entity: str) -> None:
    """Just below the least number is refused by both; where the contract has none, both take a negative one."""
    decimals = {name: rule for name, rule in SCHEMAS[entity].fields.items() if rule.type == "decimal"}
    assert decimals
    for name, rule in decimals.items():
        said = RECORDS[entity]["properties"][name].get("x-minimum")
        assert (said is None) is (rule.minimum is None)
        step = Decimal(1).scaleb(-rule.scale)
        least = -step if rule.minimum is None else rule.minimum.quantize(step)
        for number, refused in ((least, []), (least - step, [] if rule.minimum is None else [(name, "minimum")])):
            record = _example(entity) | {name: f"{number:f}"}
            assert VALIDATORS[entity].is_valid(record) is not bool(refused)
            violations = check_upsert(SCHEMAS[entity], record).violations
            own = [found for found in violations if not found.rule.startswith(RECORD_RULE)]
            assert [(found.field, found.rule) for found in own] == refused


@pytest.mark.parametrize("status", sorted({int(status) for status in STATUS.values()}))
def test_every_status_of_an_error_is_documented(status: int) -> None:
    assert str(status) in DOCUMENT["components"]["responses"]


def _example(entity: str) -> dict[str, Any]:
    return dict(RECORDS[entity]["examples"][0])
