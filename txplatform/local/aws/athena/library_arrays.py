"""Functions on arrays and maps: https://trino.io/docs/current/functions/array.html, …/map.html, …/lambda.html."""

from txplatform.local.aws.athena.signatures import (
    ABSENT,
    ANY,
    ARRAY,
    ELEMENT,
    INTEGER,
    LAMBDA,
    MAP,
    MORE,
    TEXT,
    Function,
    function,
    on_page,
)

_ARRAY = {
    "all_match": function("athena_all_match", (ARRAY, LAMBDA), result="BOOLEAN"),
    "any_match": function("athena_any_match", (ARRAY, LAMBDA), result="BOOLEAN"),
    "array_distinct": function("athena_array_distinct", (ARRAY,), result="first"),
    "array_except": function("athena_array_except", (ARRAY, ARRAY), result="first"),
    "array_intersect": function("athena_array_intersect", (ARRAY, ARRAY), result="first"),
    "array_join": function("athena_array_join", (ARRAY, TEXT), (ARRAY, TEXT, TEXT), result=TEXT),
    "array_max": function("athena_array_max", (ARRAY,), (ARRAY, ABSENT)),
    "array_min": function("athena_array_min", (ARRAY,), (ARRAY, ABSENT)),
    "array_position": function("athena_array_position", (ARRAY, ELEMENT), (ARRAY, ELEMENT, INTEGER), result="BIGINT"),
    "array_remove": function("athena_array_remove", (ARRAY, ELEMENT), result="first"),
    "array_sort": function("athena_array_sort", (ARRAY,), (ARRAY, LAMBDA), result="first"),
    "array_union": function("athena_array_union", (ARRAY, ARRAY), result="first"),
    "combinations": function("athena_combinations", (ARRAY, INTEGER)),
    "ngrams": function("athena_ngrams", (ARRAY, INTEGER)),
    "arrays_overlap": function("athena_arrays_overlap", (ARRAY, ARRAY), result="BOOLEAN"),
    "filter": function("list_filter", (ARRAY, LAMBDA), result="first"),
    "flatten": function("flatten", (ARRAY,)),
    "none_match": function("athena_none_match", (ARRAY, LAMBDA), result="BOOLEAN"),
    "reduce": function("list_reduce", (ARRAY, ANY, LAMBDA, LAMBDA)),
    "repeat": function("athena_repeat", (ANY, INTEGER)),
    "slice": function("athena_slice", (ARRAY, INTEGER, INTEGER), result="first"),
    "transform": function("list_transform", (ARRAY, LAMBDA)),
    "trim_array": function("athena_trim_array", (ARRAY, INTEGER), result="first"),
    "zip": function("athena_zip", (ARRAY, ARRAY, MORE)),
    "zip_with": function("list_transform", (ARRAY, ARRAY, LAMBDA)),
}
_MAP = {
    "map_concat": function("athena_map_concat", (MAP, MAP), (MAP, MAP, ABSENT, MORE)),
    "map_entries": function("athena_map_entries", (MAP,)),
    "map_filter": function("map_from_entries", (MAP, LAMBDA)),
    "map_from_entries": function("map_from_entries", (ARRAY,)),
    "map_keys": function("map_keys", (MAP,)),
    "map_values": function("map_values", (MAP,)),
    "map_zip_with": function("map_from_entries", (MAP, MAP, LAMBDA)),
    "multimap_from_entries": function("athena_multimap_of_entries", (ARRAY,)),
    "transform_keys": function("map_from_entries", (MAP, LAMBDA)),
    "transform_values": function("map_from_entries", (MAP, LAMBDA)),
}

FUNCTIONS: dict[str, Function] = {**on_page("array", _ARRAY), **on_page("map", _MAP)}
