"""Which year a report is about: every witness on the page, weighed.

In order of worth: the period of its statistics (统计期限), the title, the year that the text speaks of most, the date of
publication less one year, the address, the file name. Strong witnesses that disagree are an issue; so is a year that only
weak ones support.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from parsers.records import Issue

Kind = Literal["period", "title", "body", "file_name", "published", "url"]

# What a witness counts for. A period that was left over from the year before is a common slip, a title named after the
# year of publication another; both are outvoted by the title or the period together with what the text speaks of.
WORTH: dict[Kind, float] = {"period": 6, "title": 5, "body": 3, "published": 2.5, "url": 2, "file_name": 2}
STRONG: frozenset[Kind] = frozenset(("period", "title", "body"))
FIRST, LAST = 2003, 2099  # 上海市 reports since 2004; everybody since 2008

_YEAR = r"(20(?<!\d20)\d\d)"  # no digit before it; asked behind the 20, which a search then leaps to
_DATE = r"(20\d\d)[年./-](\d{1,2})[月./-](\d{1,2})日?"
_PERIOD = re.compile(
    rf"{_DATE}(?:零时|0时)?(?:起|始|开始)?,?(?:截至|截止到?|一直|至|到|[-–—―~]+)+(?:当年|同年|本年)?"
    r"(?:(20\d\d)[年./-])?(\d{1,2})[月./-](\d{1,2})日?"
)
_ABOUT_THE_DATA = re.compile(r"统计|数据|期限|时限|报告期|起止|所列")
_PERIOD_YEAR = re.compile(
    rf"(?:统计|数据)[^。;\d\n]{{0,14}}(?:期限|时限|时间|时段|区间|周期|范围|截止|截至)[^。;\d\n]{{0,12}}{_YEAR}年(?:度|全年|1?2月31日)"
)
_DIGITS = {**{digit: str(value) for value, digit in enumerate("〇一二三四五六七八九")}, **dict.fromkeys("零○◯OoОοΟ0", "0")}
_CHINESE_YEAR = re.compile(r"[二2][〇零○◯OoОοΟ0][〇零○◯OoОοΟ0-9一二三四五六七八九]{2}(?=年|\D?年度)")
# What stands before the first numeral is asked after it: a pattern that begins with a set of characters is looked for faster.
_CHINESE_DAY = re.compile(
    r"([一二三四五六七八九十](?<![〇一二三四五六七八九十].)[一二三四五六七八九十]{0,2})(?=[月日])", re.DOTALL
)
# Dates and document numbers that are not what a title is about.
_NOT_THE_TITLES_YEAR = re.compile(
    r"20\d\d年\d{1,2}月(?:\d{1,2}日)?|20\d\d[-./]\d{1,2}[-./]\d{1,2}|(?<!\d)20\d\d[01]\d[0-3]\d(?!\d)|[\[(〔]20\d\d[\])〕]\d+号"
    r"|20\d\d年(?:公布|发布|公开发布)"
)
_SPOKEN_OF = re.compile(_YEAR + r"年(度|,|全|我|本|以来|来|共|主动|新)?(?!(?:新?修订|公布|印发|发布|制定|颁布|起施行))")
_URL_DATE = re.compile(r"(?:/t?|_|-)(20\d\d)(?:[-/_]([1-9]|1[0-2])[-/_]|[-/_]?(0[1-9]|1[0-2])(?=(?:[-/_]?\d\d?)?(?:\D|$)))")


@dataclass(frozen=True, slots=True)
class YearWitness:
    """One thing that says a year, and its words. A body that speaks of two years about as often is no strong witness."""

    kind: Kind
    year: int
    text: str
    strong: bool = True

    @property
    def worth(self) -> float:
        return WORTH[self.kind] if self.strong or self.kind not in STRONG else 1.0


def with_digits(text: str) -> str:
    """Dates in Chinese numerals written in digits: 二〇二四年十二月三十一日 -> 2024年12月31日. `text` is simplified."""
    text = _CHINESE_YEAR.sub(lambda match: "".join(_DIGITS.get(each, each) for each in match[0]), text)
    return _CHINESE_DAY.sub(lambda match: str(_below_hundred(match[1])), text)


def _below_hundred(numeral: str) -> int:
    tens, ten, units = numeral.rpartition("十")
    value = "〇一二三四五六七八九".find
    return (value(tens[-1:]) if tens else 1) * 10 * bool(ten) + (value(units[-1:]) if units else 0)


def witnesses(
    text: str,
    *,
    titles: Iterable[str] = (),
    file_name: str = "",
    published_on: str | None = None,
    url: str = "",
) -> tuple[YearWitness, ...]:
    """Everything that says a year, the best first.

    `text` is the document's, a paragraph a line; all texts are simplified, without white space (`parsers.normal.normalise`)
    and `with_digits`.
    """
    found = [*_periods(text)]
    for title in titles:
        found += _of_title(title, "title")
    found += _of_body(text)
    found += _of_title(file_name, "file_name")
    if published_on:
        found += _before(int(published_on[:4]), int(published_on[5:7]), "published", published_on)
    if match := _URL_DATE.search(url):
        found += _before(int(match[1]), int(match[2] or match[3]), "url", match[0].strip("/_-"))
    return tuple(dict.fromkeys(each for each in found if FIRST <= each.year <= LAST))


def _periods(text: str) -> list[YearWitness]:
    """The period of the statistics; where several are given, those in a sentence about the data."""
    found: list[tuple[bool, YearWitness]] = []
    for match in _PERIOD.finditer(text):
        about = bool(_ABOUT_THE_DATA.search(text, max(0, match.start() - 40), match.end() + 20))
        covered = _years_covered(match)
        found += [(about, YearWitness("period", year, match[0], strong=len(covered) == 1)) for year in covered]
    if not found:
        found = [(True, YearWitness("period", int(match[1]), match[0])) for match in _PERIOD_YEAR.finditer(text)]
    about_the_data = [witness for about, witness in found if about]
    return about_the_data or [witness for _, witness in found]


def _years_covered(match: re.Match[str]) -> list[int]:
    """The years of which a period covers most: one, or the two of a slip such as 2020年1月1日至2021年12月31日."""
    first, *start, last, month, day = (int(part) if part else 0 for part in match.groups())
    last = last or first
    try:
        begin, end = date(first, *start), date(last, month, day)
    except ValueError:
        return []
    if not begin < end or last - first > 1:
        return []
    inside = {
        year: (min(end, date(year, 12, 31)) - max(begin, date(year, 1, 1))).days for year in dict.fromkeys((first, last))
    }
    return [year for year, days in inside.items() if days > 200]


def _of_title(title: str, kind: Literal["title", "file_name"]) -> list[YearWitness]:
    text = _NOT_THE_TITLES_YEAR.sub(" ", title)
    years = sorted({int(year) for year in re.findall(_YEAR + r"(?!\d)", text)})
    if len(years) > 1 and years[-1] - years[0] == 1:
        years = years[:1]  # 2018年…年度报告(2019年): the later one is the year of publication
    return [YearWitness(kind, year, title, strong=len(years) == 1) for year in years]


def _of_body(text: str) -> list[YearWitness]:
    """The year that the text speaks of most; 2024年度 and 2024年, count double, dates and laws do not."""
    counts: Counter[int] = Counter()
    for match in _SPOKEN_OF.finditer(re.sub('"[^"\n]*"', "", text)):
        counts[int(match[1])] += 2 if match[2] else 1
    if not counts:
        return []
    (year, most), *others = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    strong = most >= 3 and all(most >= 1.5 * count for _, count in others)
    return [YearWitness("body", year, f"{year}年 ({most})", strong=strong)]


def _before(year: int, month: int, kind: Literal["published", "url"], text: str) -> list[YearWitness]:
    """The year before a date; the same year in December, when some already sign."""
    return [YearWitness(kind, year if month == 12 else year - 1, text)]


def decide(found: Sequence[YearWitness], published_on: str | None = None) -> tuple[int | None, tuple[Issue, ...]]:
    """The year with the most worth behind it, the best witness settling a tie; and what is doubtful about it."""
    if not found:
        return None, (Issue("error", "year_unknown", "Nothing in the document says which year it reports on."),)
    kinds = {each.kind for each in found}
    heard = {(each.kind, each.year, each.worth) for each in found if each.kind != "url" or "published" not in kinds}
    behind: dict[int, list[float]] = defaultdict(list)  # the address only repeats the date, where there is one
    for _, year, worth in heard:
        behind[year].append(worth)
    best = max(behind, key=lambda year: (sum(behind[year]), max(behind[year]), -year))
    return best, (*_doubts(best, found, published_on),)


def _doubts(year: int, found: Sequence[YearWitness], published_on: str | None) -> Iterable[Issue]:
    strong = [each for each in found if each.kind in STRONG and each.strong]
    if any(each.year != year for each in strong):
        said = "; ".join(f"{each.kind} {each.year} ({each.text[:60]})" for each in strong)
        yield Issue("warning", "year_disagreement", f"Taken as {year}, but the document's witnesses disagree: {said}.")
    elif not strong:
        said = "; ".join(f"{each.kind} {each.text[:60]}" for each in found)
        yield Issue("warning", "year_guessed", f"Taken as {year} from weak witnesses only: {said}.")
    if published_on and published_on < f"{year}-12-01":
        yield Issue(
            "warning", "year_disagreement", f"Taken as {year}, but published on {published_on}, before that year ended."
        )
