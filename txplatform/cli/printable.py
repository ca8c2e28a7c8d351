"""Text of others as a terminal may show it: with nothing in it that the terminal would obey instead of showing it."""

import json


def printable(text: str) -> str:
    """The text with every character that is neither printed nor a line's end escaped."""
    return "".join(
        each if each.isprintable() or each == "\n" else each.encode("unicode_escape").decode() for each in text
    )


def printable_json(document: object) -> str:
    """The document as indented JSON that means the same, and in which such characters are escaped as JSON does."""
    text = json.dumps(document, indent=2, ensure_ascii=False)
    return "".join(each if each.isprintable() or each == "\n" else json.dumps(each)[1:-1] for each in text)
