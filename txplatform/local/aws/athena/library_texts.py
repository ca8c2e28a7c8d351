"""Functions on texts and bytes: https://trino.io/docs/current/functions/string.html, …/regexp.html, …/binary.html."""

from txplatform.local.aws.athena.signatures import (
    ANY,
    BYTES,
    INTEGER,
    LAMBDA,
    MORE,
    NUMBER,
    TEXT,
    Function,
    function,
    on_page,
)

_EITHER = f"{TEXT}|{BYTES}"
_STRING = {
    "chr": function("athena_chr", (INTEGER,), result=TEXT),
    "codepoint": function("ord", (TEXT,), result="INTEGER"),
    "concat_ws": function("concat_ws", (TEXT, TEXT, MORE), result=TEXT),
    "hamming_distance": function("athena_hamming_distance", (TEXT, TEXT), result="BIGINT"),
    "length": function("athena_length", (f"{TEXT}|{BYTES}",), result="BIGINT"),
    "levenshtein_distance": function("athena_levenshtein_distance", (TEXT, TEXT), result="BIGINT"),
    "lower": function("athena_lower", (TEXT,), result=TEXT),
    "lpad": function("athena_lpad", (_EITHER, INTEGER, _EITHER), result="first"),
    "luhn_check": function("athena_luhn_check", (TEXT,), result="BOOLEAN"),
    "rpad": function("athena_rpad", (_EITHER, INTEGER, _EITHER), result="first"),
    "split": function("athena_split", (TEXT, TEXT), (TEXT, TEXT, INTEGER), result="VARCHAR[]"),
    "split_part": function("athena_split_part", (TEXT, TEXT, INTEGER), result=TEXT),
    "split_to_map": function("athena_split_to_map", (TEXT, TEXT, TEXT), result="MAP(VARCHAR, VARCHAR)"),
    "starts_with": function("starts_with", (TEXT, TEXT), result="BOOLEAN"),
    "strpos": function("strpos", (TEXT, TEXT), (TEXT, TEXT, INTEGER), result="BIGINT"),
    "translate": function("translate", (TEXT, TEXT, TEXT), result=TEXT),
    "upper": function("athena_upper", (TEXT,), result=TEXT),
    "to_utf8": function("encode", (TEXT,), result=BYTES),
    "format": function("athena_format", (TEXT, ANY, MORE), result=TEXT),
    "normalize": function("athena_normalize", (TEXT,), (TEXT, ANY), result=TEXT),
    "soundex": function("athena_soundex", (TEXT,), result=TEXT),
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
        "athena_regexp_position", (TEXT, TEXT), (TEXT, TEXT, INTEGER), (TEXT, TEXT, INTEGER, INTEGER), result="INTEGER"
    ),
    "regexp_replace": function("athena_regexp_replace", (TEXT, TEXT), (TEXT, TEXT, f"{TEXT}|{LAMBDA}"), result=TEXT),
    "regexp_split": function("athena_regexp_split", (TEXT, TEXT), result="VARCHAR[]"),
}
_BINARY = {
    "from_base32": function("athena_from_base32", (TEXT,), result=BYTES),
    "from_base64url": function("athena_from_base64url", (TEXT,), result=BYTES),
    "from_big_endian_32": function("athena_from_big_endian_32", (BYTES,), result="INTEGER"),
    "from_big_endian_64": function("athena_from_big_endian_64", (BYTES,), result="BIGINT"),
    "hmac_md5": function("athena_hmac_md5", (BYTES, BYTES), result=BYTES),
    "hmac_sha1": function("athena_hmac_sha1", (BYTES, BYTES), result=BYTES),
    "hmac_sha256": function("athena_hmac_sha256", (BYTES, BYTES), result=BYTES),
    "hmac_sha512": function("athena_hmac_sha512", (BYTES, BYTES), result=BYTES),
    "to_base32": function("athena_to_base32", (BYTES,), result=TEXT),
    "to_base64url": function("athena_to_base64url", (BYTES,), result=TEXT),
    "to_big_endian_32": function("athena_to_big_endian_32", ("count",), result=BYTES),
    "to_big_endian_64": function("athena_to_big_endian_64", (INTEGER,), result=BYTES),
    "to_ieee754_64": function("athena_to_ieee754_64", (NUMBER,), result=BYTES),
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
