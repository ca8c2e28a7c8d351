"""moto stores DynamoDB numbers as the text it was given; AWS canonicalises them and refuses what it cannot hold.

`12.30` is read back from AWS as `12.3`, which whatever decodes items has to bear.
"""

from decimal import Context, Decimal, InvalidOperation
from typing import Any

from moto.dynamodb.exceptions import MockValidationException
from moto.dynamodb.models.dynamo_type import DynamoType

MAXIMUM_DIGITS = 38
MAXIMUM_EXPONENT, MINIMUM_EXPONENT = 125, -130
_exact = Context(prec=400)


def canonical(text: str) -> str:
    """Return the number as AWS answers it: plain notation, no superfluous zeros."""
    try:
        number = Decimal(text).normalize(_exact)
    except InvalidOperation as error:
        raise MockValidationException(f"The parameter cannot be converted to a numeric value: {text}") from error
    if not number.is_finite():
        raise MockValidationException(f"The parameter cannot be converted to a numeric value: {text}")
    if len(number.as_tuple().digits) > MAXIMUM_DIGITS:
        raise MockValidationException("Attempting to store more than 38 significant digits in a Number")
    if number and not MINIMUM_EXPONENT <= number.adjusted() <= MAXIMUM_EXPONENT:
        kind, relation = ("overflow", "larger") if number.adjusted() > 0 else ("underflow", "smaller")
        raise MockValidationException(
            f"Number {kind}. Attempting to store a number with magnitude {relation} than supported range"
        )
    return format(abs(number) if number.is_zero() else number, "f")


def apply() -> None:
    construct = DynamoType.__init__

    def init(value: DynamoType, type_as_dict: DynamoType | dict[str, Any]) -> None:
        construct(value, type_as_dict)
        if value.type == "N" and isinstance(value.value, str):
            value.value = canonical(value.value)
        elif value.type == "NS":
            value.value = [canonical(text) for text in value.value]

    DynamoType.__init__ = init  # type: ignore[method-assign]
