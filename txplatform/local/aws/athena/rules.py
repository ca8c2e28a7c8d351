"""The rules by the names under which DuckDB calls them: `athena_<name>_type`."""

from txplatform.local.aws.athena import kinds, supertypes

RULES: dict[str, kinds.Rule] = {
    "total": kinds.total,
    "difference": kinds.difference,
    "product": kinds.product,
    "quotient": kinds.quotient,
    "remainder": kinds.remainder,
    "factor": kinds.factor,
    "term": kinds.term,
    "rounded": kinds.rounded,
    "compared": kinds.compared,
    "required": kinds.required,
    "counted": kinds.counted,
    "summed": kinds.summed,
    "averaged": kinds.averaged,
    "dated": kinds.dated,
    "timed": kinds.timed,
    "signed": kinds.signed,
    "truncated": kinds.truncated,
    "stored": kinds.stored,
    "common": supertypes.common,
    "agreeing": supertypes.agreeing,
    "shaped": supertypes.shaped,
    "joinable": supertypes.joinable,
    "element": supertypes.element,
    "alike": supertypes.alike,
    "named": supertypes.named,
    "whole": supertypes.whole,
    "subscripted": supertypes.subscripted,
    "castable": supertypes.castable,
}
