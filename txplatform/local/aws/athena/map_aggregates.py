"""Aggregates that give maps: https://trino.io/docs/current/functions/aggregate.html#map-aggregate-functions."""

from sqlglot import exp

from txplatform.local.aws.athena.errors import StatementError
from txplatform.local.aws.athena.rewriting import call, each

NAMES = ("histogram", "map_agg")


def maps(tree: exp.Expr) -> exp.Expr:
    """A map of pairs, or of values and how often they are there; FILTER and OVER stay with what is collected."""

    def made(node: exp.Anonymous) -> exp.Expr | None:
        name = node.name.lower()
        if name not in NAMES:
            return None
        if len(node.expressions) != 1 + (name == "map_agg"):
            raise StatementError("FUNCTION_NOT_FOUND", f"line 1:1: Unexpected number of parameters for function {name}")
        outer: exp.Expr = node
        while isinstance(outer.parent, exp.Filter | exp.Window) and outer.arg_key == "this":
            outer = outer.parent
        if name == "map_agg":
            pairs = zip(("key", "value"), node.expressions, strict=True)
            fields = (exp.PropertyEQ(this=exp.to_identifier(name), expression=of.copy()) for name, of in pairs)
            node.set("this", "list")
            node.set("expressions", [call("struct_pack", *fields)])
        whole = call("athena_map_of_pairs" if name == "map_agg" else "athena_map_of_counts", outer.copy())
        if outer is node:
            return whole
        outer.replace(whole)
        return None

    return each(tree, exp.Anonymous, made)


ALL = (maps,)
