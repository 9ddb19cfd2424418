"""`python -m bench.ten_years DB`: ten simulated years of crawls, starting from SPOJ's real list."""

import argparse
import sys
from pathlib import Path

from tqdm import tqdm

from spojscore_crawler.store import files
from tests.support.world import simulate


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.ten_years", description=__doc__)
    parser.add_argument("database", type=Path)
    parser.add_argument("--days", type=int, default=3650)
    args = parser.parse_args()
    if args.database.exists():
        sys.exit(f"error: {args.database} already exists; choose a new file name")
    for _ in tqdm(simulate(args.database, args.days), total=args.days, unit="day"):
        pass
    published = args.database.with_suffix(".published")
    files.copy(args.database, published)
    for file in (args.database, published):
        print(f"{file}: {file.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
