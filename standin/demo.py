"""`python -m standin.demo`: import two of SPOJ's lists, crawl a third, serve them."""

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

from spojscore_crawler.history import DAYS, import_lists
from spojscore_crawler.store.files import StoreError
from standin.server import StandIn, serving
from web import serve

DATABASE = Path("build", "demo", "spojscore.db")
SCRAPY = Path(sys.executable).with_name("scrapy")
SOURCE = "demo"  # makes the site show a notice on every page
FULL_SPEED = ("-s", "DOWNLOAD_DELAY=0", "-s", "AUTOTHROTTLE_ENABLED=0", "-s", "LOG_LEVEL=WARNING")


def make_database() -> None:
    """Recreate DATABASE. Raises CalledProcessError if the crawl fails."""
    shutil.rmtree(DATABASE.parent, ignore_errors=True)
    DATABASE.parent.mkdir(parents=True)
    *earlier_days, last_day = DAYS
    import_lists(DATABASE, earlier_days, SOURCE)
    print(f"{last_day}: running `scrapy crawl classical` against the stand-in for SPOJ", flush=True)
    with serving(StandIn.for_day(last_day)) as server:
        environment = os.environ | {"SPOJ_URL": server.url, "SPOJSCORE_DB": str(DATABASE)}
        options = (*FULL_SPEED, "-s", f"SOURCE={SOURCE}", "-a", f"day={last_day}")
        subprocess.run([SCRAPY, "crawl", "classical", *options], env=environment, check=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m standin.demo", description=__doc__)
    parser.add_argument("--port", type=int, default=8001)
    port = parser.parse_args().port
    try:
        serve.check_port(port)  # before the crawl
        make_database()
    except StoreError as error:
        sys.exit(f"error: {error}")
    except subprocess.CalledProcessError as error:
        sys.exit(error.returncode)
    except KeyboardInterrupt:
        sys.exit(130)
    address = f"http://{serve.HOST}:{port}/spojscore/problems"
    print(f"\nServing {address} (Ctrl-C stops it)\n", flush=True)
    command = [sys.executable, "-m", "web.serve", str(DATABASE), "--port", str(port)]
    os.execv(command[0], command)


if __name__ == "__main__":
    main()
