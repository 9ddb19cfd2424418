"""`vercel.deploy()` with fake CLIs: what it makes of their failures."""

from pathlib import Path

import pytest

from deploy import vercel
from deploy.process import PublishError
from tests.deploy.conftest import Commands
from tests.support.vercel_api import SECRETS

URL = "https://spojscore-1.vercel.app"


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(vercel, "RETRY_SECONDS", 0)


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        pytest.param("echo no: $VERCEL_TOKEN >&2; exit 1", "no: ***", id="token"),
        pytest.param("echo Deploying; echo fetch failed >&2; exit 1", "fetch failed", id="network"),
        pytest.param("echo Retrieving project…; exit 1", "Retrieving project…", id="stdout-only"),
        pytest.param("exit 3", "exit status 3", id="silent"),
        pytest.param("kill -9 $$", "exit status -9", id="killed"),
    ],
)  # fmt: skip
def test_failing_cli_is_called_three_times(
    script: str, reason: str, commands: Commands, monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setattr(vercel, "CLI", commands.add("vercel", script))
    with pytest.raises(PublishError) as error:
        vercel.deploy(Path("bundle"))
    assert str(error.value) == f"`vercel deploy --prebuilt` failed: {reason} (after 3 attempts)"
    words = "vercel deploy --prebuilt --prod --yes --no-wait --cwd bundle"
    assert commands.take_calls() == [words] * 3
    output = "".join(capfd.readouterr())
    assert output.count(reason) == (0 if "status" in reason else 3)
    assert SECRETS["VERCEL_TOKEN"] not in output


@pytest.mark.parametrize("failures", [0, 1, 2])
def test_transient_failures_are_retried(
    failures: int, commands: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = f"[ $(wc -l <{commands.log}) -gt {failures} ] || exit 1\necho Queued; echo {URL}"
    monkeypatch.setattr(vercel, "CLI", commands.add("vercel", script))
    assert vercel.deploy(Path("bundle")) == URL
    assert len(commands.take_calls()) == failures + 1


def test_hanging_cli_is_stopped(commands: Commands, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vercel, "CLI", commands.add("vercel", "exec tail -f /dev/null"))
    monkeypatch.setattr(vercel, "DEPLOY_SECONDS", 0.06)
    with pytest.raises(PublishError, match=r"took longer than 0\.001 minutes \(after 3 attempts"):
        vercel.deploy(Path("bundle"))
