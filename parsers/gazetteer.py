"""The administrative divisions of China (行政区划) by year: which place had which code and name when.

The data lies in `parsers/places/`; divisions (provinces, prefectures, counties) are read at the first question about them,
townships (乡镇、街道) only when one is asked for. Nothing is decided here: every place that bears a name is returned.
"""

from __future__ import annotations

import gzip
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Literal, NamedTuple

from parsers.records import Region

Level = Literal["province", "prefecture", "county", "zone", "township"]

CORPS = "660000"  # 新疆生产建设兵团, which runs the cities directly under the region (自治区直辖县级市)
MUNICIPALITIES = ("11", "12", "31", "50")  # 直辖市
# ISO 3166-2:CN. The code of the Corps (新疆生产建设兵团, 66) is its autonomous region's.
ISO_3166_2 = {
    "11": "CN-BJ", "12": "CN-TJ", "13": "CN-HE", "14": "CN-SX", "15": "CN-NM", "21": "CN-LN", "22": "CN-JL", "23": "CN-HL",
    "31": "CN-SH", "32": "CN-JS", "33": "CN-ZJ", "34": "CN-AH", "35": "CN-FJ", "36": "CN-JX", "37": "CN-SD", "41": "CN-HA",
    "42": "CN-HB", "43": "CN-HN", "44": "CN-GD", "45": "CN-GX", "46": "CN-HI", "50": "CN-CQ", "51": "CN-SC", "52": "CN-GZ",
    "53": "CN-YN", "54": "CN-XZ", "61": "CN-SN", "62": "CN-GS", "63": "CN-QH", "64": "CN-NX", "65": "CN-XJ", "66": "CN-XJ",
}  # fmt: skip

HAN = r"\u3007\u3400-\u9fff\U00020000-\U0003134f"  # Chinese characters, inside a class of a regular expression
# Characters in names that the conversion to simplified script takes for traditional ones (乾县 -> 干县), the other way round.
_AS_NAMED = str.maketrans("干于借蒙泄冢硙𪨶澛𬒈𬕂酂𬶍鲘𪉈鹭", "乾於藉濛洩塚磑輋瀂礐篢酇鮀鮜鴜鷺")

_ETHNIC = (
    "(?:维吾尔|哈萨克|蒙古|柯尔克孜|塔吉克|锡伯|回|彝|壮|藏|苗|侗|土|羌|傣|佤|黎|瑶|水|满|畲|白|京|各|布依|土家|朝鲜|哈尼|傈僳"
    "|拉祜|纳西|景颇|独龙|怒|普米|布朗|仡佬|仫佬|毛南|裕固|保安|东乡|撒拉|达斡尔|鄂温克|鄂伦春)族?"
)
_AUTONOMOUS = re.compile(rf"(?P<stem>.{{2,}}?)(?:{_ETHNIC})+自治[区州县旗]")
_TOWNSHIP_SUFFIX = re.compile(rf"(?:(?:{_ETHNIC})+乡|街道|地区|镇|乡|苏木)$")


class Place(NamedTuple):
    """A code with the name it had from `since` to `until` (years, inclusive; None where the editions begin or end)."""

    code: str
    name: str
    since: int | None
    until: int | None

    @property
    def level(self) -> Level:
        if len(self.code) == 9:
            return "township"
        if self.code.endswith("0000"):
            return "province"
        if self.code.endswith("00"):
            return "prefecture"
        return "zone" if is_zone(self.code) else "county"

    def years_from(self, year: int) -> int:
        """How many years lie between the year and the span of this name; 0 inside it."""
        return max((self.since or year) - year, year - (self.until or year), 0)


def is_zone(code: str) -> bool:
    """Whether the statistics bureau made the code for a functional zone (开发区), which GB/T 2260 does not list."""
    return "71" <= code[4:6] <= "79" and code[2:4] != "90"


def prefix(code: str) -> str:
    """The leading digits that every place inside shares: 620000 -> 62, 620800 -> 6208, 110100 -> 11."""
    if code[:2] in MUNICIPALITIES and code[2:6] in ("0000", "0100", "0200"):
        return code[:2]
    return re.sub(r"(?:0000|00)$", "", code) if len(code) == 6 else code


def contains(outer: str, inner: str) -> bool:
    """Whether the place with the code `outer` is or contains the one with the code `inner`."""
    if outer == CORPS:
        return inner.startswith(("66", "6590"))
    return inner.startswith(("65", "66") if outer == "650000" else prefix(outer))


class Named(NamedTuple):
    """A place by one of its names; `shortened` when the name leaves out its 省, 市, 县, 区."""

    place: Place
    shortened: bool


