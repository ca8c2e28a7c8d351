"""What Athena is asked of the current view's change lane: sums per segment, the keys of segments, the rows of keys."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from txplatform.contracts.model import Contract, Field, FieldType
from txplatform.contracts.render.columns import ORDER_KEY
from txplatform.errors import ParityError, QueryError, QueryTimeoutError
from txplatform.parity.canonical import Texts, content_sql, key_sql, key_texts, text_name, texts_sql
from txplatform.parity.segments import DIGEST_BYTES, PIECE_DIGITS, SEGMENT_DIGITS, Sums
from txplatform.warehouse.statements import quoted

if TYPE_CHECKING:
    from txplatform.warehouse.athena import Athena

# The change lane's order keys begin with `1|`. As a range, which prunes files by the bounds that Iceberg keeps.
OF_CHANGES = f"{quoted(ORDER_KEY)} >= '1|' AND {quoted(ORDER_KEY)} < '1}}'"
_STATEMENT_BYTES = 200_000  # Athena takes 262,144


@dataclass(frozen=True, slots=True)
class LakeRow:
    """A row of the current view: the texts of its fields and its order key."""

    texts: Texts
    order_key: str


class LakeSide:
    """Reads one entity's current view. Raises ParityError when the view cannot be read."""

    def __init__(self, contract: Contract, athena: "Athena") -> None:
        self._contract = contract
        self._athena = athena
        key, content = key_sql(contract), content_sql(contract)
        self._digests = (
            'SELECT "_key", to_hex(sha256(to_utf8("_key"))) AS "_key_digest", '
            'to_hex(sha256(to_utf8("_content"))) AS "_digest" FROM ('
            f'SELECT {key} AS "_key", {content} AS "_content" FROM ('
            f"SELECT {texts_sql(contract)} FROM {quoted(contract.name)} WHERE {OF_CHANGES}))"
        )

    def sums(self) -> Iterator[tuple[int, Sums]]:
        """The sums of every segment that has records: one statement, a line a segment."""
        segment = f'substr("_key_digest", 1, {SEGMENT_DIGITS})'
        low, high = (
            f'sum(CAST(from_base(substr("_digest", {start}, {PIECE_DIGITS}), 16) AS decimal(38, 0)))'
            for start in (1, PIECE_DIGITS + 1)
        )
        sql = (
            f'SELECT {segment} AS "segment", count(*) AS "records", {low} AS "low", {high} AS "high" '
            f"FROM ({self._digests}) GROUP BY {segment}"
        )
        for segment_text, records, low_sum, high_sum in self._rows(sql):
            yield int(segment_text, 16), (records, int(low_sum), int(high_sum))

    def digests(self, segments: Sequence[int]) -> Iterator[tuple[str, bytes]]:
        """The record key and the digest of the content of every row in these segments."""
        wanted = ", ".join(f"'{segment:0{SEGMENT_DIGITS}X}'" for segment in segments)
        sql = (
            f'SELECT "_key", substr("_digest", 1, {2 * DIGEST_BYTES}) AS "_digest" FROM ({self._digests}) '
            f'WHERE substr("_key_digest", 1, {SEGMENT_DIGITS}) IN ({wanted})'
        )
        for key, digest in self._rows(sql):
            yield key, bytes.fromhex(digest)

    def rows(self, keys: Iterable[str]) -> dict[str, list[LakeRow]]:
        """The rows of these record keys, under the record key; a key that no row can have is left out."""
        texts = texts_sql(self._contract)
        names = ", ".join(text_name(self._contract, field) for field in self._contract.fields)
        found: dict[str, list[LakeRow]] = {}
        for condition in key_conditions(self._contract, keys):
            sql = (
                f'SELECT {key_sql(self._contract)} AS "_key", {quoted(ORDER_KEY)}, {names} FROM ('
                f"SELECT {texts}, {quoted(ORDER_KEY)} FROM {quoted(self._contract.name)} "
                f"WHERE {OF_CHANGES} AND ({condition}))"
            )
            for key, order_key, *row in self._rows(sql):
                found.setdefault(key, []).append(LakeRow(tuple(row), order_key))
        return found

    def _rows(self, sql: str) -> Iterator[tuple]:
        try:
            table = self._athena.arrow(sql)
        except (QueryError, QueryTimeoutError) as error:
            raise ParityError(f"view {self._contract.name} could not be read: {error}") from error
        for batch in table.to_batches(max_chunksize=10_000):
            yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def key_conditions(contract: Contract, keys: Iterable[str]) -> Iterator[str]:
    """Conditions on the key columns that hold for the rows of these record keys, each short enough for a statement."""
    alternatives: list[str] = []
    size = 0
    for key in keys:
        condition = _key_condition(contract, key)
        if condition is None:
            continue
        if size + len(condition.encode()) > _STATEMENT_BYTES:
            yield " OR ".join(alternatives)
            alternatives, size = [], 0
        alternatives.append(condition)
        size += len(condition.encode()) + 4
    if alternatives:
        yield " OR ".join(alternatives)


def _key_condition(contract: Contract, key: str) -> str | None:
    texts = key_texts(key)
    if len(texts) != len(contract.key):
        return None
    literals = [_literal(field, text) for field, text in zip(contract.key_fields, texts, strict=True)]
    if None in literals:
        return None
    parts = [f"{quoted(name)} = {literal}" for name, literal in zip(contract.key, literals, strict=True)]
    return f"({' AND '.join(parts)})" if len(parts) > 1 else parts[0]


def _literal(field: Field, text: str) -> str | None:
    """A value of a key column in SQL; None for text that is no value of its type."""
    with suppress(ValueError, InvalidOperation):
        match field.type:
            case FieldType.STRING:
                return "'" + text.replace("'", "''") + "'"
            case FieldType.INTEGER:
                return str(int(text))
            case FieldType.BOOLEAN:
                return text if text in ("true", "false") else None
            case FieldType.DECIMAL:
                return f"DECIMAL '{Decimal(text):f}'"
            case FieldType.DATE:
                return f"DATE '{date.fromisoformat(text)}'"
            case FieldType.TIMESTAMP:
                moment = datetime.fromisoformat(text).replace(tzinfo=None)
                return f"TIMESTAMP '{moment.isoformat(sep=' ', timespec='microseconds')}'"
    return None
