"""The rank of a record among those of its version."""

from lambdas.shared.schema import EntitySchema
from lambdas.shared.ties import TieBreaker, rank

STATE = TieBreaker.parse({"field": "state", "ranks": ["new", "paid", "sent"]})
SEQUENCE = TieBreaker.parse({"field": "sequence"})


def test_states_are_ranked_and_numbers_are_compared() -> None:
    order = [{}, {"sequence": -1}, {"sequence": 9}, {"sequence": 10}, {"state": "new"}, {"state": "paid"}]
    ranks = [rank((STATE, SEQUENCE), record) for record in order]
    assert ranks == sorted(ranks)
    assert len(set(ranks)) == len(order)


def test_a_state_without_a_rank_comes_before_all_and_conflicts_with_another() -> None:
    """None passes validation, but an item may be written past the API."""
    assert rank((STATE,), {"state": "lost"}) == rank((STATE,), {"state": "found"}) < rank((STATE,), {"state": "new"})


def test_without_tie_breakers_all_records_of_a_version_rank_alike(schemas: dict[str, EntitySchema]) -> None:
    assert schemas["trades"].rank_of({"side": "buy"}) == schemas["trades"].rank_of({"side": "sell"}) == ()
