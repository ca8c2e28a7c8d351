"""All functions that are parsed by their names alone, by the name that Trino gives them."""

from txplatform.local.aws.athena import (
    library_arrays,
    library_json,
    library_numbers,
    library_texts,
    library_time,
    library_urls,
)
from txplatform.local.aws.athena.signatures import BOOLEAN, Function, function, on_page

FUNCTIONS: dict[str, Function] = {
    **library_texts.FUNCTIONS,
    **library_numbers.FUNCTIONS,
    **library_time.FUNCTIONS,
    **library_arrays.FUNCTIONS,
    **library_json.FUNCTIONS,
    **library_urls.FUNCTIONS,
    **on_page("aggregate", {"every": function("bool_and", (BOOLEAN,), result=BOOLEAN)}),
}
