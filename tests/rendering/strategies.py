"""Hypothesis strategies: figures whose identities hold, and layouts to print them in."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import Literal, cast

from hypothesis import strategies as st

from flows.sample.figures import APPLICANTS, OUTCOMES, PageFigures, synthetic_figures
from flows.sample.forms import Key, codebook, figure_keys
from tests.rendering import layout as layouts_
from tests.rendering.chrome import CHROMES
from tests.rendering.draft import Draft, draft_report
from tests.rendering.dresses import DRESSES
from tests.rendering.identities import LEGACY_SUMS
from tests.rendering.layout import Layout
from tests.rendering.linear import SHAPES
from tests.rendering.printing import EMPTY_MARKS, blanked, zeros_left_blank
from tests.rendering.writing import Charset, Script

TEMPLATES = ("legacy-2017", "modern-2019", "modern-2021")
ORGANIZATIONS = ("崇信县人民政府", "岳阳市人民政府", "杭州市临平区人民政府", "浙江省财政厅", "陕西省教育厅")


def distinct_figures(template: str, start: int = 101) -> PageFigures:
    """Figures of which hardly two are alike, identities kept: a value in a wrong cell cannot go unseen."""
    numbers = count(start)
    values: dict[Key, float | None] = {key: float(next(numbers)) for key in figure_keys(template)}

    def put(key: Key, parts: list[Key]) -> None:
        values[key] = sum(values[part] or 0.0 for part in parts)

    if template == "legacy-2017":
        for total, names in reversed(LEGACY_SUMS.items()):
            parts = [("statistics", f"{total.removesuffix('.total')}.{name}", "value") for name in names]
            put(("statistics", total, "value"), cast("list[Key]", parts))
        values["statistics", "proactive.normative_documents_issued", "value"] = float(next(numbers))
        return PageFigures(template, values)
    items = [item["key"] for item in codebook(template)["applications"]["items"]]
    results = items[items.index("granted") : items.index("concluded")]
    for applicant in APPLICANTS:
        put(("applications", "concluded", applicant), [("applications", item, applicant) for item in results])
        came = [("applications", item, applicant) for item in ("concluded", "carried_out")]
        put(("applications", "received", applicant), cast("list[Key]", came))
        received = values["applications", "received", applicant] or 0.0
        values["applications", "received", applicant] = received - (values["applications", "carried_in", applicant] or 0.0)
    for item in items:
        put(("applications", item, "total"), [("applications", item, applicant) for applicant in APPLICANTS])
    for item in ("reconsideration", "litigation_direct", "litigation_after_reconsideration"):
        put(("proceedings", item, "total"), [("proceedings", item, outcome) for outcome in OUTCOMES])
    return PageFigures(template, values)


@dataclass(frozen=True)
class Recipe:
    """How a report was made: short enough to read in a failing test, and enough to make it again."""

    template: str
    source: Literal["distinct", "synthetic"]
    number: int  # the first of the distinct figures, or the seed
    size: int = 40
    organization: str = ORGANIZATIONS[0]
    year: int | None = None  # that of the template where None
    variety: int = 0
    zeros_blank: bool = False
    gaps: tuple[tuple[str, str], ...] = ()  # (table, item) left blank, whatever they were

    def draft(self) -> Draft:
        if self.source == "distinct":
            figures = distinct_figures(self.template, self.number)
        else:
            figures = synthetic_figures(self.template, self.number, size=self.size)
        draft = draft_report(figures, organization=self.organization, year=self.year, variety=self.variety)
        return blanked(*self.gaps)(zeros_left_blank(draft) if self.zeros_blank else draft)


@st.composite
def recipes(draw: st.DrawFn, *, gaps: bool = False, template: str | None = None) -> Recipe:
    """Reports of any template, or of this one; their figures all different, or plausible, or all zero, or large."""
    template = template or draw(st.sampled_from(TEMPLATES))
    distinct = draw(st.booleans())
    items = sorted({key[:2] for key in figure_keys(template)})
    return Recipe(
        template=template,
        source="distinct" if distinct else "synthetic",
        number=draw(st.sampled_from((1, 11, 101, 1001)) if distinct else st.integers(0, 10_000)),
        size=draw(st.sampled_from((40, 0, 4, 3000))),
        organization=draw(st.sampled_from(ORGANIZATIONS)),
        variety=draw(st.integers(0, 30)),
        zeros_blank=draw(st.integers(0, 4)) == 4,
        gaps=tuple(draw(st.lists(st.sampled_from(items), max_size=4, unique=True))) if gaps else (),
    )


def _maybe(*names: str) -> st.SearchStrategy[str]:
    """One of the names, or (in half of the layouts) none."""
    return st.one_of(st.just(""), st.sampled_from(names))


@st.composite
def layouts(draw: st.DrawFn, template: str, *, text: bool | None = None) -> Layout:
    """A layout for reports of a template; `text`: as plain text, or not."""
    modern = template != "legacy-2017"
    tables: list[str] = []
    if modern and draw(st.integers(0, 5)) == 0:
        tables = ["one_table"]
    elif modern:
        tables = [draw(_maybe(*registry)) for registry in (layouts_.DISCLOSURE, layouts_.PROCEEDINGS, layouts_.SPLITS)]
    text = draw(st.integers(0, 3)) == 0 if text is None else text
    return Layout(
        columns=draw(_maybe(*(layouts_.APPLICATIONS if modern else layouts_.STATISTICS))),
        tables=tuple(filter(None, tables)),
        rows=draw(_maybe(*layouts_.EXTRA_ROWS)),
        spans=draw(_maybe(*layouts_.SPANS)),
        variants=tuple(
            draw(st.lists(st.sampled_from(sorted(layouts_.VARIANTS)), max_size=3, unique_by=lambda v: v.split(">")[0]))
        ),
        numbering=draw(_maybe(*layouts_.NUMBERINGS)),
        spacing=draw(_maybe(*layouts_.SPACINGS)),
        prints=draw(_maybe(*layouts_.PRINTS)),
        amounts=draw(_maybe(*layouts_.AMOUNTS)),
        blanks=draw(_maybe(*EMPTY_MARKS)),
        headings=draw(_maybe(*layouts_.HEADINGS)),
        shape=draw(st.sampled_from(sorted(SHAPES))) if text else "",
        dress="plain" if text else draw(st.sampled_from(sorted(DRESSES))),
        chrome="bare" if text else draw(st.sampled_from(sorted(CHROMES))),
        charset=cast("Charset", draw(st.sampled_from(("utf-8", "utf-8", "utf-8-sig", "gb2312", "gbk", "gb18030")))),
        script=cast("Script", draw(st.sampled_from(("simplified", "simplified", "traditional", "overconverted")))),
    )
