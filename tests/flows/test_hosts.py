"""Work waits at hosts, and one piece at a time is out at each."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from flows.hosts import ASK_AGAIN, HostQueue


def test_hosts_take_turns_and_wait_for_each_other() -> None:
    queue: HostQueue[int] = HostQueue()
    for host, work in (("a", 1), ("a", 2), ("b", 3)):
        queue.add(host, work)
    assert queue.take() == ("a", 1)
    assert queue.take() == ("b", 3)
    assert queue.take() is None, "somebody is at a"
    queue.add("b", 4)
    assert queue.take() is None, "somebody is at b"
    queue.leave("a")
    assert queue.take() == ("a", 2)
    queue.leave("b")
    assert queue.take() == ("b", 4)
    queue.leave("a")
    assert queue.take() is None
    assert len(queue) == 0


@given(st.lists(st.one_of(st.tuples(st.just("add"), st.sampled_from("abc")), st.just(("take", "")), st.just(("leave", "")))))
def test_never_two_at_one_host_and_nothing_lost(steps: list[tuple[str, str]]) -> None:
    queue: HostQueue[int] = HostQueue()
    visited: list[str] = []
    added: dict[str, list[int]] = {}
    given_out: dict[str, list[int]] = {}

    def take() -> bool:
        turn = queue.take()
        if turn is None:
            return False
        host, work = turn
        assert host not in visited
        visited.append(host)
        given_out.setdefault(host, []).append(work)
        return True

    for number, (step, host) in enumerate(steps):
        if step == "add":
            queue.add(host, number)
            added.setdefault(host, []).append(number)
        elif step == "take":
            take()
        elif visited:
            queue.leave(visited.pop(0))
    while visited or len(queue):
        if not take():
            queue.leave(visited.pop(0))
    assert given_out == added, "each host's work comes once, in its order"


class Machine:
    """The claims of one machine of several."""

    def __init__(self, claimed: dict[str, Machine]) -> None:
        self._claimed = claimed

    def take(self, host: str) -> bool:
        return self._claimed.setdefault(host, self) is self

    def leave(self, host: str) -> None:
        del self._claimed[host]


def test_a_host_that_another_machine_visits_waits_and_the_others_do_not() -> None:
    claimed: dict[str, Machine] = {}
    now = 0.0
    ours: HostQueue[int] = HostQueue(Machine(claimed), clock=lambda: now)
    theirs: HostQueue[int] = HostQueue(Machine(claimed), clock=lambda: now)
    theirs.add("a", 1)
    assert theirs.take() == ("a", 1)
    ours.add("a", 2)
    ours.add("b", 3)
    assert ours.take() == ("b", 3)
    theirs.leave("a")
    assert ours.take() is None, "not asked for again at once"
    assert len(ours) == 1
    now += ASK_AGAIN
    assert ours.take() == ("a", 2)
    theirs.add("a", 4)
    assert theirs.take() is None
    ours.leave("a")
    now += ASK_AGAIN
    assert theirs.take() == ("a", 4)
