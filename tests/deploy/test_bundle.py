"""What is known of a bundle without running it; folders play one."""

import json
from pathlib import Path

import pytest

from deploy import verify
from deploy.bundle import FUNCTION, STATIC, digest
from deploy.toolchain import PublishError


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    (tmp_path / FUNCTION).mkdir(parents=True)
    (tmp_path / STATIC).mkdir(parents=True)
    (tmp_path / STATIC / "x.db").write_text("x")
    (tmp_path / "index.py").write_text("index")
    (tmp_path / "left.log").write_text("not mapped")
    built_for(tmp_path, "python3.12")
    return tmp_path


def built_for(bundle: Path, runtime: str) -> None:
    config = {"runtime": runtime, "filePathMap": {"index.py": "index.py"}}
    (bundle / FUNCTION / ".vc-config.json").write_text(json.dumps(config))


@pytest.mark.parametrize(
    ("name", "same"),
    [("index.py", False), (STATIC / "x.db", False), (FUNCTION / "new", False), ("left.log", True)],
)
def test_the_digest_is_of_what_goes_public(name: str | Path, same: bool, bundle: Path) -> None:
    before = digest(bundle)
    (bundle / name).write_text("changed")
    assert (digest(bundle) == before) is same


def test_a_function_for_another_python(bundle: Path) -> None:
    assert verify.function(bundle) == "0 MB for Python 3.12"
    built_for(bundle, "python3.13")
    with pytest.raises(PublishError, match=r"^built for python3\.13, but tried with Python 3\.12$"):
        verify.function(bundle)


def test_a_function_that_vercel_would_not_take(
    bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verify, "LARGEST", 10)
    with pytest.raises(PublishError, match=r"^the function has 0 MB; Vercel takes 0$"):
        verify.function(bundle)


def test_nothing_is_built(tmp_path: Path) -> None:
    with pytest.raises(PublishError, match=r"nothing is built in .*; `make build` does it$"):
        digest(tmp_path)