class Divisions:
    """Provinces, prefectures, counties and zones, by name and by code."""

    def __init__(self, places: Iterable[Place], aliases: Mapping[str, str], zones: Iterable[Place]) -> None:
        self._coded: dict[str, list[Place]] = {}
        self._full: dict[str, list[Place]] = {}
        self._short: dict[str, list[Place]] = {}
        for place in places:
            self._coded.setdefault(place.code, []).append(place)
            self._full.setdefault(place.name, []).append(place)
            for name, is_stem in short_names(place):
                (self._short if is_stem else self._full).setdefault(name, []).append(place)
        for name, code in aliases.items():  # 巴州 is 巴音郭楞's, unless it is short for 巴州区
            (self._short if name in self._short else self._full).setdefault(name, []).extend(self._coded[code])
        for zone in zones:
            self._full.setdefault(zone.name, []).append(zone)
        self._longest: dict[str, int] = {}  # of the names that begin with these two characters
        for name in (*self._full, *self._short):
            self._longest[name[:2]] = max(len(name), self._longest.get(name[:2], 0))

    def __iter__(self) -> Iterator[Place]:
        return (place for places in self._coded.values() for place in places)

    def named(self, name: str) -> Sequence[Place]:
        """Places whose name this is, or the name with its peoples left out (恩施州, 峨边县)."""
        return self._full.get(name, ())

    def shortened(self, name: str) -> Sequence[Place]:
        """Places whose name this is without its 省, 市, 县, 区: 临平, 平凉."""
        return self._short.get(name, ())

    def starting(self, text: str, start: int) -> Iterator[tuple[int, list[Named]]]:
        """(end, the places that text[start:end] names), the longest name first."""
        longest = self._longest.get(text[start : start + 2], 0)
        for end in range(min(start + longest, len(text)), start + 1, -1):
            name = text[start:end]
            named = [Named(place, shortened=False) for place in self.named(name)]
            named += [Named(place, shortened=True) for place in self.shortened(name)]
            if named:
                yield end, named

    def is_division(self, place: Place) -> bool:
        """Whether the place has a government of its own; a zone (开发区) bears a code of the bureau or its seat."""
        return not is_zone(place.code) and place in self._coded[place.code]

    def at(self, code: str, year: int) -> Place | None:
        """The place that had the code in the year, or nearest to it."""
        return min(self._coded.get(code, ()), key=lambda place: place.years_from(year), default=None)


class Townships:
    """Townships by name and by stem; rows are split when they are asked for, as there are fifty thousand of them."""

    def __init__(self, rows: Iterable[str]) -> None:
        self._rows: dict[str, list[str]] = defaultdict(list)
        for row in rows:
            self._rows[township_stem(row.split(",", 2)[1])].append(row)

    def __iter__(self) -> Iterator[Place]:
        return (_place(row) for rows in self._rows.values() for row in rows)

    def akin(self, name: str) -> tuple[Place, ...]:
        """Every township with the stem of this name, whatever it is now: 高峰乡 also gives 高峰镇 and 高峰街道."""
        stems = spellings(township_stem(name))
        return tuple(_place(row) for stem in stems for row in self._rows.get(stem, ()))

    def named(self, name: str) -> tuple[Place, ...]:
        """The townships of this name."""
        return tuple(place for place in self.akin(name) if place.name in spellings(name))


def spellings(name: str) -> tuple[str, ...]:
    """A name, and the same with the characters put back that simplification takes for traditional: 干县, 乾县."""
    as_named = name.translate(_AS_NAMED)
    return (name,) if as_named == name else (name, as_named)


def short_names(place: Place) -> Iterable[tuple[str, bool]]:
    """(name, whether it is a bare stem): 崇信县 gives 崇信; 恩施土家族苗族自治州 gives 恩施州 and 恩施."""
    if is_zone(place.code):
        return
    if "自治" in place.name:
        without_peoples = _AUTONOMOUS.fullmatch(place.name)
        # 东乡族自治县, 鄂伦春自治旗 are named after the people alone; 内蒙古 is a name of its own.
        stem = without_peoples["stem"] if without_peoples else place.name[:-3].removesuffix("族")
        yield stem + place.name[-1], False
    elif place.name.endswith("行政委员会"):  # 大柴旦行政委员会
        stem = place.name[:-5]
        yield stem + "行委", False
    else:
        stem = place.name[: -2 if place.name.endswith(("地区", "林区", "特区")) else -1]
    if len(stem) > 1:
        yield stem, True


def township_stem(name: str) -> str:
    """高峰乡, 高峰镇 and 高峰街道 -> 高峰."""
    if name.endswith(("镇", "街道")):  # nine of ten, and this runs over every row
        return name[:-1] if name[-1] == "镇" else name[:-2]
    return _TOWNSHIP_SUFFIX.sub("", name) or name


@lru_cache(maxsize=1)
def divisions() -> Divisions:
    """All divisions down to the county; reads 30 KB at the first call."""
    places = (_place(row) for row in _rows("divisions.csv.gz"))
    aliases = dict(row.split(",") for row in _rows("aliases.csv"))
    zones = (Place(seat, name, None, int(until or 0) or None) for name, seat, until in map(_cells, _rows("zones.csv")))
    return Divisions(places, aliases, zones)


@lru_cache(maxsize=1)
def townships() -> Townships:
    """All townships; reads 400 KB at the first call."""
    return Townships(_rows("townships.csv.gz"))


def region_of(place: Place, year: int) -> Region:
    """The record of a place as it was called in the year.

    The path leaves out the levels that name no place: ("北京市", "朝阳区"), ("湖北省", "仙桃市"), ("广东省", "东莞市",
    "长安镇"). A functional zone stands at its seat, the prefecture or county around it; the townships in it keep its name.
    """
    code = place.code
    if is_zone(code) and len(code) == 6:
        return _region(code[:4] + "00" if divisions().at(code[:4] + "00", year) else code[:2] + "0000", (), year)
    return _region(code, (place.name,) if len(code) == 9 else (), year)


def _region(code: str, tail: tuple[str, ...], year: int) -> Region:
    above = dict.fromkeys((code[:2] + "0000", code[:4] + "00", code[:6]))
    if code.startswith("66"):
        above = dict.fromkeys(("650000", "660000"))
    held = (divisions().at(part, year) for part in above)
    return Region(code, tuple(place.name for place in held if place) + tail, ISO_3166_2[code[:2]])


def _place(row: str) -> Place:
    code, name, since, until = row.split(",")
    return Place(code, name, int(since) if since else None, int(until) if until else None)


def _cells(row: str) -> list[str]:
    return row.split(",")


def _rows(name: str) -> list[str]:
    """The lines of a data file without the first, which names the columns."""
    data = (files("parsers.places") / name).read_bytes()
    return (gzip.decompress(data) if name.endswith(".gz") else data).decode().splitlines()[1:]
