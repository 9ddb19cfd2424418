"""How the stand-in plays Cloudflare, and a server whose headers never end."""

import socket
from http.client import HTTPConnection

import pytest

from standin.faults import Fault
from standin.problems import problems
from standin.server import StandIn, serving

PAGE = "/problems/classical/sort=0,start=0"
CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36"


def answer(server: StandIn, path: str, agent: str) -> tuple[int, str | None, bool]:
    """Its status, cf-mitigated, and whether the body is a list."""
    connection = HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    connection.request("GET", path, headers={"User-Agent": agent})
    response = connection.getresponse()
    said = response.status, response.headers["cf-mitigated"], b"/ranks/TEST" in response.read()
    connection.close()
    return said


def test_a_bot_check_to_all_but_a_browser() -> None:
    fault = Fault.parse("all:bot-check-unless-browser")
    with serving(StandIn(problems(120), faults=[fault])) as server:
        assert answer(server, PAGE, "spojscore") == (403, "challenge", False)
        assert answer(server, PAGE.replace("=0", "=100"), "spojscore")[0] == 403
        assert answer(server, PAGE, CHROME) == (200, None, True)
        assert answer(server, "/robots.txt", "spojscore")[0] == 200


@pytest.mark.parametrize(
    ("kind", "status", "mitigated"),
    [
        ("bot-check", 200, None),
        ("bot-check-403", 403, "challenge"),
        ("bot-check-503", 503, "challenge"),
        ("bot-check-by-header", 403, "challenge"),
        ("status-520", 520, None),
        ("status-530", 530, None),
    ],
)
def test_what_cloudflare_answers(kind: str, status: int, mitigated: str | None) -> None:
    with serving(StandIn(problems(1), faults=[Fault.parse(f"0:{kind}:1")])) as server:
        assert answer(server, PAGE, CHROME) == (status, mitigated, False)
        assert answer(server, PAGE, CHROME) == (200, None, True)


def test_endless_headers() -> None:
    with serving(StandIn(problems(1), faults=[Fault.parse("0:endless-headers")])) as server:
        with socket.create_connection(("127.0.0.1", server.server_port), timeout=10) as client:
            client.sendall(f"GET {PAGE} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            read = b""
            while len(read) < 10_000_000 and (more := client.recv(1_000_000)):
                read += more
        assert len(read) >= 10_000_000
        assert b"\r\n\r\n" not in read
        assert answer(server, "/robots.txt", CHROME)[0] == 200  # it goes on


@pytest.mark.parametrize("text", ["0", "0:nonsense", "first:bot-check", "0:status-600", "-1:cut"])
def test_what_is_no_fault(text: str) -> None:
    with pytest.raises(ValueError, match="is not PAGE:KIND"):
        Fault.parse(text)
