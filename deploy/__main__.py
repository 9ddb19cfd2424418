"""`python -m deploy STEP DB`: publish the database, a step of that, or a schedule for it."""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path

from deploy import clock, probe, schedule
from deploy.publish import FAILURES, STEPS, Step, publish, run

COMMANDS = {name: STEPS[name] for name in ("pull", "archive", "build", "verify", "deploy")} | {
    "probe": Step(probe.probe, 2),
    "schedule": Step(schedule.schedule, 2),
    "unschedule": Step(schedule.unschedule, 2),
}
# Their steps have times of their own.
ENDLESS = {"publish": publish, "clock": clock.run}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m deploy", description=__doc__)
    parser.add_argument("step", choices=[*ENDLESS, *COMMANDS])
    parser.add_argument("database", type=Path, nargs="?", default="spojscore.db")
    args = parser.parse_args()
    # What was begun is then cleared away, as at an interrupt.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        if args.step in ENDLESS:
            ENDLESS[args.step](args.database)
        else:
            run(COMMANDS[args.step], args.database)
    except FAILURES as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        sys.exit("error: interrupted")


if __name__ == "__main__":
    main()
