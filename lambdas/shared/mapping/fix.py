"""Decodes FIX messages in their tag=value form into one object: tag -> text. What is in a repeating group is left out.

The fields are separated by SOH, or by the `|` that logs and terminals show for it; the checksum is of SOH either way.
https://www.fixtrading.org/standards/tagvalue-online/
"""

import re
from collections.abc import Iterator

from lambdas.shared.mapping.refusals import RefusedError

START = "8=FIX"

_SOH = 1
_HEAD = re.compile(rb"8=([A-Z0-9.]{1,16})([\x01|])9=([0-9]{1,9})\2(?=35=)")
_TRAILER = re.compile(rb"10=([0-9]{3})(?:[\x01|])?[\r\n]*")
_TAG = re.compile(rb"([1-9][0-9]{0,8})=")
# Tags of lengths in bytes: the field after one of them is data, in which the separator may stand.
_LENGTHS = frozenset(
    b"90 93 95 212 348 350 352 354 356 358 360 362 364 445 618 621".split()
)  # fmt: skip
# Tags that the standard, version 4.4, has within repeating groups of an execution report and of its header.
_GROUPED = frozenset(
    tag
    for tags in (
        "448 447 452 802 523 803",  # parties
        "524 525 538 804 545 805",  # nested parties
        "375 337 437 438 655",  # brokers on the other side
        "137 138 139 891",  # fees
        "455 456 458 459",  # other identifiers of the security and of the underlying one
        "865 866 867 868",  # events of the security
        "233 234 519 520 521",  # stipulations, amounts of the contract
        "769 770 771 628 629 630",  # time stamps, hops of the header
        "79 661 736 467 80 539",  # accounts
        "311 312 309 305 457 462 463 310 763 313 542 315 241 242 243 244 245 246 256 595 592 593 594 247 316 941 317",
        "436 435 308 306 362 363 307 364 365 877 878 318 879 810 882 883 884 885 886 887 888 889",  # underlyings
        "600 601 602 603 604 605 606 607 608 609 764 610 611 248 249 250 251 252 253 257 599 596 597 598 254 612 942",
        "613 614 615 616 617 618 619 620 621 622 623 624 556 740 739 955 956 687 690 683 688 689 564 565 654 566 587",
        "588 637 675",  # legs
    )
    for tag in tags.split()
)


def decode(text: str) -> dict[str, str]:
    """The fields of one message; raise RefusedError where it is not whole, or names a field twice."""
    try:
        message = text.encode()
    except UnicodeEncodeError as error:
        raise RefusedError("fix_structure", "holds half of a character") from error
    head = _HEAD.match(message)
    if head is None:
        raise RefusedError("fix_structure", "must begin with the tags 8, 9 and 35, each ended by SOH or |")
    separator = head[2]
    end = head.end() + int(head[3])
    trailer = _TRAILER.fullmatch(message, end) if end < len(message) else None
    if trailer is None or message[end - 1 : end] != separator:
        raise RefusedError(
            "fix_body_length", "tag 9 is not the length of the body, after which tag 10 ends the message"
        )
    fields: dict[str, str] = {}
    count = 0
    for tag, value in _fields(message, end, separator):
        count += 1
        if tag in _GROUPED:
            continue
        if tag in fields:
            raise RefusedError("fix_duplicate", f"has the tag {tag} twice")
        fields[tag] = value
    total = sum(memoryview(message)[:end]) - count * (separator[0] - _SOH)
    if total % 256 != int(trailer[1]):
        raise RefusedError("fix_checksum", "tag 10 is not the checksum of the message")
    fields["10"] = trailer[1].decode()
    return fields


def _fields(message: bytes, end: int, separator: bytes) -> Iterator[tuple[str, str]]:
    position = 0
    length: int | None = None  # of the data that comes next
    while position < end:
        tag = _TAG.match(message, position, end)
        if tag is None:
            raise RefusedError("fix_structure", "has a field that is no tag=value")
        start = tag.end()
        stop = message.find(separator, start, end) if length is None else start + length
        if stop <= start or stop >= end or message[stop : stop + 1] != separator:
            raise RefusedError("fix_structure", f"has no value, or one of another length, at tag {tag[1].decode()}")
        try:
            value = message[start:stop].decode()
        except UnicodeDecodeError as error:
            raise RefusedError("fix_structure", f"has data that cuts a character at tag {tag[1].decode()}") from error
        yield tag[1].decode(), value
        length = int(value) if tag[1] in _LENGTHS and _is_length(value) else None
        position = stop + 1


def _is_length(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) < 8
