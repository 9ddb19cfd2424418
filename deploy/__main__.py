"""`python -m deploy STEP DB`: a step of the publication, or a schedule for it."""

import argparse
import signal
import sys
from pathlib import Path

from deploy.archive import archive
from deploy.build import build
from deploy.clock import clock
from deploy.deploy import deploy, probe, variables
from deploy.process import PublishError
from deploy.pull import pull
from deploy.schedule import schedule, unschedule
from deploy.verify import verify
from spojscore_crawler.store.files import StoreError

FUNCTIONS = (variables, pull, archive, build, verify, deploy, probe, schedule, unschedule, clock)
STEPS = {function.__name__: function for function in FUNCTIONS}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m deploy", description=__doc__)
    parser.add_argument("step", choices=STEPS)
    parser.add_argument("database", type=Path, nargs="?", default="spojscore.db")
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        if message := STEPS[args.step](args.database):
            print(message)
    except (PublishError, StoreError, OSError) as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        sys.exit("error: interrupted")


if __name__ == "__main__":
    main()
