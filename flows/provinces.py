"""Which provinces are complete: no portal of theirs is under way any more, so that nothing more will come for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from parsers.gazetteer import ISO_3166_2
from parsers.records import Portal
from storage.layout import UNKNOWN_REGION


def province_of_adcode(adcode: str) -> str:
    """ISO 3166-2 of the province that a place lies in."""
    return ISO_3166_2.get(adcode[:2], UNKNOWN_REGION)


class Provinces:
    """Portals under way, and the documents that each still waits for.

    A report may turn out to be of another province than its portal; its partition is then written once more at the end.
    """

    def __init__(self) -> None:
        self._province: dict[str, str] = {}  # portal under way -> province
        self._owed: Counter[str] = Counter()  # portal -> documents it waits for
        self._owner: dict[str, str] = {}  # document under way -> portal that waits for it

    def begin(self, portal: Portal) -> None:
        """The portal is under way, until `end` was called for it and all of its documents are settled."""
        self._province[portal.name] = province_of_adcode(portal.region)
        self._owed[portal.name] += 1  # its discovery

    def await_documents(self, portal: str, documents: Iterable[str]) -> list[str]:
        """Let the portal wait for those of the documents that no portal waits for yet; gives these."""
        mine = [document for document in documents if document not in self._owner]
        self._owner.update(dict.fromkeys(mine, portal))
        self._owed[portal] += len(mine)
        return mine

    def end(self, portal: str) -> str | None:
        """The discovery of the portal has ended. Gives the province that became complete by it."""
        return self._pay(portal)

    def settle(self, documents: Iterable[str]) -> list[str]:
        """Nothing more will be done to these documents. Gives the provinces that became complete by it."""
        owners = (self._owner.pop(document, None) for document in documents)
        complete = [self._pay(owner) for owner in owners if owner is not None]
        return [province for province in complete if province is not None]

    def _pay(self, portal: str) -> str | None:
        self._owed[portal] -= 1
        if self._owed[portal]:
            return None
        del self._owed[portal]
        province = self._province.pop(portal)
        return None if province in self._province.values() else province
