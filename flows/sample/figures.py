"""The figures of one report, and two sources of them: data files with real figures, and a seeded generator.

A synthetic report keeps every identity (勾稽关系) of the codebook, and the years of one body follow from each other: what
one year carries out the next carries in.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from importlib import resources
from random import Random

from flows.sample.forms import Form, Key, codebook, figure_keys, fill, official_forms

APPLICANTS = (
    "natural_person",
    "commercial_enterprise",
    "research_institution",
    "public_welfare_organization",
    "legal_service_organization",
    "other",
)
OUTCOMES = ("upheld", "corrected", "other", "pending")


@dataclass(frozen=True, slots=True)
class PageFigures:
    """What a report says: a value for each figure of its template (None: the cell is blank), and how it is printed.

    `printed` holds the cells whose text is not the plain number: "0件", "／", "251000元". Where a unit or a dash stands in a
    cell, `values` still holds what a reader must make of it.
    """

    template: str
    values: Mapping[Key, float | None]
    printed: Mapping[Key, str] = field(default_factory=dict)

    def text(self, key: Key) -> str:
        """What the cell of this figure prints; blank where there is no value."""
        if key in self.printed:
            return self.printed[key]
        value = self.values.get(key)
        if value is None:
            return ""
        return f"{plain_number(value)}万元" if key == ("disclosure", "procurement", "amount") else plain_number(value)

    def forms(self) -> tuple[Form, ...]:
        """The official forms of the template, filled in."""
        texts = {key: self.text(key) for key in figure_keys(self.template)}
        return tuple(fill(form, texts) for form in official_forms(self.template))

    def with_values(self, changes: Mapping[Key, float | None]) -> PageFigures:
        return replace(self, values={**self.values, **changes})

    def with_printed(self, changes: Mapping[Key, str]) -> PageFigures:
        return replace(self, printed={**self.printed, **changes})


def plain_number(value: float) -> str:
    """`13.0` as "13", `265.994` as "265.994"; never an exponent."""
    return format(Decimal(repr(value)).normalize(), "f")


def load_figures(name: str) -> PageFigures:
    """Read `figures/<name>.toml`: a line for each item, its values in the order of the columns, "" for a blank cell."""
    text = resources.files("flows.sample").joinpath("figures", f"{name}.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    keys = figure_keys(data["template"])
    values: dict[Key, float | None] = {}
    for table, items in data.items():
        if isinstance(items, dict):
            for item, numbers in items.items():
                columns = [key for key in keys if key[:2] == (table, item)]
                row = numbers if isinstance(numbers, list) else [numbers]
                values.update(zip(columns, (None if number == "" else float(number) for number in row), strict=True))
    if set(values) != set(keys):
        raise ValueError(f"{name}.toml does not hold the figures of {data['template']}")
    return PageFigures(data["template"], values)


def synthetic_figures(template: str, seed: int, *, size: int = 40, before: PageFigures | None = None) -> PageFigures:
    """Figures that respect every identity of the template; `size` is about how many applications a natural person makes.

    `before` is the same body's report of the year before: its carried-out applications are carried in, and its documents
    in force (现行有效) grow by those issued and shrink by those repealed.
    """
    random = Random(f"{template}/{seed}")  # noqa: S311 - a sample, not a secret
    if template == "legacy-2017":
        return PageFigures(template, _statistics(random, size))
    values = _applications(random, template, size, before)
    values.update(_proceedings(random, size))
    values.update(_disclosure(random, template, size, before))
    return PageFigures(template, {key: values[key] for key in figure_keys(template)})


def share_out(random: Random, total: int, weights: Sequence[float]) -> list[int]:
    """Split a whole number into parts that add up to it, larger where the weight is larger."""
    parts = [0] * len(weights)
    for place in random.choices(range(len(weights)), weights=weights, k=total):
        parts[place] += 1
    return parts


def _applications(random: Random, template: str, size: int, before: PageFigures | None) -> dict[Key, float | None]:
    items = [item["key"] for item in codebook(template)["applications"]["items"]]
    handled = items[items.index("granted") : items.index("concluded")]
    weights = [8.0, 3.0, *(0.25 for _ in handled[2:])]
    weights[handled.index("unavailable.not_held")] = 4.0
    rows: dict[str, list[int]] = {item: [] for item in items}
    for applicant in APPLICANTS:
        scale = {"natural_person": 1.0, "commercial_enterprise": 0.2}.get(applicant, 0.04)
        concluded = random.randint(round(size * scale / 2), round(size * scale * 1.5))
        inherited = before.values.get(("applications", "carried_out", applicant)) if before else None
        carried_in = random.randint(0, concluded // 8) if inherited is None else int(inherited)
        concluded = max(concluded, carried_in)
        carried_out = random.randint(0, concluded // 8)
        rows["carried_in"].append(carried_in)
        rows["concluded"].append(concluded)
        rows["carried_out"].append(carried_out)
        rows["received"].append(concluded + carried_out - carried_in)
        for item, part in zip(handled, share_out(random, concluded, weights), strict=True):
            rows[item].append(part)
    return {
        ("applications", item, column): float(number)
        for item, row in rows.items()
        for column, number in zip((*APPLICANTS, "total"), (*row, sum(row)), strict=True)
    }


def _proceedings(random: Random, size: int) -> dict[Key, float | None]:
    values: dict[Key, float | None] = {}
    for item, share in (("reconsideration", 12), ("litigation_direct", 30), ("litigation_after_reconsideration", 50)):
        total = random.randint(0, max(1, size // share))
        for outcome, part in zip(OUTCOMES, share_out(random, total, (4, 1, 2, 1)), strict=True):
            values["proceedings", item, outcome] = float(part)
        values["proceedings", item, "total"] = float(total)
    return values


def _disclosure(random: Random, template: str, size: int, before: PageFigures | None) -> dict[Key, float | None]:
    numbers: dict[tuple[str, str], float]
    if template == "modern-2019":
        made = random.randint(0, 12)
        numbers = {
            ("regulations", "made"): 0,
            ("regulations", "published"): 0,
            ("regulations", "public_total"): 0,
            ("normative_documents", "made"): made,
            ("normative_documents", "published"): random.randint(0, made),
            ("normative_documents", "public_total"): made + random.randint(5, 80),
            ("fees", "previous"): random.randint(3, 20),
            ("fees", "change"): random.randint(-3, 2),
            ("procurement", "projects"): random.randint(5, 300),
            ("procurement", "amount"): random.randint(10_000, 9_000_000) / 100,
        }
        for item in ("licenses", "other_services", "penalties", "coercive_measures"):
            numbers[item, "previous"] = random.randint(20, 400)
            numbers[item, "change"] = random.randint(-20, 30)
            numbers[item, "decisions"] = random.randint(0, size * 60)
    else:
        issued, repealed = random.randint(0, 12), random.randint(0, 6)
        in_force = before.values.get(("disclosure", "normative_documents", "in_force")) if before else None
        stock = random.randint(repealed, 120) if in_force is None else int(in_force)
        repealed = min(repealed, stock)
        numbers = {
            ("regulations", "issued"): 0,
            ("regulations", "repealed"): 0,
            ("regulations", "in_force"): 0,
            ("normative_documents", "issued"): issued,
            ("normative_documents", "repealed"): repealed,
            ("normative_documents", "in_force"): stock + issued - repealed,
            ("licenses", "decisions"): random.randint(0, size * 200),
            ("penalties", "decisions"): random.randint(0, size * 80),
            ("coercive_measures", "decisions"): random.randint(0, size * 6),
            ("fees", "amount"): random.randint(0, size * 40_000) / 1000,
        }
    return {("disclosure", item, column): float(number) for (item, column), number in numbers.items()}


def _statistics(random: Random, size: int) -> dict[Key, float | None]:
    """The legacy table: totals are drawn, their parts shared out, the rest drawn by themselves."""
    numbers: dict[str, int] = {}

    def part(total: str, weights: Mapping[str, float]) -> None:
        for name, number in zip(weights, share_out(random, numbers[total], tuple(weights.values())), strict=True):
            numbers[f"{total.removesuffix('.total')}.{name}"] = number

    for item in ("gazette", "website", "weibo", "wechat", "other"):
        numbers[f"proactive.channel.{item}"] = random.randint(0, size * 100)
    numbers["proactive.total"] = sum(numbers.values()) + random.randint(0, size)
    numbers["proactive.normative_documents_issued"] = random.randint(0, 40)
    numbers["proactive.normative_documents"] = random.randint(0, numbers["proactive.normative_documents_issued"])
    for item in ("hot_topics", "weibo_wechat", "other", "policy_interpretations"):
        numbers[f"responses.{item}"] = random.randint(0, 60)
    for item in ("press_conferences", "online_interviews"):
        numbers[f"responses.{item}"] = random.randint(0, 12)
        numbers[f"responses.{item}_by_head"] = random.randint(0, numbers[f"responses.{item}"])

    numbers["applications.received"] = random.randint(0, size * 2)
    part("applications.received", {"in_person": 3, "fax": 0.2, "online": 5, "letter": 2})
    numbers["applications.concluded"] = numbers["applications.answered"] = numbers["applications.received"]
    part("applications.concluded", {"on_time": 9, "extended": 1})
    answers = {"already_public": 2, "granted": 5, "partially_granted": 1, "refused": 1, "not_this_agency": 1}
    part("applications.answered", {**answers, "nonexistent": 1, "asked_to_amend": 0.5, "other_channel": 0.5})
    reasons = ("state_secret", "trade_secret", "privacy", "security_and_stability", "not_government_information")
    part("applications.answered.refused", dict.fromkeys((*reasons, "other_statutory"), 1.0))
    for item in ("reconsideration", "litigation"):
        numbers[f"{item}.total"] = random.randint(0, max(2, size // 12))
        part(f"{item}.total", {"upheld": 4, "corrected": 1, "other": 2})
    numbers["complaints.total"] = random.randint(0, 2)

    numbers["institution.staff"] = random.randint(2, size + 2)
    part("institution.staff", {"full_time": 1, "part_time": 4})
    for item, most in (("dedicated_units", 30), ("reading_points", 20)):
        numbers[f"institution.{item}"] = random.randint(1, most)
    for item, most in (("meetings", 12), ("courses", 8), ("trainees", 400)):
        numbers[f"training.{item}"] = random.randint(0, most)
    values: dict[Key, float | None] = {("statistics", item, "value"): float(number) for item, number in numbers.items()}
    values["statistics", "fees.amount", "value"] = 0.0
    values["statistics", "institution.special_funds", "value"] = random.randint(0, size * 10) / 10
    return {key: values[key] for key in figure_keys("legacy-2017")}
