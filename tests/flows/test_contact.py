"""Whom the operators of a site may write to."""

from __future__ import annotations

import pytest

from flows.contact import contact_missing
from flows.errors import CallError
from parsers.records import Portal

PUBLIC = Portal("linjiang", "220681", ("https://www.linjiang.example.cn/nb/",))
POSTED = Portal("qinghe", "130534", ("POST https://www.qinghe.example.cn/list.do?a=1",))
OURS = Portal("sample", "130534", ("http://a.example/nb/",), connect={"a.example": "127.0.0.1:80"})


def test_strangers_are_not_visited_without_a_word() -> None:
    warning = contact_missing([OURS, PUBLIC, POSTED], {})
    assert warning is not None
    assert "the operators of linjiang and 1 more" in warning


@pytest.mark.parametrize("contact", ["https://example.org/about", "mailto:harvest@example.org"])
def test_whoever_names_a_contact_is_not_warned(contact: str) -> None:
    assert contact_missing([PUBLIC], {"NIANBAO_CONTACT": contact}) is None


def test_servers_of_our_own_need_no_contact() -> None:
    assert contact_missing([OURS], {"NIANBAO_CONTACT": " "}) is None


@pytest.mark.parametrize("contact", ["a@example.org\r\nX-Evil: 1", "联系@example.org"])
def test_a_contact_that_no_header_may_hold_is_a_wrong_call(contact: str) -> None:
    with pytest.raises(CallError, match="plain ASCII"):
        contact_missing([PUBLIC], {"NIANBAO_CONTACT": contact})
