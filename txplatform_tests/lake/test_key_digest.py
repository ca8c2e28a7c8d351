"""The digest of a key is BLAKE3 of its text, or of its texts after their lengths: what is in tables is found again."""

import polars as pl
import pytest

from txplatform.contracts.render.columns import KEY_HIGH, KEY_LOW
from txplatform.lake.key_digest import with_key_digest


@pytest.mark.parametrize(
    ("key", "digest"),
    [
        (("",), "af1349b9f5f9a1a6a0404dea36dcc949"),  # this and the next: test_vectors.json of BLAKE3 itself
        (("\0",), "2d3adedff11b61f14c886e35afa03673"),
        (("p20",), "492ae58552d701009df47c41be23e357"),
        (("é",), "46d0ec742ceaad149f9a3d109d1bd9e9"),
        (("p1", "a"), "8619e66a6a16ce704dc9150d9880a053"),  # that of 2:p11:a
    ],
    ids=["empty", "zero", "text", "bytes", "compound"],
)
def test_the_digest_is_that_of_the_text(key: tuple[str, ...], digest: str) -> None:
    assert _digests([key, ("other",) * len(key)])[0] == digest


def test_texts_that_are_one_text_together_have_digests_of_their_own() -> None:
    assert len(set(_digests([("p1", "x"), ("p", "1x"), ("p1x", ""), ("", "p1x")]))) == 4


def test_no_rows_have_no_digests() -> None:
    assert _digests([]) == []


def _digests(keys: list[tuple[str, ...]]) -> list[str]:
    names = ["a", "b"][: len(keys[0]) if keys else 1]
    found = with_key_digest(pl.DataFrame(keys, schema=dict.fromkeys(names, pl.String), orient="row"), names)
    halves = zip(found[KEY_HIGH].to_list(), found[KEY_LOW].to_list(), strict=True)
    return [(high % 2**64 * 2**64 + low % 2**64).to_bytes(16).hex() for high, low in halves]
