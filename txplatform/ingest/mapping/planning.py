"""Makes the plan of a source system's mapping: each expression and value as vectors, or as what has to be computed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from txplatform.contracts.mapping.model import RecordMapping, SourceSystem, ValueMapping
from txplatform.contracts.model import NESTED, Contract, Field
from txplatform.ingest.mapping.columns import Columns
from txplatform.ingest.mapping.inputs import expressions_of, inputs_of
from txplatform.ingest.mapping.plans import Computed, Fields, Over, Plan, Rule
from txplatform.ingest.mapping.terms import (
    PAYLOAD,
    Choice,
    Holds,
    Path,
    Scope,
    Step,
    Term,
    UnvectorisedError,
    inside,
    term_of,
)
from txplatform.ingest.mapping.values import accepted, value_of
from txplatform.ingest.mapping.vectors import NO, NOTHING, YES, Kind, Test, Vector, tokens


@dataclass(slots=True)
class Values:
    """Makes vectors of values and expressions, and gathers what has to be computed for them."""

    columns: Columns
    exponents: Mapping[str, int]
    computed: list[Computed] = field(default_factory=list[Computed])
    by_row: list[str] = field(default_factory=list[str])

    def value(self, where: str, value: ValueMapping, scope: Scope) -> Vector:
        """The vector of a value; where nothing but whole payloads would do, one that is sound nowhere."""
        try:
            return value_of(value, scope, self.columns, self.exponents)
        except UnvectorisedError:
            return self._computed(where, value, scope)

    def field(self, where: str, value: ValueMapping, scope: Scope, field: Field) -> Vector:
        """The vector of a field's value as the contract takes it; one of objects and lists is decided row by row."""
        if field.type in NESTED or value.members:
            self.by_row.append(where)
            return Vector(NOTHING.text, Kind.NULL, NO)
        return accepted(field, self.value(where, value, scope))

    def test(self, where: str, expression: str) -> Test:
        """Where an expression over the payload holds."""
        try:
            return self.columns.test(Holds(term_of(expression, PAYLOAD)))
        except UnvectorisedError:
            vector = self._computed(where, ValueMapping((expression,)), PAYLOAD)
            holds = ~vector.text.is_in(["", ":false", "{}", "[]"])
            return Test(holds.fill_null(value=False), vector.sound)

    def _computed(self, where: str, value: ValueMapping, scope: Scope) -> Vector:
        inputs = inputs_of(*expressions_of(value))
        terms = [_at(scope, root, steps) for root, steps in inputs]
        if not terms or any(_reads_all(term) for term in terms):
            self.by_row.append(where)
            return Vector(NOTHING.text, Kind.NULL, NO)
        vectors = [tokens(self.columns.vector(term)) for term in terms]
        made = Computed(f"computed {len(self.computed)} {where}", value, inputs, vectors)
        self.computed.append(made)
        return made.vector


def plan_of(
    system: SourceSystem, contract: Contract, texts: Collection[str] | None, exponents: Mapping[str, int]
) -> Plan:
    """The plan for payloads of JSON or, where `texts` are columns of texts, for records of these."""
    columns = Columns(texts)
    values = Values(columns, exponents)
    match = Test(YES, YES) if system.match is None else values.test("match", system.match)
    ignore = {
        f"{place} {rule.reason}": values.test(f"ignore {rule.reason}", rule.when)
        for place, rule in enumerate(system.ignore)
    }
    refuse = [values.test(f"refuse {rule.reason}", rule.when) for rule in system.refuse]
    whens = [
        Test(YES, YES) if rule.when is None else values.test(f"{rule.name}.when", rule.when) for rule in system.records
    ]
    rules = [_rule(rule, when, contract, values) for rule, when in zip(system.records, whens, strict=True)]
    return Plan(match, ignore, refuse, rules, values.computed, columns.used, values.by_row)


def _rule(rule: RecordMapping, when: Test, contract: Contract, values: Values) -> Rule:
    if rule.entity != contract.name:
        return Rule(rule.entity, when, None, _is_one_item(rule, values))
    if rule.operation != "upsert":
        return Rule(rule.entity, when, None)
    try:
        return Rule(rule.entity, when, _records(rule, list(rule.over), PAYLOAD, 1, contract, values))
    except UnvectorisedError:
        values.by_row.append(f"{rule.name}.over")
        return Rule(rule.entity, when, None)


def _is_one_item(rule: RecordMapping, values: Values) -> Test:
    """Where a rule of another entity yields one record for certain."""
    if not rule.over:
        return Test(YES, YES)
    try:
        token = tokens(values.columns.vector(term_of(rule.over[0], PAYLOAD)))
    except UnvectorisedError:
        return Test(YES, NO)
    is_object = token.text.str.starts_with("{").fill_null(value=False)
    return Test(YES, token.sound & is_object if len(rule.over) == 1 else NO)


def _records(
    rule: RecordMapping, over: list[str], scope: Scope, level: int, contract: Contract, values: Values
) -> "Fields | Over":
    if not over:
        inner = Values(values.columns, values.exponents, by_row=values.by_row)
        vectors = {
            name: inner.field(f"{rule.name}.{name}", value, scope, contract[name])
            for name, value in rule.fields.items()
        }
        return Fields(vectors, inner.computed)
    term = term_of(over[0], scope)
    token = tokens(values.columns.vector(term))
    of_object = _records(rule, over[1:], scope.entered(term), level, contract, values)
    is_one = term == Path(0)
    item = Path(level)
    of_list = None if is_one else _records(rule, over[1:], scope.entered(item), level + 1, contract, values)
    return Over(token, level, of_object, of_list)


def _at(scope: Scope, root: str, steps: tuple[Step, ...]) -> Term:
    term = {"$": scope.payload, "^": scope.before}.get(root, scope.item)
    for step in steps:
        term = inside(term, step)
    return term


def _reads_all(term: Term) -> bool:
    """Whether a term may be the whole payload."""
    match term:
        case Path(0, ()):
            return True
        case Choice(_, then, otherwise):
            return _reads_all(then) or _reads_all(otherwise)
        case _:
            return False
