"""Functions on numbers: https://trino.io/docs/current/functions/math.html, …/bitwise.html."""

from txplatform.local.aws.athena.signatures import ABSENT, INTEGER, NUMBER, TEXT, Function, function, on_page

_DOUBLES = {
    **{name: name for name in ("atan", "cosh", "degrees", "exp", "radians", "sinh", "tanh")},
    **{name: f"athena_{name}" for name in ("acos", "asin", "cbrt", "cos", "ln", "log2", "log10", "sin", "sqrt", "tan")},
}
_MATH = {
    **{name: function(target, (NUMBER,), result="DOUBLE") for name, target in _DOUBLES.items()},
    "atan2": function("atan2", (NUMBER, NUMBER), result="DOUBLE"),
    "e": function("athena_e", (), result="DOUBLE"),
    "from_base": function("athena_from_base", (TEXT, INTEGER), result="BIGINT"),
    "infinity": function("athena_infinity", (), result="DOUBLE"),
    "is_finite": function("athena_is_finite", (NUMBER,), result="BOOLEAN"),
    "is_infinite": function("athena_is_infinite", (NUMBER,), result="BOOLEAN"),
    "is_nan": function("athena_is_no_number", (NUMBER,), result="BOOLEAN"),
    "log": function("athena_log", (NUMBER, NUMBER), result="DOUBLE"),
    "nan": function("athena_nan", (), result="DOUBLE"),
    "pi": function("pi", (), result="DOUBLE"),
    "pow": function("power", (NUMBER, NUMBER), result="DOUBLE"),
    "power": function("power", (NUMBER, NUMBER), result="DOUBLE"),
    "sign": function("athena_sign", (NUMBER,), result="signed"),
    "to_base": function("athena_to_base", (INTEGER, INTEGER), result=TEXT),
    "truncate": function("athena_truncate", (NUMBER,), (NUMBER, INTEGER), result="truncated"),
    "width_bucket": function(
        "athena_width_bucket", (NUMBER, NUMBER, NUMBER, INTEGER), (NUMBER, ABSENT), result="BIGINT"
    ),
}
_BITWISE = {
    "bit_count": function("athena_bit_count", (INTEGER, INTEGER), result="BIGINT"),
    "bitwise_and": function("athena_bitwise_and", (INTEGER, INTEGER), result="BIGINT"),
    "bitwise_left_shift": function("athena_bitwise_left_shift", (NUMBER, INTEGER), result="whole"),
    "bitwise_right_shift": function("athena_bitwise_right_shift", (NUMBER, INTEGER), result="whole"),
    "bitwise_right_shift_arithmetic": function(
        "athena_bitwise_right_shift_arithmetic", (NUMBER, INTEGER), result="whole"
    ),
    "bitwise_not": function("athena_bitwise_not", (INTEGER,), result="BIGINT"),
    "bitwise_or": function("athena_bitwise_or", (INTEGER, INTEGER), result="BIGINT"),
    "bitwise_xor": function("athena_bitwise_xor", (INTEGER, INTEGER), result="BIGINT"),
}

FUNCTIONS: dict[str, Function] = {**on_page("math", _MATH), **on_page("bitwise", _BITWISE)}
