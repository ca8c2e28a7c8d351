"""Failures of a statement in Athena's words, and how DuckDB's become them."""

import re
from collections.abc import Callable

import duckdb

UNRESOLVED = "Column '{}' cannot be resolved or requester is not authorized to access requested resources"


class QueryError(Exception):
    """Athena refused or failed a statement; clients read the message from the API."""


class StatementError(QueryError):
    """A statement failed. `name` is Trino's name of the error, such as COLUMN_NOT_FOUND."""

    def __init__(self, name: str, message: str) -> None:
        self.name = name
        if message.endswith("not supported locally"):
            message += "; docs/reference/local-athena.md lists what is"
        super().__init__(f"{name}: {message}")


class StatementStoppedError(QueryError):
    """The statement was stopped before it finished."""

    def __init__(self) -> None:
        super().__init__("Query cancelled by user")


class RequestError(QueryError):
    """The request itself is refused. `kind` is the name of the exception in Athena's API."""

    kind = "InvalidRequestException"


class MetadataError(RequestError):
    """Something that a request about the catalog names is not in it."""

    kind = "MetadataException"


# DuckDB's wording → (Trino's error name, Trino's message); the group is the identifier concerned
_WORDINGS: tuple[tuple[str, str, str], ...] = (
    (r'Referenced column "([^"]+)" (?:was )?not found', "COLUMN_NOT_FOUND", UNRESOLVED),
    (r'Referenced table "([^"]+)" not found', "COLUMN_NOT_FOUND", UNRESOLVED),
    (r'does not have a column named "([^"]+)"', "COLUMN_NOT_FOUND", UNRESOLVED),
    (r'Could not find key "([^"]+)" in struct', "COLUMN_NOT_FOUND", UNRESOLVED),
    (r'Ambiguous reference to column name "([^"]+)"', "AMBIGUOUS_NAME", "Column '{}' is ambiguous"),
    (
        r'column "([^"]+)" must appear in the GROUP BY clause',
        "EXPRESSION_NOT_AGGREGATE",
        "'{}' must be an aggregate expression or appear in GROUP BY clause",
    ),
    (r"UNNEST\(\) can only be applied to lists, structs and NULL, not (MAP)", "NOT_SUPPORTED", "UNNEST of a {}"),
    (r"(ORDER|GROUP BY) term out of range", "INVALID_COLUMN_REFERENCE", "{} position is not in select list"),
    (
        r"(WHERE|GROUP BY) clause cannot contain aggregates",
        "EXPRESSION_NOT_SCALAR",
        "{} clause cannot contain aggregations, window functions or grouping operations",
    ),
    (r"(WHERE) clause cannot contain window", "EXPRESSION_NOT_SCALAR", "{} clause cannot contain window functions"),
    (r"aggregate function calls cannot be (nested)", "NESTED_AGGREGATION", "Cannot have {} aggregations"),
    (r"calls cannot contain (window) function calls", "NESTED_WINDOW", "Cannot nest {} functions inside aggregations"),
    (
        r"Type (?:INT\d+|DOUBLE|FLOAT) with value (?!-?nan)(\S+) can't be cast .* type INT(?:8|16|32)\b",
        "NUMERIC_VALUE_OUT_OF_RANGE",
        "Out of range for the type cast to: {}",
    ),
    (r"More than one (row) returned", "SUBQUERY_MULTIPLE_ROWS", "Scalar sub-query has returned more than one {}"),
    (r"'flatten\((MAP)\(", "NOT_SUPPORTED", "a subscript of such a {} is not supported locally"),
    (r"'array_length\((MAP)\(", "NOT_SUPPORTED", "cardinality of such a {} is not supported locally"),
    (r"Map (keys) must be unique", "INVALID_FUNCTION_ARGUMENT", "Duplicate map {} are not allowed"),
    (r"Map (keys) can not be NULL", "INVALID_FUNCTION_ARGUMENT", "map {} cannot be null"),
    (r"The map (key) list does not align", "INVALID_FUNCTION_ARGUMENT", "{} and value arrays must be the same length"),
    (r"Argument for (ntile) must be greater", "INVALID_FUNCTION_ARGUMENT", "Buckets of {} must be greater than 0"),
    (r"(frame) start(?:ing)? ", "INVALID_WINDOW_FRAME", "Window {} bounds do not make a frame"),
    (r"(frame) end cannot", "INVALID_WINDOW_FRAME", "Window {} bounds do not make a frame"),
    (r"(OFFSET) cannot be negative", "SYNTAX_ERROR", "mismatched input '-'. Expecting: '?', <integer> of {}"),
    (r"(Key name) for struct_extract needs", "NOT_SUPPORTED", "the type of an expression here is not known locally"),
    (r"UNNEST not (supported) here", "NOT_SUPPORTED", "this UNNEST is not {} locally"),
    (r"Function with name \"?(\w+)\"? does not exist", "FUNCTION_NOT_FOUND", "Function '{}' not registered"),
)
_KINDS: tuple[tuple[type[duckdb.Error], str], ...] = (
    (duckdb.ConversionException, "INVALID_CAST_ARGUMENT"),
    (duckdb.OutOfRangeException, "NUMERIC_VALUE_OUT_OF_RANGE"),
    (duckdb.ParserException, "SYNTAX_ERROR"),
    (duckdb.BinderException, "TYPE_MISMATCH"),
    (duckdb.CatalogException, "SYNTAX_ERROR"),
)


def from_duckdb(error: duckdb.Error, place: Callable[[str], str]) -> QueryError:
    """Put DuckDB's error into Athena's words; `place` gives "line l:c" of an identifier in the statement."""
    text = str(error)
    if isinstance(error, duckdb.InterruptException):
        return StatementStoppedError()
    for pattern, name, message in _WORDINGS:
        if found := re.search(pattern, text):
            identifier = found[1].rpartition(".")[2]
            return StatementError(name, f"{place(identifier)}: {message.format(identifier)}")
    if refused := re.search(r"athena:([A-Z_]+): ([^\n]*)", text):
        return StatementError(refused[1], refused[2].strip())
    first = text.partition("\n")[0].partition("Error: ")[2] or text
    for kind, name in _KINDS:
        if isinstance(error, kind):
            return StatementError(name, first)
    return StatementError("GENERIC_INTERNAL_ERROR", first)
