"""Bodies of dead letters as the function `source` writes them."""

import json
from typing import Any

from txplatform.dead_letters.message import DeadLetter, read_message


def refused_body(payload: str = "{}", *reasons: tuple[str, str], **changes: Any) -> str:
    """The body of a refused message, with reasons of field and rule."""
    return json.dumps(
        {
            "entity": "payments",
            "reasons": [
                {"field": field, "rule": rule, "message": f"breaks {rule}"}
                for field, rule in reasons or (("currency", "enum"),)
            ],
            "further_reasons": 0,
            "payload": payload,
            "origin": {
                "queue": "txplatform-payments-inbound",
                "message_id": "o1",
                "sent_at": "2026-11-01T10:00:00.000000Z",
                "receive_count": 1,
            },
            "refused_at": "2026-11-01T10:00:01.000000Z",
            "schema_version": "1.1.0",
            **changes,
        }
    )


def message(body: str, **attributes: str) -> DeadLetter:
    """A message with this body."""
    return read_message(
        {
            "MessageId": "m1",
            "ReceiptHandle": "r1",
            "Body": body,
            "Attributes": {"SentTimestamp": "1793527200000"},
            "MessageAttributes": {
                name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()
            },
        }
    )
