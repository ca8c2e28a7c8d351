"""What cannot be mapped, and why. No message holds a value of a payload: any of them may be personal."""

from dataclasses import dataclass


class RefusedError(Exception):
    """A value or a payload cannot be mapped; `rule` is a stable name of the reason."""

    def __init__(self, rule: str, message: str) -> None:
        self.rule = rule
        self.message = message
        super().__init__(f"{rule}: {message}")


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason. `record` names the rule of the mapping, `field` the field; both are empty for a whole payload.

    `pointer` (RFC 6901) is the place within the payload, which is that of the message's payloads, counted from 0.
    """

    rule: str
    message: str
    record: str = ""
    entity: str = ""
    field: str = ""
    pointer: str = ""
    payload: int = 0

    def as_dict(self) -> dict[str, str | int]:
        """The reason as a dead letter holds it."""
        return {
            "record": self.record,
            "entity": self.entity,
            "field": self.field,
            "payload": self.payload,
            "pointer": self.pointer,
            "rule": self.rule,
            "message": self.message,
        }
