"""The pace of one host, by a clock that the test turns."""

from __future__ import annotations

import pytest

from parsers.verdicts import Blocked, ConnectionFailed, NotFound, RateLimited, ServerError, Timeout, Truncated, Verdict
from tasks.politeness import LONGEST_WAIT, PATIENCE, REST, SLOWEST, Politeness


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def politeness(clock: Clock) -> Politeness:
    return Politeness(clock, clock.sleep)


def ask(
    politeness: Politeness, clock: Clock, pace: float, *, takes: float = 0.0, verdict: Verdict | None = None, url: str = "/a"
) -> float:
    """One request; returns how long it had to wait for its turn."""
    before = clock.now
    try:
        with politeness.turn("a.example", url, pace) as turn:
            waited = clock.now - before
            clock.now += takes
            turn.answered = not isinstance(verdict, (Timeout, ConnectionFailed))
            if verdict is not None:
                raise verdict
    except Verdict as raised:
        if raised is not verdict:
            raise
    return waited


def test_the_first_request_waits_for_nobody(politeness: Politeness, clock: Clock) -> None:
    assert ask(politeness, clock, 5.0) == 0


def test_the_pace_counts_from_the_end_of_the_last_request(politeness: Politeness, clock: Clock) -> None:
    ask(politeness, clock, 1.0, takes=0.5)
    assert ask(politeness, clock, 1.0) == pytest.approx(1.0)
    clock.now += 0.7
    assert ask(politeness, clock, 1.0) == pytest.approx(0.3)


def test_a_longer_pace_than_before_holds_at_once(politeness: Politeness, clock: Clock) -> None:
    ask(politeness, clock, 1.0)  # robots.txt, before its Crawl-delay was known
    assert ask(politeness, clock, 8.0) == pytest.approx(8.0)


def test_other_hosts_do_not_wait(politeness: Politeness, clock: Clock) -> None:
    ask(politeness, clock, 60.0)
    with politeness.turn("b.example", "/", 60.0):
        assert clock.now == 1000.0


def test_a_slow_server_is_given_as_long_as_it_took(politeness: Politeness, clock: Clock) -> None:
    ask(politeness, clock, 1.0, takes=4.0)
    assert ask(politeness, clock, 1.0, takes=0.1) == pytest.approx(4.0)
    assert ask(politeness, clock, 1.0) == pytest.approx(1.0)


@pytest.mark.parametrize("verdict", [ServerError("500"), Timeout("slow"), ConnectionFailed("reset"), RateLimited("429")])
def test_each_failure_doubles_the_pause_and_answers_take_it_back(
    politeness: Politeness, clock: Clock, verdict: Verdict
) -> None:
    ask(politeness, clock, 1.0, verdict=verdict)
    assert ask(politeness, clock, 1.0, verdict=verdict) == pytest.approx(2.0)
    assert ask(politeness, clock, 1.0) == pytest.approx(4.0)
    waits = [ask(politeness, clock, 1.0) for _ in range(8)]
    assert waits == sorted(waits, reverse=True)
    assert waits[0] == pytest.approx(3.2)
    assert waits[-1] == pytest.approx(1.0)


@pytest.mark.parametrize("verdict", [NotFound("404"), Blocked("403"), Truncated("short")])
def test_what_is_no_sign_of_strain_slows_nothing(politeness: Politeness, clock: Clock, verdict: Verdict) -> None:
    ask(politeness, clock, 1.0, verdict=verdict)
    assert ask(politeness, clock, 1.0) == pytest.approx(1.0)


def test_the_slowing_has_a_bound(politeness: Politeness, clock: Clock) -> None:
    for _ in range(20):
        ask(politeness, clock, 2.0, verdict=ServerError("500"))
    assert ask(politeness, clock, 2.0) == pytest.approx(SLOWEST)


def test_a_pace_longer_than_that_bound_is_kept(politeness: Politeness, clock: Clock) -> None:
    ask(politeness, clock, 100.0)
    assert ask(politeness, clock, 100.0) == pytest.approx(100.0)


def test_no_pace_means_no_pause(politeness: Politeness, clock: Clock) -> None:
    for _ in range(3):
        ask(politeness, clock, 0.0, takes=3.0, verdict=ServerError("500"))
    assert ask(politeness, clock, 0.0) == 0


def test_retry_after_is_kept_to_whatever_the_pace(politeness: Politeness, clock: Clock) -> None:
    ask(politeness, clock, 0.0, verdict=RateLimited("429", retry_after=20.0))
    assert ask(politeness, clock, 0.0) == pytest.approx(20.0)
    assert ask(politeness, clock, 0.0) == 0


def test_a_pause_that_is_too_long_to_wait_for_is_a_verdict(politeness: Politeness, clock: Clock) -> None:
    ask(politeness, clock, 0.0, verdict=RateLimited("429", retry_after=LONGEST_WAIT + 10))
    with pytest.raises(RateLimited) as raised:
        ask(politeness, clock, 0.0)
    assert raised.value.retry_after == pytest.approx(LONGEST_WAIT + 10)
    assert clock.now == 1000.0
    clock.now += 20
    assert ask(politeness, clock, 0.0) == pytest.approx(LONGEST_WAIT - 10)


def test_when_a_host_is_ready_can_be_asked_beforehand(politeness: Politeness, clock: Clock) -> None:
    assert politeness.ready_in("a.example") == 0
    ask(politeness, clock, 2.0)
    clock.now += 0.5
    assert politeness.ready_in("a.example") == pytest.approx(1.5)
    clock.now += 5
    assert politeness.ready_in("a.example") == 0
    ask(politeness, clock, 2.0, verdict=RateLimited("429", retry_after=500.0))
    assert politeness.ready_in("a.example") == pytest.approx(500.0)


def test_a_host_that_never_answers_is_left_alone(politeness: Politeness, clock: Clock) -> None:
    for number in range(PATIENCE):
        ask(politeness, clock, 0.0, verdict=Timeout("silent"), url=f"/{number}")
    with pytest.raises(ConnectionFailed) as raised:
        ask(politeness, clock, 0.0)
    assert raised.value.retry_after == pytest.approx(REST)
    clock.now += REST
    ask(politeness, clock, 0.0, verdict=Timeout("silent"), url="/again")  # one more try, then twice the rest
    with pytest.raises(ConnectionFailed) as raised:
        ask(politeness, clock, 0.0)
    assert raised.value.retry_after == pytest.approx(2 * REST)
    clock.now += 2 * REST
    ask(politeness, clock, 0.0)
    ask(politeness, clock, 0.0, verdict=Timeout("silent"))
    assert ask(politeness, clock, 0.0) == 0


def test_one_address_tried_again_and_again_is_no_sign_of_a_dead_host(politeness: Politeness, clock: Clock) -> None:
    for _ in range(4 * PATIENCE):
        ask(politeness, clock, 0.0, verdict=Timeout("silent"), url="/same")
    assert ask(politeness, clock, 0.0, url="/other") == 0
