"""Maps the payloads of a file column by column, and says which of them the row engine has to decide."""

from collections import Counter
from collections.abc import Iterable

import polars as pl

from txplatform.contracts.model import Contract
from txplatform.ingest.batch import RawBatch
from txplatform.ingest.mapping.computed import with_computed
from txplatform.ingest.mapping.decoding import decoded, items_in
from txplatform.ingest.mapping.mapped import PART, POSITION, Mapped, refused_schema, rows_schema
from txplatform.ingest.mapping.planning import plan_of
from txplatform.ingest.mapping.plans import Computed, Fields, Over, Plan, Rule
from txplatform.ingest.mapping.row_engine import RowEngine
from txplatform.ingest.mapping.terms import Path
from txplatform.ingest.mapping.tokens import readable
from txplatform.ingest.mapping.vectors import Test, column_of

_SOUND, _TOKEN = "_sound", "_token"  # no field has such a name


class Screen:
    """The mapping of one system to the rows of one entity, over columns."""

    def __init__(self, engine: RowEngine, contract: Contract) -> None:
        self._engine = engine
        self._contract = contract
        self._of_json: Plan | None = None

    def map(self, raw: RawBatch) -> tuple[Mapped, pl.Series]:
        """What the columns yield, and the positions of all payloads that they leave to the row engine."""
        everything = pl.int_range(raw.rows.len(), dtype=pl.UInt32, eager=True).alias(POSITION)
        plan, frame = self._frame(raw)
        mapped = _Run(self._engine, self._contract, plan).map(frame)
        return mapped[0], everything.to_frame().join(
            mapped[1], on=POSITION, how="anti", maintain_order="left"
        ).to_series()

    def plan(self, columns: list[str] | None) -> Plan:
        """The plan for payloads of JSON, or for records of these columns."""
        if columns is not None:
            return plan_of(self._engine.system, self._contract, columns, self._engine.exponents)
        if self._of_json is None:
            self._of_json = plan_of(self._engine.system, self._contract, None, self._engine.exponents)
        return self._of_json

    def _frame(self, raw: RawBatch) -> tuple[Plan, pl.DataFrame]:
        """The plan, and the columns that it uses, with the positions of the payloads that they are of."""
        if raw.frame.width or raw.payload is None:
            plan = self.plan(raw.frame.columns)
            names = [path.steps[0] for path in plan.used if path.level == 0]
            frame = raw.frame.select(pl.col(str(name)).alias(column_of(Path(0, (name,)))) for name in names)
            at = pl.int_range(raw.rows.len(), dtype=pl.UInt32, eager=True).alias(POSITION)
            return plan, pl.DataFrame([at, *frame])
        plan = self.plan(None)
        texts = raw.payload() if callable(raw.payload) else raw.payload
        lines = readable(texts, (envelope.value for envelope in self._engine.system.envelopes))
        return plan, decoded(plan, 0, lines["quoted"], pl.DataFrame([lines["at"].alias(POSITION)]))


