"""What readers see: the columns of the current view, and the reference of the data API."""

import json
import re
from dataclasses import replace
from datetime import date
from itertools import product
from typing import Any

import jsonschema_rs
import pytest
from openapi_spec_validator import validate

from txplatform.contracts import names
from txplatform.contracts.loader import load_contracts
from txplatform.contracts.model import Contract, FieldType
from txplatform.contracts.render.openapi import openapi_document
from txplatform.contracts.render.openapi_record import record_schema
from txplatform.contracts.render.views import ViewColumn, view_columns
from txplatform.errors import ConfigurationError


def test_view_columns_are_the_fields_and_three_of_the_platform(contract: Contract) -> None:
    columns = view_columns(contract)

    assert [item.name for item in columns] == [
        *(field.name for field in contract.fields),
        "_order_key",
        "_occurred_at",
        "_ingested_at",
    ]
    assert {item.name for item in columns if item.personal} == {item.name for item in contract.fields if item.personal}


def test_view_types_are_exact_and_allowed_in_athena_views(contract: Contract) -> None:
    types = {item.name: item.trino_type for item in view_columns(contract)}

    assert not [kind for kind in types.values() if "double" in kind or "zone" in kind]
    for field in contract.fields:
        if field.precision:
            assert types[field.name] == f"decimal({field.precision},{field.scale})"
    assert types["_order_key"] == "varchar"
    assert types["_ingested_at"] == "timestamp(6)"


def test_view_columns_of_payments() -> None:
    columns = {item.name: item for item in view_columns(load_contracts()["payments"])}

    assert columns["items_count"] == ViewColumn("items_count", "bigint", personal=False)
    assert columns["payer_name"] == ViewColumn("payer_name", "varchar", personal=True)
    assert columns["settled_on"] == ViewColumn("settled_on", "date", personal=False)


def test_the_api_reference_is_valid_openapi_and_json() -> None:
    document = openapi_document(load_contracts(), "https://api.example.com/")

    validate(document)
    assert json.loads(json.dumps(document)) == document
    assert document["servers"] == [{"url": "https://api.example.com"}]
    assert openapi_document(load_contracts(), "/")["servers"] == [{"url": "/"}]


def test_every_entity_has_the_same_routes_under_its_own_scopes(contract: Contract) -> None:
    document = openapi_document({contract.name: contract}, "https://api.example.com")
    base = f"/v1/{contract.name}"
    scopes = {
        f"{method.upper()} {path}": operation["security"][0]["bearer"]
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if "security" in operation
    }

    read, write = [f"txplatform/{contract.name}.read"], [f"txplatform/{contract.name}.write"]
    assert scopes == {
        f"POST {base}": write,
        f"GET {base}": read,
        f"GET {base}/{{key}}": read,
        f"PUT {base}/{{key}}": write,
        f"PATCH {base}/{{key}}": write,
        f"DELETE {base}/{{key}}": write,
        f"GET /v1/schemas/{contract.name}": read,
        f"POST {base}/batch": write,
    }


def test_every_answer_of_a_route_is_documented(contract: Contract) -> None:
    paths = openapi_document({contract.name: contract}, "")["paths"]
    common = {"400", "401", "403", "429", "431", "500", "503"}
    base = f"/v1/{contract.name}"
    answers = {
        f"{method} {path.removeprefix(base)}": set(operation["responses"]) - common
        for path, item in paths.items()
        for method, operation in item.items()
        if method != "parameters"
    }
    assert answers == {
        "post ": {"200", "201", "409", "413", "415", "422"},
        "get ": {"200"},
        "get /{key}": {"200", "304", "404", "409", "412"},
        "put /{key}": {"200", "201", "409", "412", "413", "415", "422"},
        "patch /{key}": {"200", "404", "409", "412", "413", "415", "422"},
        "delete /{key}": {"204", "404", "409", "412", "422"},
        "post /batch": {"200", "409", "413", "415", "422"},
        f"get /v1/schemas/{contract.name}": {"200", "304", "404", "412"},
        "get /health": {"200"},
        "get /v1/openapi.json": {"200", "304", "404", "412"},
    }


def test_a_contract_that_demands_preconditions_documents_the_answer_without_one(contract: Contract) -> None:
    strict = replace(contract, precondition_required=True)
    item = openapi_document({contract.name: strict}, "")["paths"][f"/v1/{contract.name}/{{key}}"]
    assert {method for method in ("get", "put", "patch", "delete") if "428" in item[method]["responses"]} == {
        *("put", "patch", "delete")
    }


