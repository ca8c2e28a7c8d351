"""Messages that must be refused, one for each way a source can get it wrong."""

from collections.abc import Callable

from txplatform.demo.defects import Defect
from txplatform.demo.records import Record
from txplatform.demo.system_defects import SYSTEM_DEFECTS
from txplatform.demo.wire import Raw, to_json

_MALFORMED_SHARE = 50  # one message in so many


def _with(**changes: object) -> Callable[[Record], str]:
    return lambda record: to_json(record | changes)


def _without(field: str) -> Callable[[Record], str]:
    return lambda record: to_json({name: value for name, value in record.items() if name != field})


DEFECTS = (
    Defect("payments", "wrong type", _with(amount="twelve euros")),
    Defect("payments", "missing required field", _without("currency")),
    Defect("payments", "unknown enum value", _with(status="teleported")),
    Defect("payments", "broken JSON", lambda record: to_json(record)[:-40]),
    Defect("payments", "more decimals than the currency has", _with(amount=Raw("10.005"))),
    Defect("payments", "negative amount", _with(amount="-5.00")),
    Defect("payments", "two faults at once", _with(merchant_id=None, method="barter")),
    Defect("payments", "not an object", lambda record: to_json(Raw(f"[{to_json(record)}]"))),
    Defect("customers", "malformed e-mail address", _with(email="not an address")),
    Defect("customers", "unknown segment", _with(segment="martian")),
    Defect("customers", "impossible date", _with(birth_date="1985-02-30")),
    Defect("trades", "price of zero", _with(price="0")),
    Defect("trades", "unknown side", _with(side="hold")),
    Defect("trades", "time without a zone", _with(executed_at="2026-01-05T12:00:00")),
    *SYSTEM_DEFECTS,
)


def defects(messages: int) -> tuple[Defect, ...]:
    """The faults to put among so many messages: every kind once, and more of them in a longer stream."""
    count = max(len(DEFECTS), messages // _MALFORMED_SHARE)
    return tuple(DEFECTS[index % len(DEFECTS)] for index in range(count))
