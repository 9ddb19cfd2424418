import pytest

from spojscore_crawler.store.movers import beginning


@pytest.mark.parametrize(
    ("span", "latest", "earliest"), [(1, 1, 2), (7, 7, 8), (30, 30, 34), (365, 365, 417)]
)
def test_a_span_begins_on_its_first_day_or_a_seventh_of_it_before(
    span: int, latest: int, earliest: int
) -> None:
    now = 20_000
    assert beginning([now - latest + 1, now], span) is None
    assert beginning([now - earliest, now - latest, now], span) == now - latest
    assert beginning([now - earliest, now], span) == now - earliest
    assert beginning([now - earliest - 1, now], span) is None
    assert beginning([], span) is None
