"""The sums that the official layout promises (勾稽关系), checked over the figures of one table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from parsers.codebook import Identity, Place, Table
from parsers.records import Issue

TOLERANCE = 1e-6  # counts are exact; amounts carry decimal fractions that binary numbers cannot hold


@dataclass(frozen=True, slots=True)
class Instance:
    """One identity at one place: for one column of the table, or for one item."""

    identity: Identity
    left: tuple[Place, ...]
    right: tuple[Place, ...]

    @property
    def places(self) -> tuple[Place, ...]:
        return (*self.left, *self.right)


@dataclass(frozen=True, slots=True)
class Broken:
    instance: Instance
    left: float
    right: float

    @property
    def difference(self) -> float:
        return self.left - self.right


@cache
def instances(table: Table) -> tuple[Instance, ...]:
    """Every identity of the table, written out for each of its columns or items."""
    return tuple(_expand(table))


def _expand(table: Table) -> Iterator[Instance]:
    for identity in table.identities:
        if identity.each == "column":
            for column in table.columns:
                left, right = (
                    [Place(table.key, item, column.key) for item in side] for side in (identity.left, identity.right)
                )
                yield Instance(identity, tuple(left), tuple(right))
        else:
            for item in table.items:
                left, right = (
                    [Place(table.key, item.key, column) for column in side] for side in (identity.left, identity.right)
                )
                yield Instance(identity, tuple(left), tuple(right))


def broken(table: Table, values: Mapping[Place, float | None]) -> list[Broken]:
    """The identities that these figures break. Blank parts count as nothing; a total that is blank breaks no sum."""
    found: list[Broken] = []
    for instance in instances(table):
        left, right = _stated(instance.left, values), _stated(instance.right, values)
        equal = instance.identity.relation == "="
        if not left or not right:
            if equal and _total_without_parts(instance, values):
                found.append(Broken(instance, sum(left), 0.0))
            continue
        total, parts = sum(left), sum(right)
        holds = abs(total - parts) <= TOLERANCE if equal else total <= parts + TOLERANCE
        if not holds:
            found.append(Broken(instance, total, parts))
    return found


def _stated(places: tuple[Place, ...], values: Mapping[Place, float | None]) -> list[float]:
    return [value for place in places if (value := values.get(place)) is not None]


def _total_without_parts(instance: Instance, values: Mapping[Place, float | None]) -> bool:
    return (
        len(instance.left) == 1 and bool(values.get(instance.left[0])) and all(place in values for place in instance.right)
    )


def holding(table: Table, values: Mapping[Place, float | None]) -> int:
    """How many identities hold over figures that are not all nothing: witnesses that a reading is right."""
    return sum(
        1
        for instance in instances(table)
        if (left := _sum(instance.left, values)) and abs(left - _sum(instance.right, values)) <= TOLERANCE
    )


def _sum(places: tuple[Place, ...], values: Mapping[Place, float | None]) -> float:
    return sum(values.get(place) or 0.0 for place in places)


def mending_cell(table: Table, values: Mapping[Place, float | None], faults: list[Broken]) -> tuple[Place, float] | None:
    """The one cell whose change would mend every broken identity of the table and break none, with the value it would need.

    None where there is no such cell or more than one. Nothing is changed: which figure is wrong is for the author to say.
    """
    if not faults:
        return None
    candidates: dict[Place, float] | None = None
    for fault in faults:
        needs = dict.fromkeys(fault.instance.left, -fault.difference) | dict.fromkeys(fault.instance.right, fault.difference)
        candidates = (
            needs
            if candidates is None
            else {
                place: change
                for place, change in candidates.items()
                if abs(needs.get(place, change + 1) - change) <= TOLERANCE
            }
        )
    broken_here = {id(fault.instance) for fault in faults}
    holds_elsewhere = {
        place
        for instance in instances(table)
        if id(instance) not in broken_here and _says_something(instance, values)
        for place in instance.places
    }
    fitting = {
        place: (values.get(place) or 0.0) + change
        for place, change in (candidates or {}).items()
        if place not in holds_elsewhere and (values.get(place) or 0.0) + change >= 0
    }
    return next(iter(fitting.items())) if len(fitting) == 1 else None


def _says_something(instance: Instance, values: Mapping[Place, float | None]) -> bool:
    return any(values.get(place) is not None for place in instance.left)


def identity_issues(
    table: Table, values: Mapping[Place, float | None], labels: Mapping[Place, str], *, agreed: bool | None
) -> Iterator[Issue]:
    """An error issue for each broken identity. `agreed`: did two independent readings of the table give the same figures?"""
    faults = broken(table, values)
    mend = mending_cell(table, values, faults)
    witness = {
        True: "; both readings of the table agree, so the report itself does not add up",
        False: "; the two readings of the table differ, so the fault may be ours",
        None: "",
    }[agreed]
    for fault in faults:
        place = fault.instance.left[0]
        relation = "exceeds" if fault.instance.identity.relation == "<=" else "does not equal"
        mended = f"; {labels[mend[0]]} = {mend[1]:g} would mend it" if mend else ""
        yield Issue(
            "error",
            "identity",
            f"{fault.instance.identity.id}: {_side(fault.instance.left, labels)} = {fault.left:g} {relation} "
            f"{_side(fault.instance.right, labels)} = {fault.right:g}{mended}{witness}",
            *(mend[0] if mend else place),
        )


def _side(places: tuple[Place, ...], labels: Mapping[Place, str]) -> str:
    if len(places) <= 2:
        return " + ".join(labels[place] for place in places)
    return f"the sum of {labels[places[0]]} … {labels[places[-1]]}"
