"""The digest of a key is BLAKE2b of its texts, each after its length: what is in tables must be found again."""

import hashlib
from collections.abc import Sequence

import polars as pl
import pytest

from txplatform.contracts.render.columns import KEY_HIGH, KEY_LOW
from txplatform.lake.key_digest import with_key_digest


def _digest(key: Sequence[str]) -> bytes:
    sized = "".join(f"{len(text.encode())}:{text}" for text in key)
    return hashlib.blake2b(sized.encode(), digest_size=16).digest()


@pytest.mark.parametrize(
    "keys",
    [
        [("p1",), ("p2",)],
        [("p1",), ("p20",), ("",)],
        [("é",), ("ab",), ("1:",)],
        [("p1", "a"), ("p2", "bc")],
        [("p1", "x"), ("p10", "x"), ("p", "1x")],
        [],
    ],
    ids=["one-length", "lengths", "bytes", "compound", "compound-lengths", "none"],
)
def test_the_digest_is_that_of_texts_after_their_lengths(keys: list[tuple[str, ...]]) -> None:
    names = ["a", "b"][: len(keys[0]) if keys else 1]
    found = with_key_digest(pl.DataFrame(keys, schema=dict.fromkeys(names, pl.String), orient="row"), names)
    halves = zip(found[KEY_HIGH].to_list(), found[KEY_LOW].to_list(), strict=True)
    digests = [high.to_bytes(8, "big", signed=True) + low.to_bytes(8, "big", signed=True) for high, low in halves]
    assert digests == [_digest(key) for key in keys]
