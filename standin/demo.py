"""`python -m standin.demo`: crawl SPOJ's lists of days past and serve what came of them."""

from __future__ import annotations

import argparse
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from standin import history
from web import serve

DATABASE = Path("build", "demo", "spojscore.db")


def crawl() -> None:
    """Crawl a stand-in of our own into DATABASE, anew. Raises CalledProcessError."""
    shutil.rmtree(DATABASE.parent, ignore_errors=True)
    DATABASE.parent.mkdir(parents=True)
    history.crawl(DATABASE, "demo")


def run(port: int) -> int:
    """Crawl, serve and say where, until interrupted. Returns Datasette's exit status."""
    serve.check_port(port)
    crawl()
    with serve.serving(serve.command(DATABASE, port), port) as datasette:
        address = f"http://{serve.HOST}:{port}/spojscore/problems"
        print(f"\nLook at {address} (Ctrl-C ends the demo)\n", flush=True)
        return datasette.wait()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m standin.demo", description=__doc__)
    parser.add_argument("--port", type=int, default=8001)
    port = parser.parse_args().port
    for interrupt in (signal.SIGINT, signal.SIGTERM):
        signal.signal(interrupt, signal.default_int_handler)
    try:
        sys.exit(run(port))
    except serve.ServeError as error:
        sys.exit(f"error: {error}")
    except subprocess.CalledProcessError as error:
        sys.exit(error.returncode)
    except KeyboardInterrupt:
        print("The demo has ended.")


if __name__ == "__main__":
    main()
