"""The part of Athena's SQL that is known to answer here as it does there; all other SQL is refused by name.

`refuse_unknown` is the gate of every statement and view. What it lets pass has a golden answer in the tests.
"""

from collections.abc import Sequence
from itertools import pairwise

from sqlglot import exp
from sqlglot.tokenizer_core import Token, TokenType

from txplatform.local.aws.athena import library_functions, type_names
from txplatform.local.aws.athena.rewriting import refuse
from txplatform.local.aws.athena.signatures import LAMBDA


def _words(*lists: str) -> frozenset[str]:
    return frozenset(word for text in lists for word in text.split())


# Those that sqlglot has a node for, or that are rewritten by name, by the page that describes them
_OF_THE_PARSER = {
    "aggregate": "any_value approx_distinct approx_percentile arbitrary array_agg avg bitwise_and_agg bitwise_or_agg "
    "bitwise_xor_agg bool_and bool_or corr count count_if covar_pop covar_samp geometric_mean histogram "
    "listagg map_agg map_union max max_by min min_by multimap_agg regr_intercept regr_slope stddev "
    "stddev_pop stddev_samp sum var_pop var_samp variance",
    "window": "cume_dist dense_rank first_value lag last_value lead nth_value ntile percent_rank rank row_number",
    "conditional": "coalesce if nullif try",
    "comparison": "greatest least",
    "math": "abs ceil ceiling floor mod rand random round",
    "string": "concat ltrim position replace reverse rtrim substr substring trim",
    "datetime": "at_timezone date date_add date_diff date_trunc day day_of_week dow extract hour minute month now"
    " quarter second with_timezone year",
    "array": "cardinality contains element_at sequence",
    "map": "map",
    "conversion": "typeof",
    "uuid": "uuid",
}
_IN_QUERIES = ("grouping", "unnest")  # described with SELECT
PAGES = {name: function.page for name, function in library_functions.FUNCTIONS.items()} | {
    name: page for page, names in _OF_THE_PARSER.items() for name in names.split()
}
FUNCTIONS = frozenset(PAGES) | frozenset(_IN_QUERIES)
_SYNTAX = _words(
    "all and any array as bernoulli between by case cast char cube decimal distinct else end except exists filter from",
    "group having in insert intersect is join lateral like limit not offset on or order over partition rollup row",
    "rows select sets some system then time timestamp try_cast union using values varchar when where with within",
)
NODES = _words(
    # statements and their clauses
    "Select Union Except Intersect Subquery Merge Whens When Insert Update Delete With CTE From Table TableAlias Alias",
    "Values Tuple Join Unnest Lateral Where Group GroupingSets Cube Rollup Having Order Ordered Limit Offset",
    "Fetch LimitOptions Distinct Star Window WindowSpec Filter Version IgnoreNulls RespectNulls",
    # names, literals and types
    "Column Identifier Dot Var Literal Boolean Null Interval Array Map Struct Cast TryCast DataType DataTypeParam",
    "ColumnDef UnicodeString HexString Bracket",
    # operators
    "Any All Paren And Or Not Neg Add Sub Mul Div Mod EQ NEQ GT GTE LT LTE NullSafeEQ NullSafeNEQ Is In Between Like",
    "Escape DPipe Case If Exists AtTimeZone Extract Lambda",
    # functions; those of `library`, and those that sqlglot does not know, are Anonymous
    "Anonymous Count Sum Avg Min Max CountIf ArgMax ArgMin LogicalAnd LogicalOr AnyValue ArrayAgg ApproxDistinct",
    "ApproxQuantile Stddev StddevSamp StddevPop Variance VariancePop RowNumber Rank DenseRank Lag Lead FirstValue",
    "LastValue Coalesce Nullif Greatest Least Abs Ceil Floor Round Trim Concat",
    "Substring Replace Reverse StrPosition",
    "Date DateTrunc TimestampTrunc DateAdd DateDiff Year Month",
    "Day Hour Minute Second Quarter DayOfWeekIso ArraySize ArrayContains GenerateSeries",
    "Localtimestamp Localtime IntervalSpan ParseJSON",
    "RegrSlope RegrIntercept PercentRank CumeDist Ntile NthValue Corr CovarPop CovarSamp BitwiseAndAgg BitwiseOrAgg",
    "BitwiseXorAgg Grouping Rand Uuid Typeof Try GroupConcat CurrentDate CurrentTimestamp",
)
# Parts of a known node that only DuckDB understands, or understands otherwise
_PARTS_OF_OTHER_DIALECTS = {
    exp.Star: ("except_", "replace", "rename"),
    exp.Union: ("by_name", "side", "kind", "on"),
    exp.LimitOptions: ("percent",),
    exp.Distinct: ("on",),
    exp.Group: ("all",),
    exp.Table: ("sample", "pivots", "hints", "ordinality", "when"),
    exp.Subquery: ("sample", "pivots"),
    exp.Select: ("qualify", "sample", "into", "match", "distribute", "sort", "cluster", "prewhere"),
    exp.Split: ("limit",),
    exp.CurrentTimestamp: ("this",),
    exp.GroupConcat: ("on_overflow",),
    exp.Date: ("zone", "expressions"),
}
_QUANTIFIERS = ("all", "any", "some")
_JOIN_KINDS = ("", "INNER", "OUTER", "CROSS")


