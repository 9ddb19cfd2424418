"""Tools that a machine may lack."""

import os
from typing import NoReturn

import pytest


def handle_missing_tool(reason: str) -> NoReturn:
    """Handle a missing tool: fail in CI, skip elsewhere."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
