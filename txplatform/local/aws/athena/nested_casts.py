"""Casts to arrays, maps and rows, as casts of what is in them: https://trino.io/docs/current/functions/conversion.html."""

from collections.abc import Callable

from sqlglot import exp

from txplatform.local.aws.athena.errors import StatementError
from txplatform.local.aws.athena.operands import unpacked
from txplatform.local.aws.athena.rewriting import call, refuse

_ELEMENT = "_element"
Cast = Callable[[exp.Cast], exp.Expr]


def _pack(fields: dict[str, exp.Expr]) -> exp.Expr:
    pairs = (exp.PropertyEQ(this=exp.to_identifier(name, quoted=True), expression=of) for name, of in fields.items())
    return call("struct_pack", *pairs)


def nested(node: exp.Cast, cast: Cast) -> exp.Expr:
    """Return what casts each part by `cast`; raise StatementError where the parts are not to be seen."""
    if isinstance(node, exp.TryCast):
        raise refuse(f"try_cast to {node.to.sql('trino')}")
    depth = len(list(node.to.find_all(exp.DataType)))  # each lambda inside has a name of its own
    name = f"{_ELEMENT}{depth}"
    part = exp.to_identifier(name)
    match node.to.this:
        case exp.DataType.Type.ARRAY:
            body = cast(exp.Cast(this=part, to=node.to.expressions[0].copy()))
            return call("list_transform", node.this.copy(), exp.Lambda(this=body, expressions=[part.copy()]))
        case exp.DataType.Type.MAP:
            sides = zip(("key", "value"), node.to.expressions, strict=True)
            fields = {
                side: cast(exp.Cast(this=call("struct_extract", part.copy(), exp.Literal.string(side)), to=to.copy()))
                for side, to in sides
            }
            entries = call("map_entries", node.this.copy())
            made = exp.Lambda(this=_pack(fields), expressions=[part.copy()])
            return call("map_from_entries", call("list_transform", entries, made))
        case exp.DataType.Type.STRUCT if isinstance(row := unpacked(node.this.unnest()), exp.Struct):
            definitions = node.to.expressions
            named = all(isinstance(of, exp.ColumnDef) and of.kind for of in definitions)
            if len(definitions) != len(row.expressions):
                raise StatementError("TYPE_MISMATCH", f"line 1:1: Cannot cast row to {node.to.sql('trino').lower()}")
            if named:
                pairs = zip(definitions, row.expressions, strict=True)
                return _pack({of.name: cast(exp.Cast(this=value.copy(), to=of.kind.copy())) for of, value in pairs})
    raise refuse(f"a cast to {node.to.sql('trino')}")
