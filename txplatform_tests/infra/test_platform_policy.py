"""The platform's policy allows every call that its code makes, on its own resources."""

import ast
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore import xform_name

import txplatform
from txplatform.contracts import names
from txplatform.contracts.loader import load_contracts
from txplatform_tests.infra.grants import Grant, grants, pairs

ROOT = Path(txplatform.__file__).parent
# They run with the rights of whoever starts them, beside or before the platform.
OTHERS = ("local", "local_platform.py", "demo", "cli", "contracts", "dead_letters")
# Commands alone use them: with the rights of the operator, who may read records and call a function.
RECOVERY = {f"lake/{name}.py" for name in ("abandoned", "absent", "bootstrap", "capture", "quarantine_purge")}
# Where the action is not called as the operation is.
ACTIONS = {
    "s3:ListObjectsV2": "s3:ListBucket",
    "s3:HeadObject": "s3:GetObject",
    "s3:DeleteObjects": "s3:DeleteObject",
}
NOT_OF_AWS = {"glue:UpdateSchema"}  # a method of pyiceberg's tables
FREE = {"sts:GetCallerIdentity"}  # needs no permission
# The catalog of pyiceberg holds a Glue client of the platform.
PYICEBERG = {"glue:GetDatabase", "glue:GetTable", "glue:CreateTable", "glue:UpdateTable"}

LAKE = f"Bucket {names.lake_bucket('<account>', '<region>')}"
LEDGER = f"Table {names.LEDGER_TABLE}"
REGISTRY = f"Table {names.REGISTRY_TABLE}"
GLUE = "arn:aws:glue:<region>:<account>"
ATHENA = "arn:aws:athena:<region>:<account>"
WRITE = ("s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts")
ALLOWED: set[Grant] = {
    *pairs(
        [f"dynamodb:{name}Item" for name in ("BatchGet", "BatchWrite", "Get", "Put", "Update")] + ["dynamodb:Query"],
        [LEDGER, f"{LEDGER}/index/{names.LEDGER_PENDING_INDEX}"],
    ),
    *pairs(
        ["dynamodb:Scan", "dynamodb:BatchGetItem", "dynamodb:DescribeTable"],
        [f"Table {names.entity_table(entity)}" for entity in load_contracts()],
    ),
    ("dynamodb:GetItem", REGISTRY),
    *pairs([f"s3:{name}" for name in ("ListBucket", "ListBucketMultipartUploads")], [LAKE]),
    *pairs(["s3:GetBucketLocation", "s3:GetBucketVersioning"], [LAKE]),
    *pairs(["s3:GetObject", "s3:GetObjectVersion"], [f"{LAKE}/raw/*", f"{LAKE}/cdc/*"]),
    ("s3:GetObject", f"{LAKE}/inventory/*"),
    *pairs([*WRITE, "s3:DeleteObject"], [f"{LAKE}/warehouse/*"]),
    *pairs(WRITE, [f"{LAKE}/athena-results/*"]),
    *pairs(["s3:GetObject", "s3:PutObject"], [f"{LAKE}/dashboards/*"]),
    *pairs(
        [*PYICEBERG, "glue:GetTableVersions", "glue:BatchDeleteTableVersion", "glue:DeleteTable"],
        [f"{GLUE}:catalog", f"{GLUE}:database/txplatform", f"{GLUE}:table/txplatform/*"],
    ),
    ("glue:GetDatabase", f"{GLUE}:database/default"),
    *pairs(
        [f"athena:{name}" for name in ("StartQueryExecution", "StopQueryExecution")]
        + [f"athena:{name}" for name in ("GetQueryExecution", "GetQueryResults")],
        [f"{ATHENA}:workgroup/txplatform"],
    ),
    ("athena:GetDataCatalog", f"{ATHENA}:datacatalog/AwsDataCatalog"),
    ("sns:Publish", f"Topic {names.ALERTS_TOPIC}"),
    ("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:<region>:<account>:secret:txplatform/powerbi-??????"),
    *pairs(
        [f"quicksight:{name}Ingestion" for name in ("Create", "Describe")],
        ["arn:aws:quicksight:<region>:<account>:dataset/txplatform-*"],
    ),
}


@pytest.fixture
def allowed(template: dict[str, Any]) -> set[Grant]:
    (policy,) = [item for item in template["Resources"].values() if item["Type"] == "AWS::IAM::ManagedPolicy"]
    return grants(template, policy["Properties"]["PolicyDocument"]["Statement"])


def calls(path: Path) -> set[str]:
    """The operations that a module calls on the clients it takes, as `service:Operation`."""
    services, methods = set[str](), set[str]()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Call(func=ast.Attribute(attr="client"), args=[ast.Constant(value=str(service)), *_]):
                services.add(service)
            case ast.Call(func=ast.Attribute(attr="get_paginator"), args=[ast.Constant(value=str(method)), *_]):
                methods.add(method)
            case ast.Call(func=ast.Attribute(attr=method)):
                methods.add(method)
    found: set[str] = set()
    for service in services:
        operations = boto3.client(service, region_name="us-east-1").meta.service_model.operation_names
        found |= {f"{service}:{name}" for name in operations if xform_name(name) in methods}
    return found


def test_every_call_of_the_platform_is_allowed(allowed: set[Grant]) -> None:
    modules = [
        path
        for path in ROOT.rglob("*.py")
        if path.relative_to(ROOT).parts[0] not in OTHERS and path.relative_to(ROOT).as_posix() not in RECOVERY
    ]
    called = {ACTIONS.get(name, name) for path in modules for name in calls(path)}
    assert {"dynamodb:Scan", "s3:GetObject", "s3:PutObject", "sns:Publish", "athena:StartQueryExecution"} <= called
    assert called - NOT_OF_AWS - FREE - {action for action, _ in allowed} == set()


def test_the_policy_names_the_platforms_own_resources_and_no_more_actions(allowed: set[Grant]) -> None:
    assert allowed == ALLOWED


def test_the_policy_writes_neither_records_nor_schemas(allowed: set[Grant]) -> None:
    read = {"dynamodb:Scan", "dynamodb:BatchGetItem", "dynamodb:DescribeTable"}
    writable = {resource for action, resource in allowed if action.startswith("dynamodb:") and action not in read}
    assert {action for action, resource in allowed if resource == REGISTRY} == {"dynamodb:GetItem"}
    writable -= {REGISTRY}
    assert writable == {LEDGER, f"{LEDGER}/index/{names.LEDGER_PENDING_INDEX}"}
