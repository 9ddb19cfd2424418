"""`python -m standin`: serve the made-up list until interrupted."""

from __future__ import annotations

import argparse
import sys

from standin.faults import Fault, kinds
from standin.pages import THEMES
from standin.problems import COUNT, HIGHEST_ID, problems
from standin.server import StandIn


def fault(text: str) -> Fault:
    try:
        return Fault.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m standin", description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--theme", choices=THEMES, default="modern")
    parser.add_argument(
        "--problems",
        type=int,
        choices=range(HIGHEST_ID // 2),
        metavar="N",
        default=COUNT,
        help="how many (default: %(default)s)",
    )
    parser.add_argument(
        "--fault", type=fault, action="append", default=[], metavar="START:KIND[:TIMES]",
        help="an error instead of a page, as in 2000:bot-check, 100:status-500:1 or robots:hang; "
        f"KIND is {kinds()}",
    )  # fmt: skip
    args = parser.parse_args()
    try:
        server = StandIn(
            problems(args.problems), port=args.port, theme=args.theme, faults=args.fault
        )
    except (OSError, OverflowError) as error:
        sys.exit(f"error: port {args.port} can't be had: {error}; give another")
    print(
        f"The stand-in for SPOJ is at {server.url}/problems/classical/ (Ctrl-C ends it)", flush=True
    )
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()


if __name__ == "__main__":
    main()