def refuse_unknown(tree: exp.Expr, tokens: Sequence[Token]) -> None:
    """Raise StatementError for the first thing in a parsed statement that is not known to mean the same here."""
    if not isinstance(tree, exp.Query | exp.Values | exp.Merge):
        raise refuse(type(tree).__name__.upper())
    type_names.refuse_unknown(tokens)
    _refuse_names(tree, tokens)
    for node in tree.walk():
        kind = type(node).__name__
        if kind not in NODES:
            raise refuse(node.sql("trino")[:60])
        for part in _PARTS_OF_OTHER_DIALECTS.get(type(node), ()):
            if node.args.get(part):
                raise refuse(f"{part.strip('_').upper().replace('_', ' ')} in {node.sql('trino')[:60]}")
        if isinstance(node, exp.Join) and ((node.kind or "") not in _JOIN_KINDS or node.method not in ("", "CROSS")):
            raise refuse(f"a {node.method or node.kind} join")
        if isinstance(node, exp.Lambda) and not _takes_lambdas(node.parent):
            raise refuse(f"the lambda {node.sql('trino')[:60]}")
        if isinstance(node, exp.Anonymous) and node.name.lower() in _QUANTIFIERS:
            raise refuse(f"{node.name.upper()} of other than a SELECT")
        if isinstance(node, exp.Unnest) and not isinstance(node.parent, exp.From | exp.Join):
            raise refuse("UNNEST outside of FROM")


def _takes_lambdas(node: exp.Expr | None) -> bool:
    function = library_functions.FUNCTIONS.get(node.name.lower()) if isinstance(node, exp.Anonymous) else None
    return function is not None and any(
        LAMBDA in kind.split("|") for signature in function.signatures for kind in signature
    )


def _refuse_names(tree: exp.Expr, tokens: Sequence[Token]) -> None:
    """Refuse functions by the name they are written with: sqlglot reads many dialects' names as one function."""
    aliases = {alias.name.lower() for alias in tree.find_all(exp.TableAlias)}
    for token, following in pairwise(tokens):
        if token.text.lower() == "group by" and following.text.lower() == "distinct":
            raise refuse("GROUP BY DISTINCT")
        name = token.text.lower()
        if (
            following.token_type != TokenType.L_PAREN
            or not name.isidentifier()
            or name in FUNCTIONS | _SYNTAX | aliases
        ):
            continue
        if token.token_type not in (TokenType.STRING, TokenType.IDENTIFIER):
            raise refuse(f"line {token.line}:{token.col - len(name) + 1}: Function '{name}'")
