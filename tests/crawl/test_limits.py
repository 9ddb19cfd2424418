import re

import pytest

from spojscore_crawler import settings
from spojscore_crawler.limits import Limits

DEFAULTS = {name: getattr(settings, name) for name in dir(settings)}


def test_limits_as_they_come() -> None:
    assert Limits.read(DEFAULTS) == Limits(1000, 0.98, 0.99, accept=False)
    assert Limits.read(DEFAULTS | {"GATE": "accept", "MIN_PROBLEMS": "7"}) == Limits(
        7, 0.98, 0.99, accept=True
    )


@pytest.mark.parametrize(
    ("setting", "value", "reason"),
    [
        ("GATE", "open", "GATE is 'open', not 'accept'"),
        ("MIN_PROBLEMS", "many", "MIN_PROBLEMS is 'many', not a number from 0 to 1000000"),
        ("MIN_PROBLEMS_RATIO", "98", "MIN_PROBLEMS_RATIO is '98', not a number from 0 to 1"),
        ("MIN_USERS_RATIO", "nan", "MIN_USERS_RATIO is 'nan', not a number from 0 to 1"),
        ("MIN_USERS_RATIO", None, "MIN_USERS_RATIO is None, not a number from 0 to 1"),
    ],
)
def test_limits_that_are_none(setting: str, value: str | None, reason: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(reason)}$"):
        Limits.read(DEFAULTS | {setting: value})
