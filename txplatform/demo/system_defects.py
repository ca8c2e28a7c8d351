"""Payloads of source systems that must be refused, one for each way a system can get it wrong."""

from collections.abc import Callable

from txplatform.demo.defects import Defect
from txplatform.demo.records import Record
from txplatform.demo.salesforce import SALESFORCE, change_event, change_header
from txplatform.demo.stripe import STRIPE, payment_event
from txplatform.demo.wire import Payload, Raw, to_json


def _stripe(name: str, **changes: object) -> Defect:
    """A payment whose payment intent has other values than it should."""

    def apply(record: Record) -> str:
        return to_json(payment_event(record, **changes))

    return Defect("payments", name, apply, STRIPE)


def _salesforce(name: str, payload: Callable[[Record], Payload]) -> Defect:
    return Defect("customers", name, lambda record: to_json(payload(record)), SALESFORCE)


def _gap(record: Record) -> Payload:
    header = change_header("Account", record["customer_id"], "GAP_UPDATE", record["updated_at"])
    return {"payload": {"ChangeEventHeader": header}}


SYSTEM_DEFECTS = (
    _stripe("minor units of an unknown currency", currency="xts"),
    _stripe("payment intent without a customer", customer=None),
    _stripe("half a cent", amount=Raw("1099.5")),
    Defect("payments", "event cut off", lambda record: to_json(payment_event(record))[:-40], STRIPE),
    _salesforce("gap event", _gap),
    _salesforce("unknown segment in an event", lambda record: change_event(record | {"segment": "martian"}, "CREATE")),
)
