"""Functions on texts and bytes: https://trino.io/docs/current/functions/string.html, …/regexp.html, …/binary.html."""

from txplatform.local.aws.athena.signatures import ABSENT, ANY, BYTES, INTEGER, MORE, TEXT, Function, function, on_page

_STRING = {
    "chr": function("athena_chr", (INTEGER,), result=TEXT),
    "codepoint": function("ord", (TEXT,), result="INTEGER"),
    "concat_ws": function("concat_ws", (TEXT, TEXT, MORE), result=TEXT),
    "hamming_distance": function("athena_hamming_distance", (TEXT, TEXT), result="BIGINT"),
    "length": function("athena_length", (f"{TEXT}|{BYTES}",), result="BIGINT"),
    "levenshtein_distance": function("athena_levenshtein_distance", (TEXT, TEXT), result="BIGINT"),
    "lower": function("athena_lower", (TEXT,), result=TEXT),
    "lpad": function("athena_lpad", (TEXT, INTEGER, TEXT), result=TEXT),
    "luhn_check": function("athena_luhn_check", (TEXT,), result="BOOLEAN"),
    "rpad": function("athena_rpad", (TEXT, INTEGER, TEXT), result=TEXT),
    "split": function("athena_split", (TEXT, TEXT), (TEXT, TEXT, INTEGER), result="VARCHAR[]"),
    "split_part": function("athena_split_part", (TEXT, TEXT, INTEGER), result=TEXT),
    "split_to_map": function("athena_split_to_map", (TEXT, TEXT, TEXT), result="MAP(VARCHAR, VARCHAR)"),
    "starts_with": function("starts_with", (TEXT, TEXT), result="BOOLEAN"),
    "strpos": function("strpos", (TEXT, TEXT), (TEXT, TEXT, ABSENT), result="BIGINT"),
    "translate": function("translate", (TEXT, TEXT, TEXT), result=TEXT),
    "upper": function("athena_upper", (TEXT,), result=TEXT),
    "to_utf8": function("encode", (TEXT,), result=BYTES),
    "format": function("athena_format", (TEXT, ANY, MORE), result=TEXT),
    "from_utf8": function("athena_from_utf8", (BYTES,), result=TEXT),
}
_REGEXP = {
    "regexp_count": function("athena_regexp_count", (TEXT, TEXT), result="BIGINT"),
    "regexp_extract": function("athena_regexp_extract", (TEXT, TEXT), (TEXT, TEXT, INTEGER), result=TEXT),
    "regexp_extract_all": function(
        "athena_regexp_extract_all", (TEXT, TEXT), (TEXT, TEXT, INTEGER), result="VARCHAR[]"
    ),
    "regexp_like": function("athena_regexp_like", (TEXT, TEXT), result="BOOLEAN"),
    "regexp_position": function(
        "athena_regexp_position", (TEXT, TEXT), (TEXT, TEXT, ABSENT), (TEXT, TEXT, ABSENT, ABSENT), result="INTEGER"
    ),
    "regexp_replace": function("athena_regexp_replace", (TEXT, TEXT), (TEXT, TEXT, TEXT), result=TEXT),
    "regexp_split": function("athena_regexp_split", (TEXT, TEXT), result="VARCHAR[]"),
}
_BINARY = {
    "crc32": function("athena_crc32", (BYTES,), result="BIGINT"),
    "from_base64": function("athena_from_base64", (TEXT,), result=BYTES),
    "from_hex": function("athena_from_hex", (TEXT,), result=BYTES),
    "md5": function("athena_md5", (BYTES,), result=BYTES),
    "sha1": function("athena_sha1", (BYTES,), result=BYTES),
    "sha256": function("athena_sha256", (BYTES,), result=BYTES),
    "sha512": function("athena_sha512", (BYTES,), result=BYTES),
    "to_base64": function("base64", (BYTES,), result=TEXT),
    "to_hex": function("hex", (BYTES,), result=TEXT),
}

FUNCTIONS: dict[str, Function] = {
    **on_page("string", _STRING),
    **on_page("regexp", _REGEXP),
    **on_page("binary", _BINARY),
}
