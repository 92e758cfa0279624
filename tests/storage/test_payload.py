"""Reports as the ledger packs them."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given

from parsers.records import Report
from storage.payload import pack_report, restore_report, unpack_report
from tests.parsers.test_serialize import REPORTS
from tests.storage.samples import report


@given(REPORTS)
def test_a_report_comes_back_as_it_was(report: Report) -> None:
    packed = pack_report(report)
    assert restore_report(unpack_report(packed)) == report
    assert pack_report(restore_report(unpack_report(packed))) == packed


def test_a_lone_surrogate_becomes_a_question_mark() -> None:
    broken = replace(report(), title="年报\ud83d")
    assert restore_report(unpack_report(pack_report(broken))) == replace(report(), title="年报?")
