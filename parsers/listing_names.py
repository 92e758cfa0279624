"""What portals call page numbers, in addresses, forms and data."""

from __future__ import annotations

import re

PAGE_NAMES = frozenset(
    """page pageindex pageno pagenum pagenumber currpage curpage currentpage cpage cur current curr currentno p pn pg pageid nowpage
    topage gotopage ipage pageidx paging pagecurrent currentpageno thispage toppage""".split()  # noqa: SIM905
)


def is_page_name(name: str) -> bool:
    """Whether a parameter or a field is called as page numbers are."""
    return re.sub(r"[_-]", "", name).lower() in PAGE_NAMES
