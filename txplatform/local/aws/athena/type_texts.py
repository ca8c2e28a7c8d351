"""typeof(x), where the type is known to be Trino's to the last parameter.

https://trino.io/docs/current/functions/conversion.html#typeof
"""

from sqlglot import exp

from txplatform.local.aws.athena.known_kinds import known_kind
from txplatform.local.aws.athena.operands import kind, rule
from txplatform.local.aws.athena.precisions import digits_of
from txplatform.local.aws.athena.rewriting import each, refuse

_PLAIN = (exp.Literal, exp.Cast, exp.Column, exp.Neg, exp.Boolean, exp.Array, exp.CurrentTimestamp, exp.CurrentDate)


def names(tree: exp.Expr) -> exp.Expr:
    """Name the type of what is written, cast, computed by an operator, or comes out of a table."""

    def named(node: exp.Typeof) -> exp.Expr:
        value = node.this.unnest()
        if isinstance(value, exp.Null):
            return exp.Literal.string("unknown")
        if isinstance(value, exp.Literal) and value.is_string:
            return exp.Literal.string(f"varchar({len(value.name)})")
        if isinstance(value, exp.Cast) and value.to.this in exp.DataType.TEXT_TYPES:
            return exp.Literal.string(value.to.sql("trino").lower())
        computed = isinstance(value, exp.Anonymous) and (value.name == "cast_to_type" or known_kind(value) == "JSON")
        name = kind(value)
        asked = isinstance(name, exp.Anonymous) and name.name == "typeof"
        if not isinstance(value, _PLAIN) and not computed and (asked or name.name.startswith("TIME")):
            raise refuse(f"typeof({value.sql('trino')[:60]})")
        return rule("named", name, str(digits_of(value)))

    return each(tree, exp.Typeof, named)


ALL = (names,)
