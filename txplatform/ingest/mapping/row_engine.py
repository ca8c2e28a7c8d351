"""Maps payloads one by one, by the code of the function `source`: for the rows that the columns cannot decide.

This is the lane's only use of the functions' code, which knows no AWS.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from txplatform.contracts.mapping.model import SourceSystem, ValueMapping
from txplatform.contracts.model import Contract
from txplatform.contracts.render.mapping import mapping_document, value_document
from txplatform.contracts.render.registry import registry_document
from txplatform.errors import LakeError

if TYPE_CHECKING:
    from lambdas.shared.mapping.document import SystemMapping
    from lambdas.shared.mapping.messages import ReadMessage, Schemas
    from lambdas.shared.mapping.refusals import Refusal

_WHOLE_ROWS = "rows of files are whole records; send what changed to the queue of the source system"
_NO_DELETIONS = (
    "a row of a file cannot delete: it does not say in which partition the record lies; send the deletion to the "
    "queue of the source system"
)
NOT_IN_FILES = {"patch": ("file.patch", _WHOLE_ROWS), "delete": ("file.delete", _NO_DELETIONS)}

Reason = Mapping[str, str]
"""`field`, `rule` and `message`."""
Evaluate = Callable[[Any, Any, Any], Any]


@dataclass(frozen=True, slots=True)
class Reading:
    """What one payload yields: records of the entity as canonical texts, reasons, and what else became of it.

    `others` are other entities of which it yields records, `ignored` the rules by which nothing was made of it.
    """

    records: tuple[Mapping[str, str], ...]
    reasons: tuple[Reason, ...]
    others: tuple[str, ...]
    ignored: tuple[str, ...]


class RowEngine:
    """One source system and the entity of which its files hold records."""

    def __init__(self, system: SourceSystem, contract: Contract, contracts: Mapping[str, Contract]) -> None:
        self.system = system
        self.contract = contract
        self._contracts = contracts

    def read(self, text: str) -> Reading:
        """Read the text of one payload, in its envelopes or without them."""
        from lambdas.shared.mapping.messages import read_message

        read = read_message(self.mapping, self._schemas, text)
        entities = [item.entity for item in (*read.records, *read.refusals)]
        own = (item for item in read.records if item.entity == self.contract.name and item.operation == "upsert")
        return Reading(
            tuple({name: _text(value) for name, value in item.texts.items()} for item in own),
            tuple(self._reasons(read)),
            tuple(sorted({name for name in entities if name not in ("", self.contract.name)})),
            tuple(read.ignored),
        )

    @cached_property
    def mapping(self) -> "SystemMapping":
        """The mapping as the function has it; raise LakeError where its libraries are missing."""
        try:
            from lambdas.shared.mapping.document import SystemMapping
        except ModuleNotFoundError as error:
            raise LakeError(
                f"files of {self.system.name} cannot be mapped, since the functions' libraries are not installed "
                f"({error.name}). Remedy: pip install 'txplatform[lambdas]'"
            ) from error
        return SystemMapping.parse(_as_published(mapping_document(self.system)))

    @property
    def exponents(self) -> Mapping[str, int]:
        """How many decimals a currency has, by ISO 4217."""
        from lambdas.shared.mapping.currencies import EXPONENTS

        return EXPONENTS

    def evaluator(self, value: ValueMapping) -> Evaluate:
        """What evaluates a value at an item, the whole payload and the item before; it raises ValueError if refused."""
        from lambdas.shared.mapping.expressions import Scope
        from lambdas.shared.mapping.limits import Meter
        from lambdas.shared.mapping.refusals import RefusedError
        from lambdas.shared.mapping.values import Value

        compiled = Value.parse(_as_published(value_document(value)))

        def read(item: Any, payload: Any, before: Any) -> Any:
            try:
                return compiled.read(Scope(item, payload, before), Meter())
            except RefusedError as error:
                raise ValueError(error.rule) from error

        return read

    @cached_property
    def _schemas(self) -> "Schemas":
        from lambdas.shared.mapping.messages import schemas_of

        entities = {record.entity for record in self.system.records}
        return schemas_of({name: _as_published(registry_document(self._contracts[name])) for name in entities})

    def _reasons(self, read: "ReadMessage") -> Iterator[Reason]:
        """Why something of the payload is refused that is not of another entity."""
        for refusal in read.refusals:
            if refusal.entity in ("", self.contract.name):
                yield _reason(refusal)
        for item in read.records:
            if item.entity == self.contract.name and item.operation in NOT_IN_FILES:
                rule, message = NOT_IN_FILES[item.operation]
                yield {"field": "", "rule": rule, "message": message}


def _reason(refusal: "Refusal") -> Reason:
    """A reason with its place: the pointer into the payload, and which payload where the line holds several."""
    inside = f" of payload {refusal.payload}" if refusal.payload else ""
    place = f" (at {refusal.pointer}{inside})" if refusal.pointer or inside else ""
    return {"field": refusal.field, "rule": refusal.rule, "message": f"{refusal.message}{place}"}


def _text(value: Any) -> str:
    """A canonical value as a text, as files carry it: nested ones as JSON, which holds no numbers with a point."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _as_published(document: Mapping[str, Any]) -> dict[str, Any]:
    return json.loads(json.dumps(document))
