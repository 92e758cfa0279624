"""What a run is told from outside, and what it refuses."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from flows.errors import CallError
from flows.settings import portal_path, settings_from
from flows.years import CHINA, checked_years, newest_year, year_of_season


def test_options_before_environment_before_defaults() -> None:
    told = {"NIANBAO_DATA": "/from/environment", "NIANBAO_LEDGER": "postgresql://x/y", "NIANBAO_CRAWLERS": "3"}
    settings = settings_from(environ=told)
    assert (str(settings.data.root), settings.ledger, settings.crawlers) == ("/from/environment", "postgresql://x/y", 3)
    given = settings_from("given", "sqlite:///other", environ=told)
    assert (given.data.root, given.ledger) == (Path("given"), "sqlite:///other")
    plain = settings_from(environ={})
    assert (plain.data.root, plain.ledger, plain.retry_delay) == (Path("data"), "data/ledger.sqlite", 10.0)
    assert portal_path(environ={}) == Path("deployments/portals")
    assert portal_path("", environ={"NIANBAO_PORTALS": "p"}) == Path("p"), "an empty field of a form is not a path"


@pytest.mark.parametrize(
    ("name", "value"), [("NIANBAO_WORKERS", "0"), ("NIANBAO_CRAWLERS", "x"), ("NIANBAO_RETRY_DELAY", "nan")]
)
def test_numbers_that_make_no_sense(name: str, value: str) -> None:
    with pytest.raises(CallError, match=f"{name} is '{value}'; it must be a number"):
        settings_from(environ={name: value})


def test_years() -> None:
    assert year_of_season() == datetime.now(CHINA).year - 1
    assert checked_years([newest_year(), 2008, 2008]) == (2008, newest_year())
    for year in (2007, newest_year() + 1):
        with pytest.raises(CallError, match=f"no reports of the year {year}"):
            checked_years([year])
