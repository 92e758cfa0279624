"""Which partitions of the lake a run may publish."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable

from storage.documents import Selector
from storage.layout import DataDirectory, Partition
from storage.ledger import Ledger
from storage.predecessors import year_before
from storage.publication import partitions_of, stale_partitions
from storage.withholding import withheld_partitions


class DuePartitions:
    """The partitions in which the lake is behind the ledger, as far as a run is about them.

    A report is held against that of the year before, so that the partition of the year after follows each that changed.
    """

    def __init__(self, data: DataDirectory, ledger: Ledger, years: Collection[int]) -> None:
        self._data, self._ledger = data, ledger
        self._years = frozenset(years)
        self._only: tuple[str, ...] | None = None
        self._held: set[Partition] = set()  # partitions that held these documents at the beginning
        self.withheld: dict[str, int] = {}  # portal -> partitions not given by `stale` on its account, as of its last call

    def limit_to(self, documents: Iterable[str]) -> None:
        """Leave every partition alone but those that hold these documents, before the run or after it."""
        self._only = tuple(documents)
        self._held = self._partitions_of_only()

    def stale(self) -> list[Partition]:
        """Those to publish now, without those that are withheld."""
        touched = None if self._only is None else self._held | self._partitions_of_only()
        stale = [
            partition
            for partition in stale_partitions(self._data, self._ledger)
            if self._is_of_years(partition)
            and (touched is None or partition in touched or year_before(partition) in touched)
        ]
        withheld = withheld_partitions(self._ledger)
        self.withheld = dict(Counter(portal for partition in stale for portal in withheld.get(partition, ())))
        return [partition for partition in stale if partition not in withheld]

    @property
    def warnings(self) -> list[str]:
        """What a person should know of what was withheld."""
        return [
            f"{count} partitions are withheld, for the lists of {portal} gave less than they must; the next harvest to which "
            f"they give enough publishes them, or `nianbao rerun --stage publish --portal {portal}`"
            for portal, count in sorted(self.withheld.items())
        ]

    def _is_of_years(self, partition: Partition) -> bool:
        before = year_before(partition)
        return not self._years or before is None or not self._years.isdisjoint((partition.year, before.year))

    def _partitions_of_only(self) -> set[Partition]:
        return partitions_of(self._ledger, Selector(documents=self._only)) if self._only else set()
