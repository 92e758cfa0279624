"""robots.txt kept over runs."""

from __future__ import annotations

import time

from storage.ledger import Ledger
from storage.robots import SavedRobots

SITE = "https://www.linjiang.example.cn"


def test_what_was_saved_comes_back_in_the_next_run(ledger: Ledger, ledger_url: str) -> None:
    now = round(time.time(), 3)
    SavedRobots(ledger)[SITE] = (now, b"User-agent: *\nDisallow: /\xb9\xdc\xc0\xed/")
    later = Ledger(ledger_url)
    assert SavedRobots(later).get(SITE, (0.0, b"")) == (now, b"User-agent: *\nDisallow: /\xb9\xdc\xc0\xed/")
    SavedRobots(later)[SITE] = (now + 86_401, b"")
    assert SavedRobots(ledger).get(SITE, (0.0, b"")) == (now + 86_401, b"")
    later.close()


def test_a_site_that_was_never_asked(ledger: Ledger) -> None:
    assert SavedRobots(ledger).get(SITE, (0.0, b"?")) == (0.0, b"?")
