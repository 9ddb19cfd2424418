"""A home folder, and stand-ins for commands."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.support.projects import ROOT


class Machine:
    """A home folder, and stand-ins for commands that log their calls."""

    def __init__(self, folder: Path) -> None:
        self.home, self.bin, self.log = folder / "home", folder / "bin", folder / "log"
        self.home.mkdir()
        self.bin.mkdir()
        self.log.touch()
        self.environment = {"HOME": str(self.home), "PATH": f"{self.bin}:{os.environ['PATH']}"}

    def provide(self, name: str, script: str) -> None:
        command = self.bin / name
        command.write_text(f'#!/bin/bash\necho {name} "$@" >>{self.log}\n{script}\n')
        command.chmod(0o755)

    def calls(self) -> list[str]:
        lines = self.log.read_text().splitlines()
        self.log.write_text("")
        return lines

    def deploy(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "deploy", *words],
            cwd=self.home,
            env=os.environ | self.environment | {"PYTHONPATH": str(ROOT)} | environment,
            capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
