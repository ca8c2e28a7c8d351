"""Quality rules in contract files: what loads, what is refused with a remedy, and what a new rule means to clients."""

import json
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from txplatform.contracts.api_changes import breaking_changes
from txplatform.contracts.compatibility import check_successor
from txplatform.contracts.document import parse_document, read_document
from txplatform.contracts.keys.example import EXAMPLE, ORDERS
from txplatform.contracts.loader import load_contract, load_contracts
from txplatform.contracts.model import Contract
from txplatform.contracts.quality import Quality, RecordRule, Reference
from txplatform.contracts.references import check_references
from txplatform.contracts.render.openapi import openapi_document
from txplatform.contracts.render.registry import registry_document
from txplatform.errors import ContractError

CUSTOM = "{name: rule, type: custom, engine: txplatform, implementation: %s}"


def with_check(text: str) -> Any:
    """The example contract with one quality check more."""
    document = deepcopy(read_document(EXAMPLE))
    document["schema"][0]["quality"].append(parse_document(text, EXAMPLE))
    return document


def test_the_example_has_each_form() -> None:
    quality = load_contract(EXAMPLE).quality

    assert [rule.text for rule in quality.rules] == [
        "must be the sum of goods + shipping",
        "must be in the order of times created_at <= updated_at",
        "must be present where status is paid",
        "must be <= total",
    ]
    assert [rule.subject for rule in quality.rules] == ["total", "updated_at", "items", "shipping"]
    assert quality.unique_keys
    assert quality.references == (Reference("reference", "parcels", "reference"),)
    assert load_contracts()["customers"].quality == Quality()


def test_shipped_rules_are_those_that_their_data_keep() -> None:
    rules = {name: [rule.name for rule in contract.quality.rules] for name, contract in load_contracts().items()}

    assert {name: found for name, found in rules.items() if found} == {
        "balance_transactions": ["net_of_fee"],
        "disputes": ["times"],
        "payouts": ["times"],
        "refunds": ["times"],
    }


@pytest.mark.parametrize(
    ("check", "problem"),
    [
        (CUSTOM % "{}", "has 0 forms"),
        (CUSTOM % "{sum: [goods, shipping], equals: total, order: [created_at, updated_at]}", "has 2 forms"),
        (CUSTOM % "{order: [created_at, updated_at], equals: total}", "equals' is not a key"),
        (CUSTOM % "{sum: [goods], equals: total}", "lists 1 fields"),
        (CUSTOM % "{sum: [goods, total], equals: total}", "the sum and a part of it"),
        (CUSTOM % "{sum: [goods, gods], equals: total}", "'gods', which is not a field"),
        (CUSTOM % "{order: [created_at, goods]}", "of the type decimal"),
        (CUSTOM % "{when: reference, values: [], present: items}", "'values' is empty"),
        (CUSTOM % "{when: status, values: [paid], present: status}", "is there always"),
        (CUSTOM % "{left: created_at, operator: '<', right: total}", "does not compare two values"),
        (CUSTOM % "{left: status, operator: '<', right: channel}", "does not compare two values"),
        (CUSTOM % "{left: total, operator: '<', right: total}", "does not compare two values"),
        (CUSTOM % "{left: labels, operator: '=', right: labels}", "does not compare two values"),
        ("{name: times, type: custom, engine: txplatform, implementation: {order: [created_at, updated_at]}}",
         "have the name 'times'"),
        ("{name: q, type: sql, query: 'SELECT 1; DROP TABLE x', mustBe: 1}", "is not one SELECT"),
        ("{name: q, type: sql, query: 'INSERT INTO x SELECT 1', mustBe: 1}", "is not one SELECT"),
        ("{name: q, type: sql, query: SELECT 1}", "nothing to be held against"),
        ("{name: q, type: sql, query: SELECT 1, mustBeBetween: [1, 1]}", "is not a range"),
        ("{name: q, type: sql, query: SELECT 1, mustBe: 1, engine: txplatform}", "engine' is not a key"),
        ("{metric: duplicateValues, arguments: {properties: [order_id]}, mustBe: 2}", "tolerates duplicates"),
    ],
    ids=range(20),
)  # fmt: skip
def test_a_check_that_could_not_be_made_is_refused(check: str, problem: str) -> None:
    error = ORDERS.refusal(with_check(check))

    assert problem in error.problem
    assert error.remedy


def test_a_sum_of_more_than_38_digits_is_refused() -> None:
    document = with_check(CUSTOM % "{sum: [goods, weight], equals: total}")
    for field in document["schema"][0]["properties"]:
        if field["name"] == "goods":
            field["physicalType"] = "decimal(37,2)"

    assert "exact up to 38" in ORDERS.refusal(document).problem


def test_a_reference_within_the_folder_has_its_field_and_type() -> None:
    contracts = load_contracts()

    def referring(target: str, field: str = "customer_id") -> dict[str, Contract]:
        quality = Quality(references=(Reference(field, "customers", target),))
        return contracts | {"payments": replace(contracts["payments"], quality=quality)}

    check_references(referring("customer_id"))
    check_references({"payments": referring("customer_id")["payments"]})
    for target, problem in (("name_of_no_field", "is not a field"), ("birth_date", "is a string and refers")):
        with pytest.raises(ContractError, match=problem):
            check_references(referring(target))


RULE = RecordRule("fee_within", "compare", ("fee", "amount"), operator="<=")


def document_of(*rules: RecordRule) -> dict[str, Any]:
    contract = replace(load_contracts()["payments"], quality=Quality(rules=rules))
    return openapi_document({"payments": contract}, "/", "https://pool.example.com/token")


def test_a_new_or_changed_rule_breaks_clients_and_a_removed_one_does_not() -> None:
    """It refuses requests that were right before; what is stored stays readable, so that it may be published."""
    other = replace(RULE, operator="<")

    added, changed = (
        breaking_changes(document_of(), document_of(RULE)),
        breaking_changes(document_of(RULE), document_of(other)),
    )
    assert added
    assert all("requestBody" in place for place in added)
    assert len(changed) == len([place for place in changed if "fee_within" in place]) > 0
    assert breaking_changes(document_of(RULE), document_of()) == []
    payments = load_contracts()["payments"]
    former = json.loads(json.dumps(registry_document(replace(payments, quality=Quality()))))
    check_successor(former, replace(payments, quality=Quality(rules=(RULE,))))
