"""What the tests of all carriers share: one report, and what must be read of it whatever it is written in."""

from __future__ import annotations

from dataclasses import dataclass

from flows.sample.figures import PageFigures
from flows.sample.forms import Key
from flows.sample.narrative import Block, report_blocks
from parsers.parse import parse
from parsers.records import Report
from tests.rendering.strategies import distinct_figures

ORGANIZATION = "崇信县人民政府"
TEMPLATES = ("legacy-2017", "modern-2019", "modern-2021")


@dataclass(frozen=True)
class Carried:
    """A report to be written into some carrier. Hardly two of its figures are alike, so a swapped cell cannot go unseen."""

    figures: PageFigures
    year: int

    @property
    def title(self) -> str:
        return f"{ORGANIZATION}{self.year}年政府信息公开工作年度报告"

    @property
    def blocks(self) -> tuple[Block, ...]:
        return report_blocks(ORGANIZATION, self.year, self.figures)

    def assert_read(self, payload: bytes, file_name: str) -> Report:
        """Every figure, the year, the organisation, all sections, and nothing to complain of."""
        report = parse(payload, file_name=file_name)
        assert report.template == self.figures.template
        assert differences(report, self.figures) == {}
        assert (report.year, report.organization, report.title) == (self.year, ORGANIZATION, self.title)
        assert [section.heading[:2] for section in report.sections] == ["", "一、", "二、", "三、", "四、", "五、", "六、"]
        assert report.issues == ()
        return report


def carried(template: str, figures: PageFigures | None = None) -> Carried:
    return Carried(figures or distinct_figures(template), {"legacy-2017": 2017, "modern-2019": 2019}.get(template, 2023))


def differences(report: Report, figures: PageFigures) -> dict[Key, tuple[float | None, float | None]]:
    """Figures read otherwise than printed: printed and read value."""
    read = {(figure.table, figure.item, figure.column): figure.value for figure in report.figures}
    assert set(read) == set(figures.values)
    return {key: (value, read[key]) for key, value in figures.values.items() if read[key] != value}
