"""Records of a contract as JSON text, generated: most values fit their field, some are written in odd ways or wrong."""

import json
from collections.abc import Sequence
from random import Random
from typing import Any

from txplatform.contracts.model import Contract, Field, FieldType
from txplatform_tests.ingest.two_engines.corpus import cases

_ODD = [case.json for case in cases() if len(case.json) < 100 and ": null" not in case.json]
_ZONES = ("Z", "z", "+00:00", "+0530", "-11:59", "+00:60", "")
_NAMES = ("a", "colour", 'q"', "é", "", "x" * 256)


def lines(contract: Contract, seed: int, count: int) -> list[str]:
    """So many records of a contract, the same for the same seed. Keys are their numbers, unless they are odd."""
    random = Random(seed)
    return [_record(random, contract, number) for number in range(count)]


def _record(random: Random, contract: Contract, number: int) -> str:
    oddity = random.choice((0.0, 0.05, 0.3))
    members = dict(_members(random, contract.fields, oddity))
    for name in contract.key:
        if random.random() > oddity and contract[name].type is FieldType.STRING:
            members[name] = json.dumps(f"{name}_{number}")
    return _object(members)


def _members(random: Random, fields: Sequence[Field], oddity: float) -> list[tuple[str, str]]:
    present = [field for field in fields if random.random() < (0.98 if field.required else 0.6)]
    return [(field.name, _value(random, field, oddity)) for field in random.sample(present, len(present))]


def _value(random: Random, field: Field, oddity: float) -> str:
    if random.random() < oddity:
        return random.choice(_ODD)
    match field.type:
        case FieldType.OBJECT:
            members = _members(random, field.fields, oddity)
            unknown = [("zz", random.choice(("1", '"x"', "[]")))] if random.random() < oddity / 4 else []
            return _object(dict(members + unknown))
        case FieldType.ARRAY:
            assert field.element is not None
            return f"[{', '.join(_value(random, field.element, oddity) for _ in range(random.choice((0, 1, 2, 5))))}]"
        case FieldType.MAP:
            assert field.element is not None
            names = random.sample(_NAMES[: 6 if oddity else 4], random.randint(0, 3))
            return _object({name: _value(random, field.element, oddity) for name in names})
        case FieldType.JSON:
            return random.choice(_ODD)
        case _:
            return _scalar(random, field)


def _scalar(random: Random, field: Field) -> str:
    match field.type:
        case FieldType.STRING:
            return json.dumps(random.choice((*field.enum, *field.alignment.values, *_texts(random, field))))
        case FieldType.INTEGER:
            whole = random.choice((0, 1, 7, 30, 2**31, 10**18, -1))
            return random.choice((str(whole), str(whole), f"{whole}.0", f"{whole}e0"))
        case FieldType.DECIMAL:
            return _decimal(random, field)
        case FieldType.BOOLEAN:
            return random.choice(("true", "false"))
        case FieldType.DATE:
            return json.dumps(f"{random.randint(1, 9999):04}-{random.randint(1, 12):02}-{random.randint(1, 30):02}")
        case _:
            if field.alignment.epoch and random.random() < 0.3:
                return str(random.choice((0, 1767225600, 1767225600.5, 1767225600123, -1)))
            fraction = random.choice(("", ".5", ".123456", ".1234560", ".1234567"))
            text = f"2026-{random.randint(1, 12):02}-{random.randint(1, 30):02}T{random.randint(0, 24):02}:00:59"
            return json.dumps(text + fraction + random.choice(_ZONES))


def _texts(random: Random, field: Field) -> list[Any]:
    texts = ["", "x", "A-1", "EUR", "eur", "Ünïcode \U0001f600", "x" * random.choice((2, 40, 41, 300))]
    return texts if field.example is None else [str(field.example)] * 20 + texts


def _decimal(random: Random, field: Field) -> str:
    scale, whole = field.scale or 0, (field.precision or 0) - (field.scale or 0)
    digits = "".join(random.choices("0123456789", k=random.choice((0, 1, scale, scale, scale + 1))))
    text = str(random.randint(0, 10 ** random.choice((1, 2, max(whole, 1), whole + 1)))) + (
        f".{digits}" if digits else ""
    )
    text = random.choice(("", "", "", "-")) + text
    return random.choice((json.dumps(text), text, f"{text}e0", f"{text}E-1"))


def _object(members: dict[str, str]) -> str:
    return f"{{{', '.join(f'{json.dumps(name)}: {text}' for name, text in members.items())}}}"
