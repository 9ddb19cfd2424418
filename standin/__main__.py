"""`python -m standin`: serve one of SPOJ's lists of days past until interrupted."""

from __future__ import annotations

import argparse
import sys

from standin.faults import Fault, kinds
from standin.pages import THEMES
from standin.problems import DAYS, LAST_DAY
from standin.server import StandIn


def fault(text: str) -> Fault:
    try:
        return Fault.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m standin", description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument(
        "--day", choices=DAYS, default=LAST_DAY, help="of the list (default: %(default)s)"
    )
    parser.add_argument("--theme", choices=THEMES, help="(default: the one SPOJ had on that day)")
    parser.add_argument(
        "--fault", type=fault, action="append", default=[], metavar="PAGE:KIND[:TIMES]",
        help="an error instead of a page, as in 2000:bot-check, all:bot-check-unless-browser, "
        "100:status-500:1 or robots:hang; "
        f"KIND is {kinds()}",
    )  # fmt: skip
    args = parser.parse_args()
    try:
        server = StandIn.of_day(args.day, args.theme, port=args.port, faults=args.fault)
    except (OSError, OverflowError) as error:
        sys.exit(f"error: port {args.port} is not available ({error}); give another")
    print(
        f"The stand-in for SPOJ is at {server.url}/problems/classical/ (Ctrl-C ends it)", flush=True
    )
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()


if __name__ == "__main__":
    main()
