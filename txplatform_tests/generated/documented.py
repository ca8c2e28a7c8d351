"""What the document says of a generated request, read for the list of exclusions."""

from functools import cache
from typing import Any

import jsonschema_rs

from txplatform.contracts.loader import load_contracts
from txplatform.contracts.model import Contract, FieldType
from txplatform.contracts.render.openapi import openapi_document

CONTRACTS = load_contracts()
_SPELT_IN_MANY_WAYS = (FieldType.DECIMAL, FieldType.TIMESTAMP)
_TIMES_OF_LISTS = (".gte", ".gt", ".lte", ".lt")


def contract_of(path: str) -> Contract | None:
    """The contract of the entity that a path names, None where it names none."""
    return next((contract for name, contract in CONTRACTS.items() if f"{path}/".startswith(f"/v1/{name}/")), None)


def unfit_operations(contract: Contract, body: Any) -> list[int]:
    """The places of the operations in a batch that the document refuses, but for other spellings of values."""
    return [index for index, operation in enumerate(body["operations"]) if not _fits(contract, operation)]


def is_other_spelling(contract: Contract, case: Any) -> bool:
    """Whether a request differs from the document in values alone that the API takes in other spellings too."""
    if isinstance(case.body, dict):
        return _differs_in_spelling(contract, case.body)
    return any(name == "version" or name.endswith(_TIMES_OF_LISTS) for name in case.query or {})


def _fits(contract: Contract, operation: Any) -> bool:
    validator = _validator(contract.name)
    if validator.is_valid(operation):
        return True
    record = operation.get("record") if isinstance(operation, dict) else None
    return isinstance(record, dict) and _differs_in_spelling(contract, record)


def _differs_in_spelling(contract: Contract, record: dict[str, Any]) -> bool:
    """Whether the fields that the document refuses are decimals, timestamps, or null and optional."""
    unfit = [
        field
        for field in contract.fields
        if field.name in record and not is_documented(contract, field.name, record[field.name])
    ]
    known = {field.name for field in contract.fields}
    return (
        bool(unfit)
        and record.keys() <= known
        and all(
            field.type in _SPELT_IN_MANY_WAYS or (record[field.name] is None and not field.required) for field in unfit
        )
    )


def is_documented(contract: Contract, field: str, value: Any) -> bool:
    """Whether the document takes a value of a field."""
    return bool(jsonschema_rs.is_valid(openapi_schemas()[contract.name]["properties"][field], value))


@cache
def openapi_schemas() -> dict[str, Any]:
    return openapi_document(CONTRACTS, "/")["components"]["schemas"]


@cache
def _validator(entity: str) -> jsonschema_rs.Draft202012Validator:
    schemas = openapi_schemas()
    items = schemas[f"{entity}_batch"]["properties"]["operations"]["items"]
    return jsonschema_rs.Draft202012Validator({**items, "components": {"schemas": schemas}})
