"""Hosts claimed by one of several machines that share a ledger in a real PostgreSQL."""

from __future__ import annotations

from sqlalchemy import text

from storage.host_claims import HostClaims
from storage.layout import DataDirectory
from storage.ledger import Ledger
from tests.waiting import wait_for


def test_a_host_belongs_to_one_machine_until_it_leaves(new_database: str) -> None:
    with HostClaims(Ledger(new_database)) as ours, HostClaims(Ledger(new_database)) as theirs:
        assert ours.shared
        assert ours.take("www.a.gov.cn")
        assert not theirs.take("www.a.gov.cn")
        assert not theirs.take("WWW.A.GOV.CN:80"), "the same host by another name"
        assert theirs.take("www.b.gov.cn")
        ours.leave("www.a.gov.cn")
        assert theirs.take("www.a.gov.cn")


def test_the_claims_of_a_run_end_with_it(new_database: str) -> None:
    ledger = Ledger(new_database)
    with HostClaims(Ledger(new_database)) as theirs:
        with HostClaims(ledger) as ours:
            assert ours.take("a")
            assert ours.take("b")
        assert theirs.take("a")
        with ledger.writing() as connection:  # a connection of the pool: no lock came back to it
            assert connection.scalar(text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")) == 1


def test_the_claims_of_a_machine_that_is_cut_off_end_too(new_database: str) -> None:
    ours, ledger = HostClaims(Ledger(new_database)), Ledger(new_database)
    assert ours.take("a")
    with ledger.writing() as connection:
        connection.execute(text("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"))
    with HostClaims(ledger) as theirs:  # a backend that is told to end does so a moment later
        wait_for(lambda: theirs.take("a"), "the host is free", 30)


def test_with_a_ledger_in_a_file_there_is_no_other_machine(data: DataDirectory) -> None:
    ledger = Ledger(data.ledger)
    with HostClaims(ledger) as ours, HostClaims(ledger) as theirs:
        assert not ours.shared
        assert ours.take("a")
        assert theirs.take("a")
