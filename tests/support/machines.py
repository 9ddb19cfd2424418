"""A home folder, and commands that play others."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.support.projects import ROOT

# Plays `gh release`: the folder $ASSETS is the release.
RELEASES = """echo "$@" >>"$ASSETS.log"
[ "$1 $3 ${*##* }" = "release archive --repo=me/mine" ] || exit 9
if [ "$2" != create ] && [ ! -d "$ASSETS" ]; then echo "release not found" >&2; exit 1; fi
case "$2" in
  create) mkdir "$ASSETS" ;;
  view) cd "$ASSETS" && stat -c '%s %n' * ;;
  upload) [ "$5" = --clobber ] || exit 8; cp "$4" "$ASSETS" ;;
  download) cp "$ASSETS/${4#--pattern=}" "${5#--dir=}" ;;
  delete-asset) rm "$ASSETS/$4" ;;
  *) exit 9 ;;
esac
"""


class Machine:
    """A home folder, and commands that play others and log how they were called."""

    def __init__(self, folder: Path) -> None:
        self.home, self.bin, self.log = folder / "home", folder / "bin", folder / "log"
        self.home.mkdir()
        self.bin.mkdir()
        self.log.touch()
        self.environment = {"HOME": str(self.home), "PATH": f"{self.bin}:{os.environ['PATH']}"}

    def has(self, name: str, script: str) -> None:
        command = self.bin / name
        command.write_text(f'#!/bin/sh\necho {name} "$@" >>{self.log}\n{script}\n')
        command.chmod(0o755)

    def called(self) -> list[str]:
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
