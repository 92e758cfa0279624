"""A region's names stand under their own levels, whichever of them its path leaves out."""

from __future__ import annotations

import pytest

from storage.lake import place_columns


@pytest.mark.parametrize(
    ("adcode", "path", "named"),
    [
        ("620823", ("甘肃省", "平凉市", "崇信县"), {"prefecture": "平凉市", "county": "崇信县"}),
        ("110105", ("北京市", "朝阳区"), {"county": "朝阳区"}),
        ("110105001", ("北京市", "朝阳区", "建外街道"), {"county": "朝阳区", "township": "建外街道"}),
        ("500235", ("重庆市", "云阳县"), {"county": "云阳县"}),
        ("429004", ("湖北省", "仙桃市"), {"county": "仙桃市"}),
        ("441900", ("广东省", "东莞市"), {"prefecture": "东莞市"}),
        ("441900101", ("广东省", "东莞市", "长安镇"), {"prefecture": "东莞市", "township": "长安镇"}),
        ("620201101", ("甘肃省", "嘉峪关市", "峪泉镇"), {"prefecture": "嘉峪关市", "township": "峪泉镇"}),
        (
            "532302202",
            ("云南省", "楚雄彝族自治州", "禄丰市", "高峰乡"),
            {"prefecture": "楚雄彝族自治州", "county": "禄丰市", "township": "高峰乡"},
        ),
        ("620000", ("甘肃省",), {}),
    ],
)  # fmt: skip
def test_names_stand_under_their_levels(adcode: str, path: tuple[str, ...], named: dict[str, str]) -> None:
    expected = {"province": path[0], "prefecture": None, "county": None, "township": None} | named
    assert place_columns({"adcode": adcode, "path": list(path)}) == expected


def test_an_unknown_region_names_nothing() -> None:
    assert place_columns(None) == {"province": None, "prefecture": None, "county": None, "township": None}
