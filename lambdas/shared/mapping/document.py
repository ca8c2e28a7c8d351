"""The typed form of a mapping document, with its expressions and transforms compiled."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lambdas.shared.errors import ConfigurationError
from lambdas.shared.mapping.dispatch import Dispatch
from lambdas.shared.mapping.expressions import Expression, compile_expression
from lambdas.shared.mapping.values import Value
from lambdas.shared.operations import OPERATIONS, Operation


@dataclass(frozen=True, slots=True)
class RecordRule:
    """Which records of one entity a payload yields; `operation` is a constant or a value.

    `nulled` lists the names of what became empty.
    """

    name: str
    entity: str
    when: Expression | None
    over: tuple[Expression, ...]
    operation: Operation | Value
    fields: Mapping[str, Value]
    nulled: Expression | None = None

    @classmethod
    def parse(cls, document: Mapping[str, Any]) -> "RecordRule":
        operation = document["operation"]
        return cls(
            name=document["name"],
            entity=document["entity"],
            when=_optional(document.get("when")),
            over=tuple(compile_expression(text) for text in document.get("over", ())),
            operation=operation if operation in tuple(OPERATIONS) else Value.parse(operation),
            fields={name: Value.parse(value) for name, value in document["fields"].items()},
            nulled=_optional(document.get("nulled")),
        )


@dataclass(frozen=True, slots=True)
class IgnoreRule:
    """Payloads that yield nothing on purpose, counted under `reason`."""

    when: Expression
    reason: str


@dataclass(frozen=True, slots=True)
class RefuseRule:
    """Payloads that no record can be made of: refused under `reason`, with what to do."""

    when: Expression
    reason: str
    message: str


Rule = IgnoreRule | RefuseRule | RecordRule


@dataclass(frozen=True, slots=True)
class SystemMapping:
    """How the payloads of one source system become records. `match` is true for its payloads.

    The rules that ignore come first, then those that refuse, then those of records.
    """

    system: str
    version: str
    match: Expression | None
    envelopes: frozenset[str]
    rules: Dispatch[Rule]

    @classmethod
    def parse(cls, document: Mapping[str, Any]) -> "SystemMapping":
        """Raise ConfigurationError when the document is not one that the contracts render."""
        try:
            rules: list[Rule] = [
                *(IgnoreRule(compile_expression(rule["when"]), rule["reason"]) for rule in document["ignore"]),
                *(
                    RefuseRule(compile_expression(rule["when"]), rule["reason"], rule["message"])
                    for rule in document.get("refuse", ())
                ),
                *(RecordRule.parse(record) for record in document["records"]),
            ]
            return cls(
                system=document["system"],
                version=document["version"],
                match=_optional(document.get("match")),
                envelopes=frozenset(document["envelopes"]),
                rules=Dispatch([(rule, None if rule.when is None else rule.when.node) for rule in rules]),
            )
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise ConfigurationError(f"a mapping document cannot be used: {error!r}") from error


def _optional(text: str | None) -> Expression | None:
    return None if text is None else compile_expression(text)
