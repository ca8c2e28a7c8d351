"""Customers as Salesforce tells of them: events of Change Data Capture, with time in milliseconds."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from txplatform.demo.records import Record
from txplatform.demo.wire import Payload, Raw, since

SALESFORCE = "salesforce"


def change_event(record: Record, change: str, changed: Sequence[str] = ()) -> Payload:
    """A change event of Salesforce: a person is a contact, a company is an account.

    `changed` are the fields of the record that an update tells, and leaves all others out.
    """
    content = {name: record.get(name) for name in changed or record}
    contact = is_contact(record)
    fields = {
        "Name": _name(content) if contact else content.get("name"),
        "Email" if contact else "PersonEmail": content.get("email"),
        "Phone": content.get("phone"),
        "MailingAddress" if contact else "BillingAddress": _address(content),
        "Segment__c": content.get("segment"),
        "Status__c": content.get("status"),
        "Balance__c": _number(content.get("balance")),
        "Credit_Limit__c": _number(content.get("credit_limit")),
        "CreatedDate": content.get("created_at"),
    }
    if contact and "marketing_opt_in" in content:
        fields["HasOptedOutOfEmail"] = not content["marketing_opt_in"]
    told = {name: value for name, value in fields.items() if value is not None}
    header = change_header("Contact" if contact else "Account", record["customer_id"], change, record["updated_at"])
    return {"payload": {"ChangeEventHeader": header | {"changedFields": list(told) if changed else []}} | told}


def change_header(of: str, record_id: str, change: str, at: datetime) -> Payload:
    """The header of a change event about one record."""
    return {
        "entityName": of,
        "recordIds": [record_id],
        "changeType": change,
        "commitTimestamp": since(at, timedelta(milliseconds=1)),
        "changedFields": [],
        "nulledFields": [],
    }


def is_contact(record: Record) -> bool:
    """Whether Salesforce has the customer as a contact, not as an account, by the first digits of its identifier."""
    return record["customer_id"].startswith("003")


def _number(value: Any) -> Raw | None:
    return None if value is None else Raw(f"{value:f}")


def _name(content: Record) -> Payload | None:
    if not content.get("name"):
        return None
    first, _, last = content["name"].partition(" ")
    return {"FirstName": first, "LastName": last}


def _address(content: Record) -> Payload | None:
    titles = {
        "street": "Street",
        "city": "City",
        "state": "State",
        "postal_code": "PostalCode",
        "country": "CountryCode",
    }
    address = {title: content[name] for name, title in titles.items() if content.get(name)}
    return address or None
