"""Pages in traditional characters, as a machine makes them out of simplified ones."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opencc import OpenCC

# What cheap converters write everywhere, right or wrong: 制度 becomes 製度, 全面 全麵, 同志 同誌, 复议 複議, 里 裡.
_OVERCONVERTED = str.maketrans("制面志復覆里岳", "製麵誌複複裡嶽")


@cache
def _converter() -> OpenCC:
    from opencc import OpenCC  # noqa: PLC0415 - loads its dictionaries

    return OpenCC("s2t")


def traditional(text: str) -> str:
    """Simplified to traditional by OpenCC's tables."""
    return str(_converter().convert(text))


def overconverted(text: str) -> str:
    """Traditional characters with each of several character pairs taken for one, as seen on published pages."""
    return traditional(text).translate(_OVERCONVERTED)
