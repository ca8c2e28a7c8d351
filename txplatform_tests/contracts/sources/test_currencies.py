"""The decimals of currencies, against Unicode's CLDR as babel has it, which the documentation site's tools bring."""

from babel import Locale
from babel.core import get_global
from babel.numbers import get_territory_currencies

from lambdas.shared.mapping.currencies import EXPONENTS

# Here CLDR has how many decimals people write, where inflation has made the rest worthless, and ISO 4217 has others.
_OF_TWO = ("AFN", "ALL", "COP", "HUF", "IDR", "IRR", "KPW", "LAK", "LBP", "MGA", "MMK", "SLL", "SOS", "SYP", "YER")
WRITTEN_WITHOUT = dict.fromkeys(_OF_TWO, 2) | {"IQD": 3}
YOUNGER_THAN_CLDR = {"XAD"}
NO_CURRENCY = {"XXX"}  # of uninhabited places


def test_a_currency_has_the_decimals_of_another_list() -> None:
    fractions = get_global("currency_fractions")
    default = fractions["DEFAULT"]
    written = {code: fractions.get(code, default)[0] for code in EXPONENTS}

    assert {code: written[code] for code in WRITTEN_WITHOUT} == dict.fromkeys(WRITTEN_WITHOUT, 0)
    assert {**written, **WRITTEN_WITHOUT} == EXPONENTS


def test_every_currency_is_known_and_none_is_made_up() -> None:
    territories = [code for code in Locale("en").territories if len(code) == 2 and code.isalpha()]
    current = {code for territory in territories for code in get_territory_currencies(territory)}

    assert len(current) > 150
    assert sorted(current - EXPONENTS.keys() - NO_CURRENCY) == []
    assert sorted(EXPONENTS.keys() - Locale("en").currencies.keys()) == sorted(YOUNGER_THAN_CLDR)