def test_writes_take_idempotency_keys_and_single_records_preconditions(contract: Contract) -> None:
    paths = openapi_document({contract.name: contract}, "")["paths"]
    base = f"/v1/{contract.name}"

    def headers(path: str, method: str) -> set[str]:
        return {item["name"] for item in paths[path][method]["parameters"] if item["in"] == "header"}

    conditions, once = {"If-Match", "If-None-Match", "X-Correlation-Id"}, {"Idempotency-Key", "X-Correlation-Id"}
    for method in ("put", "patch", "delete"):
        assert headers(f"{base}/{{key}}", method) == conditions | once
    assert headers(f"{base}/{{key}}", "get") == conditions
    assert headers(base, "post") == headers(f"{base}/batch", "post") == once


def test_answers_with_a_record_name_its_tag(contract: Contract) -> None:
    item = openapi_document({contract.name: contract}, "")["paths"][f"/v1/{contract.name}/{{key}}"]
    for method in ("get", "put", "patch"):
        headers = item[method]["responses"]["200"]["headers"]
        assert {"ETag", "Cache-Control", "Masked-Fields"} <= headers.keys()
    assert set(item["patch"]["requestBody"]["content"]) == {"application/merge-patch+json"}


def test_tokens_come_from_the_pool_where_its_endpoint_is_known(contract: Contract) -> None:
    document = openapi_document({contract.name: contract}, "/", "https://pool.example.com/token")
    validate(document)
    [flow] = document["components"]["securitySchemes"]["oauth2"]["flows"].values()
    read = f"txplatform/{contract.name}.read"
    assert set(flow["scopes"]) == {read, *(f"txplatform/{contract.name}.{verb}" for verb in ("write", "personal"))}
    listed = document["paths"][f"/v1/{contract.name}"]["get"]["security"]
    assert listed == [{"bearer": [read]}, {"oauth2": [read]}], "either will do"
    assert set(openapi_document({contract.name: contract}, "/")["components"]["securitySchemes"]) == {"bearer"}


def _issuers(*issuers: dict[str, Any]) -> str:
    return json.dumps(issuers)


def test_each_further_issuer_is_a_way_in_under_its_own_names(contract: Contract) -> None:
    read = f"{contract.name}.read"
    issuers = _issuers(
        {"kind": "entra", "issuer": "https://login.microsoftonline.com/t/v2.0", "audiences": ["api"]},
        {"kind": "oidc", "issuer": "https://id.example.com/", "scope_prefix": "https://api/"},
        {"kind": "oidc", "issuer": "https://two.example.com", "scope_names": {"All": [read, "x.read"], "R": read}},
        {"kind": "oidc", "issuer": "https://three.example.com", "scope_names": {"Other": "other.read"}},
    )
    document = openapi_document({contract.name: contract}, "/", further_issuers=issuers)
    validate(document)
    schemes = document["components"]["securitySchemes"]
    urls = {name: scheme.get("openIdConnectUrl", "").partition("/.well-known/")[0] for name, scheme in schemes.items()}
    assert urls == {
        "bearer": "",
        "issuer_1": "https://login.microsoftonline.com/t/v2.0",
        "issuer_2": "https://id.example.com",
        "issuer_3": "https://two.example.com",
        "issuer_4": "https://three.example.com",
    }
    assert "for the audience api" in schemes["issuer_1"]["description"]
    assert document["paths"][f"/v1/{contract.name}"]["get"]["security"] == [
        {"bearer": [f"txplatform/{read}"]},
        {"issuer_1": [read]},
        {"issuer_2": [f"https://api/{read}"]},
        {"issuer_3": ["All"]},
        {"issuer_3": ["R"]},
    ]


def test_the_metadata_of_several_tenants_is_that_of_all_organizations() -> None:
    issuers = _issuers({"kind": "entra", "issuer": "https://login.microsoftonline.com/{tenantid}/v2.0"})
    schemes = openapi_document(load_contracts(), "/", further_issuers=issuers)["components"]["securitySchemes"]
    assert schemes["issuer_1"]["openIdConnectUrl"] == (
        "https://login.microsoftonline.com/organizations/v2.0/.well-known/openid-configuration"
    )


@pytest.mark.parametrize("text", ["", "{", "{}", "null", "[1]", "[{}]", '[{"issuer": 1}]', '[{"issuer": "a"}, []]'])
def test_issuers_that_cannot_be_read_are_an_error(text: str) -> None:
    with pytest.raises(ConfigurationError, match="the further issuers"):
        openapi_document(load_contracts(), "/", further_issuers=text)


def test_a_deletion_may_name_its_partition(contract: Contract) -> None:
    schemas = openapi_document({contract.name: contract}, "")["components"]["schemas"]
    *_, deletion = schemas[f"{contract.name}_batch"]["properties"]["operations"]["items"]["oneOf"]
    record = deletion["properties"]["record"]
    needed = {*contract.key, contract.version_field}
    assert (set(record["required"]), set(record["properties"])) == (needed, needed | {contract.partition_field})


