"""What a crawl is held against: the settings of the gate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import nan
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Limits:
    """What a crawl is held against, and whether a person accepts one that falls short of it.

    `min_problems` is for a first crawl. The ratios, from 0 to 1, are of the problems and of
    the sum of their users in the last committed list.
    """

    min_problems: int
    min_problems_ratio: float
    min_users_ratio: float
    accept: bool = False

    @classmethod
    def read(cls, settings: Mapping[str, Any]) -> Self:
        """From MIN_PROBLEMS, MIN_PROBLEMS_RATIO, MIN_USERS_RATIO and GATE. Raises ValueError."""
        gate = settings["GATE"]
        if gate not in ("", "accept"):
            raise ValueError(f"GATE is {gate!r}, not 'accept'")
        return cls(
            min_problems=round(_number(settings, "MIN_PROBLEMS", 1_000_000)),
            min_problems_ratio=_number(settings, "MIN_PROBLEMS_RATIO", 1),
            min_users_ratio=_number(settings, "MIN_USERS_RATIO", 1),
            accept=gate == "accept",
        )


def _number(settings: Mapping[str, Any], name: str, highest: int) -> float:
    try:
        value = float(settings[name])
    except (TypeError, ValueError):
        value = nan
    if not 0 <= value <= highest:
        raise ValueError(f"{name} is {settings[name]!r}, not a number from 0 to {highest}")
    return value
