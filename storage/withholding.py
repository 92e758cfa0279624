"""What no run publishes: the partitions with documents of a portal whose last discovery gave less than it must.

The one rule for harvest, rerun, reparse and repair. It ends with a discovery that gives enough, or with a person's word.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select, update

from storage.database import Database
from storage.layout import Partition
from storage.statements import values
from storage.tables import documents, portals

Withheld = dict[Partition, tuple[str, ...]]


def withheld_partitions(ledger: Database) -> Withheld:
    """The partitions that are not to be published, each with the portals on account of which it is so, by name."""
    columns = documents.c
    query = (
        select(columns.year, columns.region, columns.portal)
        .distinct()
        .join_from(documents, portals, portals.c.name == columns.portal)
        .where(portals.c.error.is_not(None), columns.published_tag.is_not(None))
        .order_by(columns.portal)
    )
    found: Withheld = {}
    with ledger.reading() as connection:
        for year, region, portal in connection.execute(query):
            partition = Partition(year, region)
            found[partition] = (*found.get(partition, ()), portal)
    return found


def release(ledger: Database, names: Collection[str]) -> None:
    """A person says that these portals are as they should be: nothing is withheld on their account until their next discovery."""
    with ledger.writing() as connection:
        connection.execute(update(portals).where(portals.c.name.in_(values(connection, names))).values(error=None))
