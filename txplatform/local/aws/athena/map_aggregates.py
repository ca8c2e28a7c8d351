"""Aggregates that give maps: https://trino.io/docs/current/functions/aggregate.html#map-aggregate-functions."""

from sqlglot import exp

from txplatform.local.aws.athena.errors import StatementError
from txplatform.local.aws.athena.rewriting import call, each

NAMES = ("histogram", "map_agg", "map_union", "multimap_agg")
_OF_PAIRS = {"map_agg": "athena_map_of_pairs", "multimap_agg": "athena_multimap_of_pairs"}


def maps(tree: exp.Expr) -> exp.Expr:
    """A map of pairs, or of values and how often they are there; FILTER and OVER stay with what is collected."""

    def made(node: exp.Anonymous) -> exp.Expr | None:
        name = node.name.lower()
        if name not in NAMES:
            return None
        if len(node.expressions) != 1 + (name in _OF_PAIRS):
            raise StatementError("FUNCTION_NOT_FOUND", f"line 1:1: Unexpected number of parameters for function {name}")
        outer: exp.Expr = node
        while isinstance(outer.parent, exp.Filter | exp.Window) and outer.arg_key == "this":
            outer = outer.parent
        if name in _OF_PAIRS:
            pairs = zip(("key", "value"), node.expressions, strict=True)
            fields = (exp.PropertyEQ(this=exp.to_identifier(name), expression=of.copy()) for name, of in pairs)
            node.set("this", "list")
            node.set("expressions", [call("struct_pack", *fields)])
        elif name == "map_union":
            node.set("this", "list")
        target = {**_OF_PAIRS, "map_union": "athena_map_of_maps"}.get(name, "athena_map_of_counts")
        whole = call(target, outer.copy())
        if outer is node:
            return whole
        outer.replace(whole)
        return None

    return each(tree, exp.Anonymous, made)


ALL = (maps,)
