"""Values out of a URL, as JSON would carry them."""

from lambdas.shared.schema import FieldRule, Scalar


def typed(rule: FieldRule, text: str) -> Scalar:
    """The value that a text stands for; what does not fit the field's type stays text, and validation says so."""
    if rule.type == "integer" and text.isascii() and text.removeprefix("-").isdigit() and len(text) <= 20:
        return int(text)
    return text == "true" if rule.type == "boolean" and text in ("true", "false") else text