class _Run:
    """One file."""

    def __init__(self, engine: RowEngine, contract: Contract, plan: Plan) -> None:
        self._engine = engine
        self._contract = contract
        self._plan = plan

    def map(self, frame: pl.DataFrame) -> tuple[Mapped, pl.DataFrame]:
        """What the payloads yield, and the positions of those that are decided."""
        plan = self._plan
        frame = self._with_computed(frame, plan.computed)
        tests: dict[str, Test] = {"match": plan.match}
        tests |= {f"ignore {name}": test for name, test in plan.ignore.items()}
        tests |= {f"refuse {place}": test for place, test in enumerate(plan.refuse)}
        tests |= {f"when {place}": rule.when for place, rule in enumerate(plan.rules)}
        sound = [test.sound for test in tests.values()]
        held = frame.select(
            POSITION, *(test.holds.alias(name) for name, test in tests.items()), pl.all_horizontal(sound).alias(_SOUND)
        )
        ignored = pl.any_horizontal(pl.lit(value=False), *(f"ignore {name}" for name in plan.ignore))
        refused = pl.any_horizontal(pl.lit(value=False), *(f"refuse {place}" for place in range(len(plan.refuse))))
        applies = [f"when {place}" for place in range(len(plan.rules))]
        taken = held.select(
            (pl.col(_SOUND) & pl.col("match") & ignored).alias("ignored"),
            (pl.col(_SOUND) & pl.col("match") & ~ignored & ~refused & pl.any_horizontal(applies)).alias("mapped"),
        )
        reasons = held.filter(taken["ignored"])
        counts = Counter[str]()
        for name in plan.ignore:
            here = reasons[f"ignore {name}"]
            counts[name.partition(" ")[2]] += int(here.sum())
            reasons = reasons.filter(~here)
        mapped, others, decided = self._records(frame, held, taken["mapped"])
        ignored_at = held.filter(taken["ignored"]).select(POSITION)
        return (
            Mapped(mapped, pl.DataFrame(schema=refused_schema()), +counts, others[0], others[1]),
            pl.concat([ignored_at, decided]),
        )

    def _records(
        self, frame: pl.DataFrame, held: pl.DataFrame, taken: pl.Series
    ) -> tuple[pl.DataFrame, tuple[int, Counter[str]], pl.DataFrame]:
        """The rows of the payloads taken, how many are of other entities, and the positions that are decided."""
        parts: list[pl.DataFrame] = [
            pl.DataFrame(schema={**rows_schema(self._contract), _SOUND: pl.Boolean}).drop(PART)
        ]
        others: list[pl.DataFrame] = [
            pl.DataFrame(schema={POSITION: pl.UInt32, "entity": pl.String, _SOUND: pl.Boolean})
        ]
        for place, rule in enumerate(self._plan.rules):
            rows = frame.filter(taken & held[f"when {place}"])
            if rows.is_empty():
                continue
            if rule.records is not None:
                parts.append(self._rows(rule.records, rows).select(parts[0].columns))
            else:
                others.append(_others(rule, rows, self._contract.name))
        found, of_others = pl.concat(parts), pl.concat(others)
        both = pl.concat([found.select(POSITION, _SOUND), of_others.select(POSITION, _SOUND)])
        decided = both.group_by(POSITION).agg(pl.col(_SOUND).all()).filter(_SOUND).select(POSITION)
        rows = found.join(decided, on=POSITION, how="semi", maintain_order="left").sort(POSITION, maintain_order=True)
        rows = rows.drop(_SOUND).with_columns(pl.int_range(pl.len(), dtype=pl.Int64).over(POSITION).alias(PART))
        elsewhere = of_others.join(decided, on=POSITION, how="semi").unique([POSITION, "entity"])
        alone = elsewhere.join(rows, on=POSITION, how="anti")[POSITION].n_unique()
        return (
            rows.select(rows_schema(self._contract).names()),
            (alone, Counter(elsewhere["entity"].to_list())),
            decided,
        )

    def _rows(self, records: "Fields | Over", frame: pl.DataFrame) -> pl.DataFrame:
        """The fields of the records of these payloads or items, and where they are sound."""
        if isinstance(records, Fields):
            frame = self._with_computed(frame, records.computed)
            absent = [field.name for field in self._contract.fields if field.name not in records.vectors]
            return (
                frame.lazy()
                .select(
                    POSITION,
                    *(vector.text.alias(name) for name, vector in records.vectors.items()),
                    *(pl.lit(None, pl.String).alias(name) for name in absent),
                    pl.all_horizontal([vector.sound for vector in records.vectors.values()]).alias(_SOUND),
                )
                .collect()
            )
        found = frame.select(records.token.text.alias(_TOKEN), records.token.sound.alias(_SOUND))
        token = found[_TOKEN]
        is_list = token.str.starts_with("[").fill_null(value=False)
        is_item = token.is_not_null() & ~is_list
        parts = [self._rows(records.of_object, frame.filter(is_item & found[_SOUND]))]
        if records.of_list is not None and is_list.any():
            items = items_in(
                self._plan, records.level, frame.filter(is_list & found[_SOUND]), token.filter(is_list & found[_SOUND])
            )
            parts += [self._rows(records.of_list, items[0]), self._unsound(items[1])]
        parts.append(self._unsound(frame.filter(token.is_null() | ~found[_SOUND])))
        return pl.concat([part.select(parts[0].columns) for part in parts])

    def _unsound(self, frame: pl.DataFrame) -> pl.DataFrame:
        blank = [pl.lit(None, pl.String).alias(field.name) for field in self._contract.fields]
        return frame.select(POSITION, *blank, pl.lit(value=False).alias(_SOUND))

    def _with_computed(self, frame: pl.DataFrame, computed: Iterable[Computed]) -> pl.DataFrame:
        for item in computed:
            frame = with_computed(self._engine, item, frame)
        return frame


def _others(rule: Rule, rows: pl.DataFrame, entity: str) -> pl.DataFrame:
    """Payloads that yield records of another entity; those that yield what no row can be are not sound."""
    sound = pl.lit(value=False) if rule.other is None or rule.entity == entity else rule.other.sound
    return rows.select(POSITION, pl.lit(rule.entity).alias("entity"), sound.alias(_SOUND))
