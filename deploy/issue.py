"""`python -m deploy.issue RESULT`: tell the repository's owner on GitHub how the publication went.

One issue is open while it fails. Needs GitHub's command `gh`, GH_REPO and RUN_URL.
"""

from __future__ import annotations

import argparse
import os
import subprocess

from deploy.toolchain import PublishError, run_step

TITLE = "The publication fails"
FAILED = (
    "The publication ended with `{result}`: {url}\n\nWhat is public is older than it should be."
)
WORKS = "It works again: {url}"


def tell(result: str, url: str) -> str:
    """Open or update the issue, or close it; returns what was done. Raises PublishError."""
    number = gh("list", "--state=open", "--limit=1000", "--json=number,title",
                f'--jq=[.[] | select(.title == "{TITLE}") | .number][0] // ""').strip()  # fmt: skip
    if result == "success":
        if not number:
            return "Nothing to tell: it worked, and no issue is open."
        gh("close", number, f"--comment={WORKS.format(url=url)}")
        return f"Closed issue {number}."
    body = f"--body={FAILED.format(result=result, url=url)}"
    if number:
        gh("comment", number, body)
        return f"Updated issue {number}."
    return f"Opened {gh('create', f'--title={TITLE}', body).strip()}."


def gh(*words: str) -> str:
    done = subprocess.run(["gh", "issue", *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise PublishError(f"gh issue {words[0]}: {done.stderr.strip()}")
    return done.stdout


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m deploy.issue", description=__doc__)
    parser.add_argument("result", help="of the job, as GitHub calls it")
    result = parser.parse_args().result
    run_step(lambda: print(tell(result, os.environ["RUN_URL"])))


if __name__ == "__main__":
    main()
