"""`python -m standin.demo`: crawl the stand-in at full speed and serve what came of it."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from pathlib import Path

from standin.problems import problems
from standin.server import StandIn, serving
from web import serve

DATABASE = Path("build", "demo", "spojscore.db")
FULL_SPEED = ("-s", "DOWNLOAD_DELAY=0", "-s", "AUTOTHROTTLE_ENABLED=0", "-s", "LOG_LEVEL=WARNING")


def crawl() -> None:
    """Crawl a stand-in of our own into DATABASE. Raises CalledProcessError."""
    DATABASE.parent.mkdir(parents=True, exist_ok=True)
    print("Crawling the stand-in for SPOJ: most of its problems are made up.", flush=True)
    scrapy = Path(sys.executable).with_name("scrapy")
    with serving(StandIn(problems())) as server:
        environment = os.environ | {"SPOJ_URL": server.url, "SPOJSCORE_DB": str(DATABASE)}
        subprocess.run([scrapy, "crawl", "classical", *FULL_SPEED], env=environment, check=True)


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
