"""Functions on JSON: https://trino.io/docs/current/functions/json.html."""

from txplatform.local.aws.athena.signatures import ANY, JSON, TEXT, Function, function, on_page

_DOCUMENT = f"{TEXT}|{JSON}"

FUNCTIONS: dict[str, Function] = on_page(
    "json",
    {
        "json_array_contains": function("athena_json_array_contains", (_DOCUMENT, ANY), result="BOOLEAN"),
        "json_exists": function("athena_json_exists", (TEXT, TEXT), result="BOOLEAN"),
        "json_query": function("athena_json_query", (TEXT, TEXT), result=TEXT),
        "json_value": function("athena_json_value", (TEXT, TEXT), result=TEXT),
        "is_json_scalar": function("athena_is_json_scalar", (_DOCUMENT,), result="BOOLEAN"),
        "json_array_length": function("athena_json_array_length", (_DOCUMENT,), result="BIGINT"),
        "json_extract": function("athena_json_extract", (_DOCUMENT, TEXT), result=JSON),
        "json_extract_scalar": function("athena_json_scalar", (_DOCUMENT, TEXT), result=TEXT),
        "json_format": function("athena_json_format", (JSON,), result=TEXT),
        "json_parse": function("athena_json_parse", (TEXT,), result=JSON),
        "json_size": function("athena_json_size", (_DOCUMENT, TEXT), result="BIGINT"),
    },
)
