"""The clock by itself: events and bells of one instant, and time that does not pass inside them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from efssim.errors import ArgumentError, StateError
from efssim.model.kernel.clock import Clock, Turn

STEPS: dict[str, Callable[[Clock], None]] = {
    "step": Clock.step,
    "step until": lambda clock: clock.step_until(9.0),
}


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
@pytest.mark.parametrize("kind", ["bell", "event"])
def test_time_does_not_pass_inside_what_happens(step: Callable[[Clock], None], kind: str) -> None:
    clock, seen = Clock(), []

    def happens(*_: object) -> None:
        seen.append(clock.now)
        with pytest.raises(StateError, match="time cannot pass inside"):
            step(clock)

    if kind == "bell":
        clock.ring_at(5.0, Turn.CALL, happens)
    else:
        clock.call_at(5.0, Turn.CALL, happens)
    clock.ring_at(7.0, Turn.CALL, lambda time_s, _: seen.append(time_s))
    while clock.peek() < 9.0:
        step(clock)
    assert seen == [5.0, 7.0]


def test_an_instant_is_over_once_no_event_and_no_bell_of_it_is_left() -> None:
    clock, seen = Clock(), []
    clock.ring_at(5.0, Turn.CALL, lambda *_: seen.append(clock.is_over(5.0)))
    clock.call_at(5.0, Turn.SAMPLE, lambda: seen.append(clock.is_over(5.0)))
    clock.ring_at(5.0, Turn.CUT, lambda *_: seen.append(clock.is_over(5.0)))
    clock.call_at(6.0, Turn.WRITE, lambda: seen.append(clock.is_over(6.0)))
    assert clock.is_over(0.0)
    clock.run()
    assert seen == [False, False, True, True]


def test_a_delay_ends_in_the_turn_of_calls_and_is_finite_and_not_negative() -> None:
    clock, seen = Clock(), list[str]()
    for name, turn in (("due", Turn.DUE), ("call", Turn.CALL), ("begin", Turn.DISTURBANCE_BEGIN)):
        clock.ring_at(5.0, turn, lambda *_, name=name: seen.append(name))
    ended = clock.timeout(5.0, "value")
    assert ended.callbacks is not None
    ended.callbacks.append(lambda event: seen.append(event.value))
    assert not clock.timeout(0.0).processed
    for delay in (-1e-9, float("inf"), float("nan")):
        with pytest.raises(ArgumentError, match="has to be finite and not negative"):
            clock.timeout(delay)
    while clock.peek() < 9.0:
        clock.step()
    assert seen == ["begin", "value", "call", "due"]


def test_every_turn_has_a_place_of_its_own() -> None:
    clock, seen, names = Clock(), list[str](), list(Turn.__members__)
    for name in reversed(names):
        clock.ring_at(5.0, Turn[name], lambda *_, name=name: seen.append(name))
    clock.step_until(5.0)
    assert seen == names


def test_what_happens_at_one_instant_comes_in_turn_and_an_event_before_a_bell() -> None:
    clock, seen = Clock(), []

    def note(kind: str, turn: Turn) -> Callable[..., None]:
        return lambda *_: seen.append((kind, turn))

    for turn in (Turn.CUT, Turn.CALL):
        clock.ring_at(5.0, turn, note("bell", turn))
        clock.call_at(5.0, turn, note("event", turn))
    clock.call_at(4.0, Turn.DIVISION, note("event", Turn.DIVISION))
    clock.ring_at(6.0, Turn.WRITE, note("bell", Turn.WRITE))
    while clock.peek() < 9.0:
        clock.step_until(9.0)
    assert seen == [
        ("event", Turn.DIVISION),
        ("event", Turn.CALL),
        ("bell", Turn.CALL),
        ("event", Turn.CUT),
        ("bell", Turn.CUT),
        ("bell", Turn.WRITE),
    ]
