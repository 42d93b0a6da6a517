# SPDX-License-Identifier: Apache-2.0
"""Flask under gunicorn: the application is made once, then forked into workers, each with many threads."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.examples.server import browser_at, running, with_password

WORKERS, THREADS, PEOPLE = 3, 8, 24
GUNICORN = [
    *(sys.executable, "-m", "gunicorn", "--bind", "127.0.0.1:{port}", "--preload", "--no-control-socket"),
    *("--workers", str(WORKERS), "--worker-class", "gthread", "--threads", str(THREADS)),
    *("--keep-alive", "75"),  # longer than people here wait, so that no kept connection ends as it is used
]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The example, as it is, served by gunicorn."""
    database = tmp_path_factory.mktemp("gunicorn") / "demo.db"
    with running([*GUNICORN, "examples.flask_app.app:app"], database) as found:
        yield found


def story(address: str, person: int) -> tuple[list[int], str]:
    """Sign up, look around with blocking calls in the view, sign out, look again; statuses, and what `/me` said."""
    email = f"person-{person}@example.com"
    with browser_at(address) as browser:
        assert with_password(browser, "/auth/signup", email)["status"] == "OK"
        pages = [browser.get(path) for path in ("/", "/me", "/admin")]
        assert email in pages[0].text
        refreshed = browser.post("/auth/session/refresh")
        out = browser.post("/auth/signout")
        statuses = [reply.status_code for reply in (*pages, refreshed, out, browser.get("/me"))]
        assert with_password(browser, "/auth/signin", email)["status"] == "OK"
        return statuses, browser.get("/me").json()["id"]


def test_blocking_calls_work_in_threads_and_after_a_fork(address: str) -> None:
    """Many people at once, their requests spread over workers that were forked from one application."""
    with ThreadPoolExecutor(PEOPLE) as crowd:
        stories = list(crowd.map(lambda person: story(address, person), range(PEOPLE)))

    assert [statuses for statuses, _ in stories] == [[200, 200, 403, 200, 200, 401]] * PEOPLE
    assert len({user_id for _, user_id in stories}) == PEOPLE
