"""What the narrative says of the same figures, held against the tables. A pattern stops at its clause."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from parsers.codebook import Place
from parsers.normal import normalise
from parsers.records import Figure, Issue, Section

_N = r"([0-9][0-9,]*)(?:余)?(?:件|宗|起|份|条|次)"
_APPLICATIONS = r"(?:政府信息)?(?:依申请公开|公开申请|申请公开|信息公开申请|依申请|申请)[^。;,、()0-9]{0,16}"
# Each pattern must be the whole body's own count: a clause that says 其中 speaks of a part.
_RECEIVED = re.compile(
    rf"(?:共|全年|本年度?|今年|年)[^。;,、()其中0-9]{{0,14}}(?:受理|收到|新收|办理)[^。;,、()0-9]{{0,12}}{_APPLICATIONS}{_N}"
)
_NONE_RECEIVED = re.compile(
    r"未(?:收到|受理|接到)[^。;,]{0,16}(?:依申请公开|公开申请|申请公开|信息公开的申请|信息公开申请|公开的申请)"
)
_CARRIED_OUT = re.compile(
    rf"(?:结转|延至|顺延到|顺延至|转至?)(?:到|至)?(?:下年度?|下一年度?|次年)[^。;,0-9]{{0,10}}{_N}|{_N}[^。;,0-9]{{0,12}}(?:结转|延至|顺延到|顺延至)(?:到|至)?(?:下年度?|下一年度?|次年)"
)
_RECONSIDERATION = re.compile(rf"行政复议(?:案件|申请)?{_N}|{_N}(?:政府信息公开)?行政复议(?:案件|申请)?")
_LITIGATION = re.compile(rf"行政诉讼(?:案件)?{_N}|{_N}(?:政府信息公开)?行政诉讼(?:案件)?")
_NO_PROCEEDINGS = re.compile(r"(?:未|没有|无)[^。;,]{0,24}行政复议[^。;]{0,16}行政诉讼")


def prose_issues(sections: tuple[Section, ...], figures: tuple[Figure, ...]) -> Iterator[Issue]:
    """A warning for each count that the narrative states otherwise than the modern tables do.

    Only a warning: 收到 may or may not include those carried in, and a narrative may speak of one department. Received counts
    are therefore accepted with and without the applications carried in.
    """
    values = {
        Place(figure.table, figure.item, figure.column): figure.value for figure in figures if figure.column == "total"
    }
    text = normalise("\n".join(section.text for section in sections))
    received, carried_in = _of(values, "received"), _of(values, "carried_in")
    if received is not None:
        accepted = {received, received + (carried_in or 0.0), _of(values, "concluded") or received}
        yield from _differs(_RECEIVED, text, accepted, "received", "收到申请")
        if received > 0 and (match := _NONE_RECEIVED.search(text)):
            yield _issue("received", match[0], received)
    carried_out = _of(values, "carried_out")
    if carried_out is not None:
        yield from _differs(_CARRIED_OUT, _sentences_with(("转", "延"), text), {carried_out}, "carried_out", "结转下年度")
    yield from _proceedings(values, text)
    yield from _said_alone(figures, text)


def _said_alone(figures: tuple[Figure, ...], text: str) -> Iterator[Issue]:
    """What the text counts of a table that is not printed. Its figures stay null: 行政复议28件 may be those received or those
    concluded, of the body itself or of the whole county, and no sum could tell."""
    for table, patterns in (
        ("applications", (_RECEIVED, _NONE_RECEIVED, _CARRIED_OUT)),
        ("proceedings", (_RECONSIDERATION, _LITIGATION, _NO_PROCEEDINGS)),
    ):
        if {figure.absence for figure in figures if figure.table == table} == {"table_missing"}:
            said = [match[0] for match in (pattern.search(text) for pattern in patterns) if match]
            if said:
                clauses = ", ".join(f"“{clause[-40:]}”" for clause in said)
                yield Issue("info", "prose_only", f"the text alone says {clauses}; no table of it is printed", table)


def _proceedings(values: Mapping[Place, float | None], text: str) -> Iterator[Issue]:
    reconsideration = values.get(Place("proceedings", "reconsideration", "total"))
    if reconsideration is not None:
        for match in _matches(_RECONSIDERATION, _sentences_with(("行政复议",), text)):
            if match[1] != reconsideration:
                yield Issue(
                    "warning", "prose", _message(match[0], reconsideration), "proceedings", "reconsideration", "total"
                )
    direct = values.get(Place("proceedings", "litigation_direct", "total"))
    after = values.get(Place("proceedings", "litigation_after_reconsideration", "total"))
    if direct is not None and after is not None:
        for match in _matches(_LITIGATION, _sentences_with(("行政诉讼",), text)):
            if match[1] not in (direct, after, direct + after):
                yield Issue(
                    "warning", "prose", _message(match[0], direct + after), "proceedings", "litigation_direct", "total"
                )


def _of(values: Mapping[Place, float | None], item: str) -> float | None:
    return values.get(Place("applications", item, "total"))


def _sentences_with(words: Sequence[str], text: str) -> str:
    """The sentences that hold one of the words: all of the text that a pattern needs to see which holds one, and no 。 or ;."""
    if not any(word in text for word in words):
        return ""
    sentences = text.replace(";", "。").split("。")
    return "。".join([sentence for sentence in sentences if any(word in sentence for word in words)])


def _matches(pattern: re.Pattern[str], text: str) -> list[tuple[str, float]]:
    """The clauses that state a number, and the number; none where the text states several (then each speaks of a part)."""
    found = []
    for match in pattern.finditer(text):
        digits = next(group for group in match.groups() if group)
        found.append((match[0], float(digits.replace(",", ""))))
    return found if len({number for _, number in found}) == 1 else []


def _differs(pattern: re.Pattern[str], text: str, accepted: set[float], item: str, _name: str) -> Iterator[Issue]:
    for clause, number in _matches(pattern, text)[:1]:
        if number not in accepted:
            yield _issue(item, clause, min(accepted))


def _issue(item: str, clause: str, value: float) -> Issue:
    return Issue("warning", "prose", _message(clause, value), "applications", item, "total")


def _message(clause: str, value: float) -> str:
    return f"the text says “{clause[-40:]}”, the table {value:g}"
