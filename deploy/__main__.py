"""`python -m deploy STEP DB`: a step of the publication, or a schedule for it."""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path

from deploy import archive, build, clock, deploy, probe, process, pull, schedule, verify
from spojscore_crawler.store.files import StoreError

STEPS = {
    "variables": deploy.check_variables,
    "pull": pull.pull,
    "archive": archive.archive,
    "build": build.build,
    "verify": verify.verify,
    "deploy": deploy.deploy,
    "probe": probe.probe,
    "schedule": schedule.schedule,
    "unschedule": schedule.unschedule,
    "clock": clock.run,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m deploy", description=__doc__)
    parser.add_argument("step", choices=STEPS)
    parser.add_argument("database", type=Path, nargs="?", default="spojscore.db")
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        if line := STEPS[args.step](args.database):
            print(line)
    except (process.PublishError, StoreError, OSError) as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        sys.exit("error: interrupted")
    finally:
        process.end_all()


if __name__ == "__main__":
    main()
