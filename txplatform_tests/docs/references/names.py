"""The names of AWS resources and tables, as code gives them."""

from txplatform.contracts import names
from txplatform_tests.docs.references.page import Page, code, table

_INTRODUCTION = """# Names of resources

This page is generated from the module that types every name once (`txplatform/contracts/names.py`). They
begin with the name of the installation (`TXP_INSTALLATION`): here that of production and of the local stack.
"""
_ENTITY = "‹entity›"


def names_page() -> Page:
    """Render the resources of a stack, of an entity, and the prefixes of the lake bucket."""
    shared = {
        "lake bucket": names.lake_bucket("‹account›", "‹region›"),
        "Glue database": names.DATABASE,
        "Athena workgroup": names.WORKGROUP,
        "schema registry (DynamoDB)": names.REGISTRY_TABLE,
        "idempotency keys of the data API (DynamoDB)": names.IDEMPOTENCY_TABLE,
        "ledger (DynamoDB)": names.LEDGER_TABLE,
        "landing queue": names.LANDING_QUEUE,
        "its dead-letter queue": names.LANDING_DEAD_LETTER_QUEUE,
        "alerts topic": names.ALERTS_TOPIC,
        "namespace of the platform's metrics": names.METRIC_NAMESPACE,
        **{f"function {each.value}": names.function_name(each) for each in names.Function},
    }
    entity = {
        "inbound queue": names.inbound_queue(_ENTITY),
        "its dead-letter queue": names.inbound_dead_letter_queue(_ENTITY),
        "DynamoDB table": names.entity_table(_ENTITY),
        "scope to read": f"{names.RESOURCE_SERVER}/{names.read_scope(_ENTITY)}",
        "scope to write": f"{names.RESOURCE_SERVER}/{names.write_scope(_ENTITY)}",
        "route of the API": f"/{names.API_VERSION}/{_ENTITY}",
        "table of file rows": names.files_table(_ENTITY),
        "table of change records": names.changes_table(_ENTITY),
        "table of the folded state": names.snapshot_table(_ENTITY),
        "table of refused rows": names.quarantine_table(_ENTITY),
        "view of the exact current state": _ENTITY,
    }
    files = names.lane_prefix(names.Lane.FILES, _ENTITY)
    prefixes = {
        f"{files}dt=YYYY-MM-DD/": "files that sources drop: the RAW prefix",
        f"{files}{names.SYSTEM_FOLDER}‹system›/dt=YYYY-MM-DD/": "files of a source system",
        f"{files}{names.VERSION_FOLDER}‹version›/dt=YYYY-MM-DD/": (
            "files that were written for that version of the contract"
        ),
        f"{names.lane_prefix(names.Lane.CHANGES, _ENTITY)}dt=YYYY-MM-DD/": "change records: the CDC landing area",
        f"{names.WAREHOUSE_PREFIX}/": "data and metadata of the Iceberg tables",
        f"{names.ATHENA_RESULTS_PREFIX}/": "query results, which expire after seven days",
        f"{names.DASHBOARDS_PREFIX}/": "the published pages",
        "aws/lambda/": "changes that a stream mapping abandoned, written by Lambda",
    }
    parts = [
        _INTRODUCTION,
        "## Of a stack\n",
        table(("resource", "name"), ((what, code(name)) for what, name in shared.items())),
        "\n## Of an entity\n",
        table(("resource", "name"), ((what, code(name)) for what, name in entity.items())),
        "\n## Prefixes of the lake bucket\n",
        table(("prefix", "holds"), ((code(prefix), what) for prefix, what in prefixes.items())),
    ]
    return Page("\n".join(parts) + "\n")
