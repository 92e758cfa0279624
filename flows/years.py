"""Report years: which there can be, and which one a season asks for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from flows.errors import CallError

FIRST = 2008  # 《政府信息公开条例》 came into force on 1 May 2008; the first reports are about that year
CHINA = ZoneInfo("Asia/Shanghai")


def newest_year() -> int:
    """The present year in China: some bodies sign the report of a year in its December."""
    return datetime.now(CHINA).year


def year_of_season() -> int:
    """The report year that is being published now: the one before this."""
    return newest_year() - 1


def checked_years(years: Iterable[int]) -> tuple[int, ...]:
    """The years sorted, each once. Raises `CallError` for one of which there can be no report."""
    wanted = tuple(sorted(set(years)))
    for year in wanted:
        if not FIRST <= year <= newest_year():
            raise CallError(f"There are no reports of the year {year}; choose from {FIRST} to {newest_year()}.")
    return wanted