def test_a_patch_of_a_batch_names_its_record_and_removes_what_may_be_absent(contract: Contract) -> None:
    schemas = openapi_document({contract.name: contract}, "")["components"]["schemas"]
    _, patch, _ = schemas[f"{contract.name}_batch"]["properties"]["operations"]["items"]["oneOf"]
    record = patch["properties"]["record"]
    assert set(record["required"]) == {*contract.key, contract.version_field}
    removable = {name for name, schema in record["properties"].items() if {"type": "null"} in schema.get("anyOf", ())}
    assert removable == {field.name for field in contract.fields if not field.required}


def test_the_example_of_each_entity_satisfies_its_schema(contract: Contract) -> None:
    schema: dict[str, Any] = openapi_document({contract.name: contract}, "")["components"]["schemas"][contract.name]

    assert list(schema["examples"][0]) == [field.name for field in contract.fields]
    assert list(jsonschema_rs.validator_for(schema).iter_errors(schema["examples"][0])) == []


def _list_parameters(contract: Contract) -> dict[str, dict[str, Any]]:
    listed = openapi_document({contract.name: contract}, "")["paths"][f"/v1/{contract.name}"]["get"]["parameters"]
    return {item["name"]: item for item in listed if item["name"] != "X-Correlation-Id"}


def test_the_parameters_of_a_list_are_those_of_the_indexes(contract: Contract) -> None:
    fields = [contract[index.field] for index in contract.indexes]
    indexed = {names.query_header(field.name) if field.personal else field.name for field in fields}
    times = {f"{index.sorted_by}.{bound}" for index in contract.indexes for bound in ("gte", "gt", "lte", "lt")}
    assert indexed
    assert set(_list_parameters(contract)) == {*names.LIST_PARAMETERS, *indexed, *times}
    assert set(_list_parameters(replace(contract, indexes=()))) == {"limit", "cursor", "fields"}


def test_a_personal_value_is_asked_for_in_a_header() -> None:
    parameters = _list_parameters(load_contracts()["customers"])
    assert "email" not in parameters
    assert {name: item["in"] for name, item in parameters.items() if item["in"] != "query"} == {
        "x-query-email": "header"
    }


def test_the_parameters_of_payments_have_the_rules_of_their_fields() -> None:
    parameters = _list_parameters(load_contracts()["payments"])
    assert parameters["status"]["schema"]["enum"] == ["authorised", "captured", "settled", "refunded", "failed"]
    assert parameters["customer_id"]["schema"] == {"type": "string", "minLength": 1, "maxLength": 64}
    assert "customer_id" in parameters["created_at.lt"]["description"]
    assert "amount" in parameters["fields"]["schema"]["items"]["enum"]


def test_a_listed_record_may_lack_what_was_not_asked_for(contract: Contract) -> None:
    schemas = openapi_document({contract.name: contract}, "")["components"]["schemas"]
    record, listed = schemas[contract.name], schemas[f"{contract.name}_listed"]
    assert "required" not in listed
    assert listed["properties"] == record["properties"]
    assert listed["additionalProperties"] is False


def test_a_replacement_says_what_orders_records_of_one_version() -> None:
    contracts = load_contracts()
    paths = openapi_document(contracts, "")["paths"]
    described = paths["/v1/payments/{key}"]["put"]["description"]
    assert "ordered by status (authorised < failed < captured < settled < refunded)." in described
    assert "ordered by" not in paths["/v1/trades/{key}"]["put"]["description"]


def test_a_part_of_the_key_is_not_empty_and_a_version_not_negative() -> None:
    payments = load_contracts()["payments"]
    changed = {
        "payment_id": {"min_length": None, "pattern": None},
        "updated_at": {"type": FieldType.INTEGER, "example": 1},
    }
    fields = tuple(replace(field, **changed.get(field.name, {})) for field in payments.fields)
    properties = record_schema(replace(payments, fields=fields))["properties"]
    assert properties["payment_id"]["minLength"] == 1
    assert properties["updated_at"]["minimum"] == 0


def test_the_pattern_of_a_day_is_the_calendar() -> None:
    payments = load_contracts()["payments"]
    unbounded = tuple(replace(field, earliest=None, latest=None) for field in payments.fields)
    properties = record_schema(replace(payments, fields=unbounded))["properties"]
    day, moment = (re.compile(properties[name]["pattern"]) for name in ("settled_on", "created_at"))
    years = (0, 1, 4, 99, 100, 400, 1900, 1999, 2000, 2023, 2024, 2100, 9996, 9999)
    for year, month, of_month in product(years, range(14), range(33)):
        text = f"{year:04}-{month:02}-{of_month:02}"
        try:
            known = date(year, month, of_month).isoformat() == text
        except ValueError:
            known = False
        assert (bool(day.search(text)), bool(moment.search(f"{text}T00:00:00.000000Z"))) == (known, known), text
