import pytest

from spojscore_crawler.store.movers import first_day


@pytest.mark.parametrize(
    ("span", "latest", "earliest"), [(1, 1, 2), (7, 7, 8), (30, 30, 34), (365, 365, 417)]
)
def test_a_span_begins_on_its_first_day_or_a_seventh_of_it_before(
    span: int, latest: int, earliest: int
) -> None:
    now = 20_000
    assert first_day([now - latest + 1, now], span) is None
    assert first_day([now - earliest, now - latest, now], span) == now - latest
    assert first_day([now - earliest, now], span) == now - earliest
    assert first_day([now - earliest - 1, now], span) is None
    assert first_day([], span) is None
