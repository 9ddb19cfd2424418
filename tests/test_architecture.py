"""Packages import only what docs/architecture.md allows."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TABLE = re.search(
    r"\| package \| may import \|\n\| --- \| --- \|\n((?:\|.*\n)+)",
    (ROOT / "docs" / "architecture.md").read_text(),
)
assert TABLE
ALLOWED_IMPORTS = {
    words[0]: set(words[1:])
    for line in TABLE[1].splitlines()
    if (words := re.findall(r"`([\w.]+)`", line)) and "everything" not in line
}
PACKAGES = ("spojscore_crawler.store", "spojscore_crawler", "web", "deploy", "standin")
PROJECT = (*PACKAGES, "bench", "tests")


def find_package(module: str) -> str | None:
    return next((name for name in PROJECT if f"{module}.".startswith(f"{name}.")), None)


def imports(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_table_lists_every_package() -> None:
    assert {*ALLOWED_IMPORTS} == {*PACKAGES}


@pytest.mark.parametrize("package", ALLOWED_IMPORTS)
def test_packages_import_only_allowed_ones(package: str) -> None:
    folder = ROOT / package.replace(".", "/")
    violations = [
        f"{file.relative_to(ROOT)} imports {module}"
        for file in folder.rglob("*.py")
        if find_package(".".join(file.relative_to(ROOT).with_suffix("").parts)) == package
        for module in imports(file)
        if (other := find_package(module))
        and other not in {package, *ALLOWED_IMPORTS[package]}
        # `from spojscore_crawler import store` also names the parent package.
        and not (module == "spojscore_crawler" and package != "spojscore_crawler")
    ]
    assert violations == []
