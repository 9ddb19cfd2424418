"""`python -m standin`: serve one of SPOJ's past lists until interrupted."""

import argparse
import sys

from standin.problems import DAYS, LAST_DAY
from standin.server import StandIn


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m standin", description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--day", choices=DAYS, default=LAST_DAY, help="default: %(default)s")
    args = parser.parse_args()
    try:
        server = StandIn.for_day(args.day, args.port)
    except (OSError, OverflowError) as error:
        sys.exit(f"error: port {args.port} is not available ({error}); choose another with PORT=")
    print(
        f"The stand-in for SPOJ is at {server.url}/problems/classical/ (Ctrl-C stops it)",
        flush=True,
    )
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()


if __name__ == "__main__":
    main()
