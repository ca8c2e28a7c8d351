"""Names in a file that the contract does not know: refused, or counted with the known name that may be meant.

Names are compared as the file lane finds columns, in upper or lower case. Of a name only what a message may repeat is
shown. A file can make up any number of names: only so many are counted apart.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from txplatform.contracts.model import Contract

REMEDY = (
    "name it as the contract does, add a field or an alias of that name, or set the contract's unknownFields to ignore "
    "or keep"
)
OTHERS = "(further names)"
_MOST_NAMES, _SHOWN = 100, 100
_ALIKE = 0.75  # of SequenceMatcher: `fees` and `fee` are, `created` and `updated` are not


def known_names(contract: Contract) -> list[str]:
    """Every name under which a field may arrive, dotted for nested ones."""
    return [name for field in contract.fields for name in field.names]


def unknown_columns(contract: Contract, columns: Iterable[str]) -> list[str]:
    """The columns of a file under which no field of the contract may arrive."""
    known = {name.casefold() for name in known_names(contract)}
    return [column for column in columns if column.casefold() not in known]


def nearest_name(contract: Contract, name: str) -> str | None:
    """The known name that is most like an unknown one, None where none is nearly alike."""
    known = {known.casefold(): known for known in reversed(known_names(contract))}
    alike = get_close_matches(name.casefold(), known, n=1, cutoff=_ALIKE)
    return known[alike[0]] if alike else None


def described(contract: Contract, name: str) -> str:
    """An unknown name as a message has it, with the known one that may be meant."""
    nearest = nearest_name(contract, name)
    return shown(name) if nearest is None else f"{shown(name)} (is {nearest} meant?)"


def shown(name: str) -> str:
    """A name of a file as far as a message may repeat it, as the functions show it."""
    return name[:_SHOWN].encode("ascii", "backslashreplace").decode("ascii")


def add_counts(counts: Counter[str], more: Mapping[str, int]) -> None:
    """Add how many rows have a value under each unknown name."""
    for name, number in more.items():
        counts[name if name in counts or len(counts) < _MOST_NAMES else OTHERS] += number
