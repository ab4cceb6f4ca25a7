"""Every pair of kinds of things at one instant, and how the run ends, worked out by hand.

The order within an instant is the table in docs/model.md. `helpers/instants.py` says what each kind
is: it happens 60 s after the start of a run of 100 s. A row reads as

* the statuses and when each began: N ENABLING, E ENABLED, P PAUSING, p PAUSED, X ERROR, D DELETING,
  and a dot for gone;
* the syncs: `40-50:8` cut, completed and bytes, `40!60:8` abandoned at 60, `100?:2` in flight at
  the end, `x4` with its failed attempts;
* bytes that are pending at the end, or were when the configuration was gone (`left`), and bytes
  dropped by cause.

None of these numbers was read off the program: each follows from the table and the base world.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from helpers.instants import (
    CREATE,
    DELETE,
    DESTINATION,
    LINK,
    Changes,
    Json,
    job,
)


class Row(NamedTuple):
    """A pair that meets, and how the run ends."""

    ends: str
    why: str
    changes: Changes
    window: str | None = None


ROWS: dict[tuple[str, str], list[Row]] = {}
APART: dict[tuple[str, str], str] = {}
"""Pairs that cannot meet in one replication, and why."""


def row(first: str, second: str, ends: str, why: str = "", **changes: Any) -> None:
    """Add a row; where nothing is said, the two do not touch each other."""
    window = changes.pop("window", None)
    made = Row(ends, why, Changes(**changes), window)
    ROWS.setdefault((first, second), []).append(made)


def apart(first: str, *others: str, why: str) -> None:
    """Say why a kind cannot meet others."""
    APART.update({(first, other): why for other in others})


def lasting(at: int, what: Json, seconds: int | None = None) -> Json:
    """Return an event, without end unless it lasts some seconds."""
    return {"at": at, **what, **({} if seconds is None else {"for": seconds})}


KMS, LOST = {"kms_key_disabled": "dr"}, {"permission_lost": "dr"}
CUT_OFF, OPTED_OUT = {"link_outage": LINK}, {"opt_out": DESTINATION}


# --- one kind alone: what the base world has of it ------------------------------------------------

ALONE = {
    "write": "E0 40-50:8 80-90:3",
    "sync ends": "E0 40-60:8 80-100:2",
    "retry": "E0 40?:8x4 left=10",  # attempts at 40, 60, 80, 100, each over at once
    "stall ends": "E0 40-65:8 80-90:2",  # 5 s were left
    "pause ends": "E0 P43 p58 E60 40!43:8 60-70:8 100?:2 left=2",
    "bar ends": "E0 60-70:8 100?:2 left=2",
    "enabled": "N0 E60 60-70:8 100?:2 left=2",
    "paused": "E0 P45 p60 40!45:8 left=10",
    "gone": "E0 D45 .60 40!45:8 left=8",
    "pause": "E0 P60 p75 40-50:8 left=2",
    "stall": "E0 40-50:8 85-95:2",
    "outage": "E0 40-50:8 85-95:0 region_outage=2",
    "fail": "E0 X60 40-50:8 fail=2",
    "bar": "E0 40-50:8 85-95:2",
    "slower": "E0 40-80:8 80-100:2",  # 4 B were left: 20 s in place of 10
    "fence": "E0 40-50:8 80-90:0 fenced=2",
    "move": "E0 40-50:8 80-90:0",
    "stream ends": "E0 40-50:8 80-90:0",
    "delete": "E0 D60 .75 40-50:8 left=2",
    "create": "N60 E65 65-75:8 left=2",
    "slot": "E0 60-70:8 100?:2 left=2",
    "cut": "E0 60-70:8 left=2",
    "instant": "E0 60-60:8 left=2",
    "share": "E0 40-80:8 80-100:2",  # half of 0.4 B/s for each
    "end": "E0 40-50:8",
    "month": "E0 40-50:8 80-90:4",
}

# --- write: 1 B at 60 -----------------------------------------------------------------------------

row("write", "write", "E0 40-50:8 80-90:4", "both are made")
row("write", "sync ends", "E0 40-60:8 80-100:3", "after its cut")
row("write", "retry", "E0 40?:8x4 left=11", "an attempt keeps the change set of the cut")
row("write", "stall ends", "E0 40-65:8 80-90:3")
row("write", "pause ends", "E0 P43 p58 E60 40!43:8 60-70:9 100?:2 left=2", "the cut has it")
row("write", "bar ends", "E0 60-70:9 100?:2 left=2", "the cut has it")
row("write", "enabled", "N0 E60 60-70:9 100?:2 left=2", "the initial sync has it")
row("write", "paused", "E0 P45 p60 40!45:8 left=11")
row("write", "gone", "E0 D45 .60 40!45:8 left=9", "written before it is gone, so lost")
row("write", "pause", "E0 P60 p75 40-50:8 left=3")
row("write", "stall", "E0 40-50:8 85-95:3")
row("write", "outage", "E0 40-50:8 85-95:1 region_outage=2", "made before the outage begins")
row("write", "fail", "E0 X60 40-50:8 left=1 fail=2", "made before the loss")
row("write", "bar", "E0 40-50:8 85-95:3")
row("write", "slower", "E0 40-80:8 80?:3 left=3", "10 s and 3 B at 0.2 B/s: 105")
row("write", "fence", "E0 40-50:8 80-90:1 fenced=2", "made before the fence")
row("write", "move", "E0 40-50:8 80-90:1", "the instant belongs to the old file system")
row(
    "write",
    "stream ends",
    "E0 40-50:8 80-90:1",
    "up to and with its end",
    other=lambda made: made["file_systems"]["a"]["writes"]["w"].update(to=60),
)
row("write", "delete", "E0 D60 .75 40-50:8 left=3")
row("write", "create", "N60 E65 65-75:9 left=2", "before the creation: in the initial sync")
row("write", "slot", "E0 60-70:9 100?:2 left=2", "the cut has it")
row("write", "cut", "E0 60-70:9 left=2", "the cut has it")
row("write", "instant", "E0 60-60:9 left=2", "the cut has it")
row("write", "share", "E0 40-80:8 80?:3 left=3", "10 s and 3 B at 0.2 B/s: 105")
row("write", "window", "E0 40-50:8 80-90:3", "in the window", window="made=3 done=1")
row("write", "end", "E0 40-50:8 left=1", "the end counts")
row("write", "month", "E0 40-50:8 80-90:6", "the new month has begun: 2 B and 4 B")

# --- sync ends: cut at 40, completes at 60 --------------------------------------------------------

apart("sync ends", "sync ends", "retry", why="a replication has one sync at a time")
apart("sync ends", "stall ends", why="nothing makes progress while it is stalled")
apart("sync ends", "pause ends", "enabled", "paused", "gone", why="no sync is in flight then")
row("sync ends", "bar ends", "E0 40-60:8 80-100:2", blackouts=[(45, 60)])
row("sync ends", "pause", "E0 P60 p75 40-60:8 left=2", "complete, not abandoned")
row("sync ends", "stall", "E0 40-60:8 85?:2 left=2", "complete before the stall")
row("sync ends", "outage", "E0 40-60:8 85?:0 region_outage=2", "complete before the outage")
row("sync ends", "fail", "E0 X60 40-60:8 fail=2", "complete before the loss")
row("sync ends", "bar", "E0 40-60:8 85?:2 left=2")
row(
    "sync ends",
    "slower",
    "E0 40-60:8 80-90:2",
    "8 B at 0.4 B/s from 40 on: complete at full speed",
    sync={"interval": 40},
)
row("sync ends", "fence", "E0 40-60:8 80-100:0 fenced=2")
row("sync ends", "move", "E0 40-60:8 80-100:0")
row("sync ends", "stream ends", "E0 40-60:8 80-100:0")
row("sync ends", "delete", "E0 D60 .75 40-60:8 left=2", "complete, not abandoned")
apart("sync ends", "create", why="a file system is in one replication at a time")
row(
    "sync ends",
    "slot",
    "E0 20-40:8 40-60:0 85?:2 left=2",
    "at 60 it is due again, but the other has been since 50, and holds the slot up to 85",
    sync={"interval": 20, "setup": 20},
    sync2={"interval": 50, "setup": 25},
)
row(
    "sync ends",
    "cut",
    "E0 30-60:8 60-90:0 90?:2 left=2",
    "the next one is cut at once",
    sync={"interval": 30, "setup": 30},
)
row(
    "sync ends",
    "instant",
    "E0 20-60:8 60-60:0 80-90:2 100-100:0",
    "8 B at 0.2 B/s, then nothing to send",
    sync={"interval": 20, "throughput": 0.2},
)
row(
    "sync ends",
    "share",
    "E0 40-60:8 80-90:2",
    "8 B at 0.4 B/s from 40 on: over before the other begins",
    sync={"interval": 40},
)
row("sync ends", "window", "E0 40-60:8 80-100:2", "in the window", window="made=2 done=2")
row("sync ends", "end", "E0 40-60:8", "the end counts")
row("sync ends", "month", "E0 40-60:8 80-100:4")

# --- retry: attempts at 40, 60, 80 and 100, all of which fail at once -----------------------------

apart("retry", "retry", "cut", "instant", why="a replication has one sync at a time")
apart("retry", "stall ends", why="a stall stops the wait for the next attempt, too")
apart("retry", "pause ends", "enabled", "paused", "gone", why="no sync is in flight then")
row("retry", "bar ends", "E0 40?:8x4 left=10", blackouts=[(45, 60)])
row("retry", "pause", "E0 P60 p75 40!60:8 left=10")
row("retry", "stall", "E0 40?:8x2 left=10", "the second attempt is over; 20 s from 85 on")
row("retry", "outage", "E0 40?:8x2 left=8 region_outage=2", "the second attempt is over")
row("retry", "fail", "E0 X60 40!60:8 left=8 fail=2")
row("retry", "bar", "E0 40?:8x4 left=10", "it is under way")
row("retry", "slower", "E0 40?:0x4 left=2", "nothing to send", early=0)
row("retry", "fence", "E0 40?:8x4 left=8 fenced=2")
row("retry", "move", "E0 40?:8x4 left=8")
row("retry", "stream ends", "E0 40?:8x4 left=8")
row("retry", "delete", "E0 D60 .75 40!60:8 left=10")
apart("retry", "create", why="a file system is in one replication at a time")
apart("retry", "slot", why="it holds its slot from the cut on")
row("retry", "share", "E0 40?:0x4 left=2", "nothing to send", early=0)
row("retry", "window", "E0 40?:8x4 left=10", window="made=2 done=0")
row("retry", "end", "E0 40?:8x2 left=8", "the attempt of the end has begun, and failed")
row("retry", "month", "E0 40?:8x4 left=12")

# --- stall ends: the link is down from 45 to 60, with 5 s left of the sync ------------------------

row("stall ends", "stall ends", "E0 40-65:8 80-90:2", "both are over")
row("stall ends", "pause ends", "E0 P43 p58 E60 40!43:8 60-70:8 100?:2 left=2", "cut at once")
row("stall ends", "bar ends", "E0 60-70:8 100?:2 left=2", "neither is left at the cut")
row("stall ends", "enabled", "N0 E60 60-70:8 100?:2 left=2", "neither is left at the cut")
row("stall ends", "paused", "E0 P45 p60 40!45:8 left=10")
row("stall ends", "gone", "E0 D45 .60 40!45:8 left=8")
row("stall ends", "pause", "E0 P60 p75 40!60:8 left=10", "abandoned with 5 s left")
row("stall ends", "stall", "E0 40-90:8 90-100:2", "stalled on: 5 s from 85 on")
row("stall ends", "outage", "E0 40-90:8 90-100:0 region_outage=2", "stalled on: 5 s from 85 on")
row("stall ends", "fail", "E0 X60 40!60:8 left=8 fail=2")
row("stall ends", "bar", "E0 40-65:8 85-95:2", "it is under way and goes on")
row(
    "stall ends",
    "slower",
    "E0 40-90:8 90-100:2",
    "2 B are sent by 45; 6 B at 0.2 B/s from 60 on, then 2 B",
    sync={"interval": 40},
)
row("stall ends", "fence", "E0 40-65:8 80-90:0 fenced=2")
row("stall ends", "move", "E0 40-65:8 80-90:0")
row("stall ends", "stream ends", "E0 40-65:8 80-90:0")
row("stall ends", "delete", "E0 D60 .75 40!60:8 left=10")
row("stall ends", "create", "N60 E65 65-75:8 left=2")
row(
    "stall ends",
    "slot",
    "E0 85-95:10",
    "due since 40 and 35: the other is first, and takes 25 s",
    events=[lasting(30, CUT_OFF, 30)],
)
row("stall ends", "cut", "E0 60-70:8 left=2", "[begin, end): the cut happens")
row("stall ends", "instant", "E0 60-60:8 left=2", "[begin, end): the cut happens")
row(
    "stall ends",
    "share",
    "E0 40-90:8 90-100:2",
    "2 B are sent by 45; from 60 on the other has half: 6 B, then 2 B at 0.2 B/s",
    sync={"interval": 40},
    sync2={"interval": 60},
)
row("stall ends", "window", "E0 40-65:8 80-90:2", window="made=2 done=2")
row("stall ends", "end", "E0 40?:8 left=8")
row("stall ends", "month", "E0 40-65:8 80-90:4")

# --- pause ends: from 43 to 60, PAUSED from 58 on -------------------------------------------------

AGAIN = "E0 P43 p58 E60 40!43:8"
row("pause ends", "pause ends", f"{AGAIN} 60-70:8 100?:2 left=2", "with the last one")
row("pause ends", "bar ends", "E0 P43 p58 E60 60-70:8 100?:2 left=2", "neither is left at the cut")
row(
    "pause ends",
    "enabled",
    "N0 E60 60-70:8 100?:2 left=2",
    "over before ENABLING is, so it never pauses",
)
row(
    "pause ends",
    "paused",
    "E0 P45 p60 E60 40!45:8 60-70:8 100?:2 left=2",
    "the cause is over before PAUSING is: PAUSED for no time",
    events=[lasting(45, KMS, 15)],
)
row("pause ends", "gone", "E0 P43 D45 .60 40!43:8 left=8")
row("pause ends", "pause", "E0 P43 p58 E60 P60 p75 40!43:8 left=10", "ENABLED for no time: no cut")
row("pause ends", "stall", f"{AGAIN} 85-95:10", "no cut before 85")
row("pause ends", "outage", f"{AGAIN} 85-95:8 region_outage=2", "no cut before 85")
row("pause ends", "fail", "E0 P43 p58 E60 X60 40!43:8 left=8 fail=2", "no cut")
row("pause ends", "bar", f"{AGAIN} 85-95:10", "no cut before 85")
row("pause ends", "slower", f"{AGAIN} 60?:8 left=10", "10 s and 8 B at 0.2 B/s: 110")
row("pause ends", "fence", f"{AGAIN} 60-70:8 100?:0 fenced=2")
row("pause ends", "move", f"{AGAIN} 60-70:8 100?:0")
row("pause ends", "stream ends", f"{AGAIN} 60-70:8 100?:0")
row("pause ends", "delete", "E0 P43 p58 E60 D60 .75 40!43:8 left=10", "no cut")
row(
    "pause ends",
    "create",
    "N60 E65 65-75:8 left=2",
    "opted in again before the call",
    events=[
        {"at": 20, **DELETE},
        lasting(43, OPTED_OUT, 17),
        {"at": 60, **CREATE},
    ],
)
row(
    "pause ends",
    "slot",
    "E0 P43 p58 E60 60-70:8 100?:2 left=2",
    "it left the queue at 43, and asks again in time for the slot of 60",
)
row("pause ends", "cut", "E0 P43 p58 E60 60-70:8 left=2")
row("pause ends", "instant", "E0 P43 p58 E60 60-60:8 left=2")
row("pause ends", "share", f"{AGAIN} 60?:8 left=10", "10 s and 8 B at 0.2 B/s: 110")
row("pause ends", "window", f"{AGAIN} 60-70:8 100?:2 left=2", window="made=2 done=1")
row("pause ends", "end", f"{AGAIN} 60?:8 left=8", "the cut of the end happens")
row("pause ends", "month", f"{AGAIN} 60-70:8 100?:4 left=4")

# --- bar ends: no sync begins from 15 to 60 -------------------------------------------------------

row("bar ends", "bar ends", "E0 60-70:8 100?:2 left=2", blackouts=[(15, 60), (30, 60)])
row("bar ends", "enabled", "N0 E60 60-70:8 100?:2 left=2", "neither is left at the cut")
row("bar ends", "paused", "E0 P45 p60 left=10")
row("bar ends", "gone", "E0 D45 .60 left=8")
row("bar ends", "pause", "E0 P60 p75 left=10", "no cut")
row("bar ends", "stall", "E0 85-95:10", "no cut before 85")
row("bar ends", "outage", "E0 85-95:8 region_outage=2", "no cut before 85")
row("bar ends", "fail", "E0 X60 left=8 fail=2", "no cut")
row("bar ends", "bar", "E0 85-95:10", "one after the other: no cut in between")
row("bar ends", "slower", "E0 60?:8 left=10", "10 s and 8 B at 0.2 B/s: 110")
row("bar ends", "fence", "E0 60-70:8 100?:0 fenced=2")
row("bar ends", "move", "E0 60-70:8 100?:0")
row("bar ends", "stream ends", "E0 60-70:8 100?:0")
row("bar ends", "delete", "E0 D60 .75 left=10", "no cut")
apart("bar ends", "create", why="blackouts are of replications that the scenario declares")
row("bar ends", "slot", "E0 60-70:8 100?:2 left=2")
row("bar ends", "cut", "E0 60-70:8 left=2", "[begin, end): the cut happens")
row("bar ends", "instant", "E0 60-60:8 left=2", "[begin, end): the cut happens")
row("bar ends", "share", "E0 60?:8 left=10", "10 s and 8 B at 0.2 B/s: 110")
row("bar ends", "window", "E0 60-70:8 100?:2 left=2", window="made=2 done=1")
row("bar ends", "end", "E0 60?:8 left=8", "the cut of the end happens")
row("bar ends", "month", "E0 60-70:8 100?:4 left=4")

# --- enabled: ENABLING from 0 to 60 ---------------------------------------------------------------

apart("enabled", "enabled", "paused", "create", why="a replication has one status at a time")
row("enabled", "gone", "N0 D45 .60 left=8", "DELETING since 45: it is ENABLED no more")
row("enabled", "pause", "N0 E60 P60 p75 left=10", "ENABLED for no time: no cut")
row("enabled", "stall", "N0 E60 85-95:10", "no cut before 85")
row("enabled", "outage", "N0 E60 85-95:8 region_outage=2", "no cut before 85")
row("enabled", "fail", "N0 E60 X60 left=8 fail=2", "ENABLED for no time: no cut")
row("enabled", "bar", "N0 E60 85-95:10", "no cut before 85")
row("enabled", "slower", "N0 E60 60?:8 left=10", "10 s and 8 B at 0.2 B/s: 110")
row("enabled", "fence", "N0 E60 60-70:8 100?:0 fenced=2")
row("enabled", "move", "N0 E60 60-70:8 100?:0")
row("enabled", "stream ends", "N0 E60 60-70:8 100?:0")
row("enabled", "delete", "N0 E60 D60 .75 left=10", "ENABLED for no time: no cut")
row("enabled", "slot", "N0 E60 60-70:8 100?:2 left=2", "due since 60, and the slot is free then")
apart("enabled", "cut", why="the only cut at that instant is that of the initial sync")
row("enabled", "instant", "N0 E60 60-60:8 left=2")
row("enabled", "share", "N0 E60 60?:8 left=10", "10 s and 8 B at 0.2 B/s: 110")
row("enabled", "window", "N0 E60 60-70:8 100?:2 left=2", window="made=2 done=1")
row("enabled", "end", "N0 E60 60?:8 left=8", "the cut of the end happens")
row("enabled", "month", "N0 E60 60-70:8 100?:4 left=4")

# --- paused: PAUSING from 45 to 60 ----------------------------------------------------------------

apart("paused", "paused", "create", why="a replication has one status at a time")
row("paused", "gone", "E0 P45 D45 .60 40!45:8 left=8", "DELETING since 45: it is PAUSED no more")
row("paused", "pause", "E0 P45 p60 40!45:8 left=10", "one cause more")
row("paused", "stall", "E0 P45 p60 40!45:8 left=10")
row("paused", "outage", "E0 P45 p60 40!45:8 left=8 region_outage=2")
row("paused", "fail", "E0 P45 p60 X60 40!45:8 left=8 fail=2", "PAUSED for no time")
row("paused", "bar", "E0 P45 p60 40!45:8 left=10")
row("paused", "slower", "E0 P45 p60 40!45:8 left=10")
row("paused", "fence", "E0 P45 p60 40!45:8 left=8 fenced=2")
row("paused", "move", "E0 P45 p60 40!45:8 left=8")
row("paused", "stream ends", "E0 P45 p60 40!45:8 left=8")
row("paused", "delete", "E0 P45 p60 D60 .75 40!45:8 left=10", "PAUSED for no time")
row("paused", "slot", "E0 P45 p60 left=10", "it left the queue at 45")
row("paused", "cut", "E0 P45 p60 left=10", "no cut")
row("paused", "instant", "E0 P45 p60 left=10", "no cut")
row("paused", "share", "E0 P45 p60 40!45:8 left=10")
row("paused", "window", "E0 P45 p60 40!45:8 left=10", window="made=2 done=0")
row("paused", "end", "E0 P45 p60 40!45:8 left=8", "the end counts")
row("paused", "month", "E0 P45 p60 40!45:8 left=12")

# --- gone: DELETING from 45 to 60 -----------------------------------------------------------------

GONE = "E0 D45 .60 40!45:8 left=8"
apart("gone", "gone", why="a replication is gone once")
for kind in ("pause", "stall", "outage", "fail", "bar", "slower", "fence", "move", "stream ends"):
    row("gone", kind, GONE, "gone before it begins")
row("gone", "delete", GONE, "gone before the call, which is refused")
row(
    "gone",
    "create",
    "N60 E65 65-75:8 left=2",
    "the file system is free by then",
    events=[{"at": 45, **DELETE}, {"at": 60, **CREATE}],
)
row("gone", "slot", "E0 D45 .60 left=8", "it left the queue at 45")
row("gone", "cut", "E0 D45 .60 left=8", "no cut")
row("gone", "instant", "E0 D45 .60 left=8", "no cut")
row("gone", "share", GONE)
row("gone", "window", GONE, "the 2 B are not its own", window="made=0 done=0")
row("gone", "end", GONE, "the end counts")
row("gone", "month", GONE)

# --- pause: PAUSING from 60 on --------------------------------------------------------------------

row("pause", "pause", "E0 P60 p75 40-50:8 left=2")
row("pause", "stall", "E0 P60 p75 40-50:8 left=2")
row("pause", "outage", "E0 P60 p75 40-50:8 region_outage=2")
row("pause", "fail", "E0 P60 X60 40-50:8 fail=2", "in the order of the file: PAUSING for no time")
row("fail", "pause", "E0 X60 40-50:8 fail=2", "in the order of the file: ERROR is not paused")
row("pause", "bar", "E0 P60 p75 40-50:8 left=2")
row("pause", "slower", "E0 P60 p75 40!60:8 left=10", "abandoned with 4 B left")
row("pause", "fence", "E0 P60 p75 40-50:8 fenced=2")
row("pause", "move", "E0 P60 p75 40-50:8")
row("pause", "stream ends", "E0 P60 p75 40-50:8")
row("pause", "delete", "E0 P60 D60 .75 40-50:8 left=2", "PAUSING for no time")
row(
    "pause",
    "create",
    "E0 D20 .35 left=8",
    "opted out before the call, which is refused",
    events=[{"at": 20, **DELETE}, lasting(60, OPTED_OUT), {"at": 60, **CREATE}],
)
row("pause", "slot", "E0 P60 p75 left=10", "it has left the queue")
row("pause", "cut", "E0 P60 p75 left=10", "[begin, end): no cut")
row("pause", "instant", "E0 P60 p75 left=10", "[begin, end): no cut")
row("pause", "share", "E0 P60 p75 40!60:8 left=10")
row("pause", "window", "E0 P60 p75 40-50:8 left=2", window="made=2 done=0")
row("pause", "end", "E0 P60 40-50:8", "the end counts")
row("pause", "month", "E0 P60 p75 40-50:8 left=4")

# --- stall: the link is down from 60 to 85 --------------------------------------------------------

row("stall", "stall", "E0 40-50:8 85-95:2")
row("stall", "outage", "E0 40-50:8 85-95:0 region_outage=2")
row("stall", "fail", "E0 X60 40-50:8 fail=2")
row("stall", "bar", "E0 40-50:8 85-95:2")
row("stall", "slower", "E0 40?:8 left=10", "4 B at 0.2 B/s from 85 on: 105")
row("stall", "fence", "E0 40-50:8 85-95:0 fenced=2")
row("stall", "move", "E0 40-50:8 85-95:0")
row("stall", "stream ends", "E0 40-50:8 85-95:0")
row("stall", "delete", "E0 D60 .75 40-50:8 left=2")
row("stall", "create", "N60 E65 85-95:10", "a link is no matter for a call; no cut before 85")
row("stall", "slot", "E0 85-95:10", "it is due since 40, the other since 70")
row("stall", "cut", "E0 85-95:10", "[begin, end): no cut")
row("stall", "instant", "E0 85-85:10", "[begin, end): no cut")
row("stall", "share", "E0 40?:8 left=10", "4 B at 0.2 B/s from 85 on: 105")
row("stall", "window", "E0 40-50:8 85-95:2", window="made=2 done=1")
row("stall", "end", "E0 40-50:8")
row("stall", "month", "E0 40-50:8 85-95:4")

# --- outage: the Region of the source is down from 60 to 85 ---------------------------------------

row("outage", "outage", "E0 40-50:8 85-95:0 region_outage=2")
row("outage", "fail", "E0 X60 40-50:8 region_outage=2", "in the order of the file: the first cause")
row("fail", "outage", "E0 X60 40-50:8 fail=2", "in the order of the file: the first cause")
row("outage", "bar", "E0 40-50:8 85-95:0 region_outage=2")
row("outage", "slower", "E0 40?:8 left=8 region_outage=2", "4 B at 0.2 B/s from 85 on: 105")
row("outage", "fence", "E0 40-50:8 85-95:0 region_outage=2", "the first cause")
row("fence", "outage", "E0 40-50:8 85-95:0 fenced=2", "the first cause")
row("outage", "move", "E0 40-50:8 85-95:0", "made elsewhere")
row("outage", "stream ends", "E0 40-50:8 85-95:0", "not made, and not dropped")
row("outage", "delete", "E0 40-50:8 85-95:0 region_outage=2", "the Region does not answer any more")
row("outage", "create", "E0 D20 .35 left=8", "the Region does not answer any more")
row("outage", "slot", "E0 85-95:8 region_outage=2", "it is due since 40, the other since 70")
row("outage", "cut", "E0 85-95:8 region_outage=2", "[begin, end): no cut")
row("outage", "instant", "E0 85-85:8 region_outage=2", "[begin, end): no cut")
row("outage", "share", "E0 40?:8 left=8 region_outage=2", "4 B at 0.2 B/s from 85 on: 105")
row("outage", "window", "E0 40-50:8 85-95:0 region_outage=2", window="made=0 done=1")
row("outage", "end", "E0 40-50:8")
row("outage", "month", "E0 40-50:8 85-95:0 region_outage=4")

# --- fail: the source is lost at 60 ---------------------------------------------------------------

row("fail", "fail", "E0 X60 40-50:8 fail=2", "of source and destination: one ERROR")
row("fail", "bar", "E0 X60 40-50:8 fail=2")
row("fail", "slower", "E0 X60 40!60:8 left=8 fail=2")
row("fail", "fence", "E0 X60 40-50:8 fail=2", "the first cause")
row("fence", "fail", "E0 X60 40-50:8 fenced=2", "the first cause")
row("fail", "move", "E0 X60 40-50:8", "made elsewhere")
row("fail", "stream ends", "E0 X60 40-50:8")
row("fail", "delete", "E0 X60 D60 .75 40-50:8 fail=2", "ERROR for no time")
row("fail", "create", "E0 D20 .35 left=8", "lost before the call, which is refused")
row("fail", "slot", "E0 X60 left=8 fail=2", "it has left the queue")
row("fail", "cut", "E0 X60 left=8 fail=2", "no cut")
row("fail", "instant", "E0 X60 left=8 fail=2", "no cut")
row("fail", "share", "E0 X60 40!60:8 left=8 fail=2")
row("fail", "window", "E0 X60 40-50:8 fail=2", window="made=0 done=0")
row("fail", "end", "E0 X60 40-50:8", "the end counts")
row("fail", "month", "E0 X60 40-50:8 fail=4")

# --- bar: no sync begins from 60 to 85 ------------------------------------------------------------

row("bar", "bar", "E0 40-50:8 85-95:2")
row("bar", "slower", "E0 40-80:8 85?:2 left=2", "20 s for 4 B; from 85 on 10 s and 2 B: 105")
row("bar", "fence", "E0 40-50:8 85-95:0 fenced=2")
row("bar", "move", "E0 40-50:8 85-95:0")
row("bar", "stream ends", "E0 40-50:8 85-95:0")
row("bar", "delete", "E0 D60 .75 40-50:8 left=2")
apart("bar", "create", why="blackouts are of replications that the scenario declares")
row("bar", "slot", "E0 95?:10 left=10", "out of the queue: the other has the slot from 70 to 95")
row("bar", "cut", "E0 85-95:10", "[begin, end): no cut")
row("bar", "instant", "E0 85-85:10", "[begin, end): no cut")
row("bar", "share", "E0 40-80:8 85?:2 left=2", "20 s for 4 B; from 85 on 10 s and 2 B: 105")
row("bar", "window", "E0 40-50:8 85-95:2", window="made=2 done=1")
row("bar", "end", "E0 40-50:8")
row("bar", "month", "E0 40-50:8 85-95:4")

# --- slower: 0.2 B/s in place of 0.4, with 4 B left -----------------------------------------------

row("slower", "slower", "E0 40-100:8 100?:2 left=2", "a quarter is left: 40 s for 4 B")
row("slower", "fence", "E0 40-80:8 80-90:0 fenced=2")
row("slower", "move", "E0 40-80:8 80-90:0")
row("slower", "stream ends", "E0 40-80:8 80-90:0")
row("slower", "delete", "E0 D60 .75 40!60:8 left=10")
row("slower", "create", "N60 E65 65?:8 left=2", "10 s and 8 B at 0.2 B/s: 115")
row("slower", "slot", "E0 60?:8 left=10", "10 s and 8 B at 0.2 B/s: 110")
row("slower", "cut", "E0 60?:8 left=10", "10 s and 8 B at 0.2 B/s: 110")
row("slower", "instant", "E0 60-60:0 left=2", "nothing to send", early=0)
row("slower", "share", "E0 40-100:8 100?:2 left=2", "half of 0.2 B/s: 40 s for 4 B")
row("slower", "window", "E0 40-80:8 80-100:2", window="made=2 done=2")
row("slower", "end", "E0 40?:8 left=8")
row("slower", "month", "E0 40-80:8 80?:4 left=4", "10 s and 4 B at 0.2 B/s: 110")

# --- fence, move, stream ends: the 2 B of 70 are not made on `a` ----------------------------------

row("fence", "fence", "E0 40-50:8 80-90:0 fenced=2")
row("fence", "move", "E0 40-50:8 80-90:0", "made elsewhere")
row("fence", "stream ends", "E0 40-50:8 80-90:0", "not made, and not dropped")
row("move", "move", "E0 40-50:8 80-90:0")
row("move", "stream ends", "E0 40-50:8 80-90:0")
row("stream ends", "stream ends", "E0 40-50:8 80-90:0")
for kind, dropped in (("fence", " fenced=2"), ("move", ""), ("stream ends", "")):
    row(kind, "delete", f"E0 D60 .75 40-50:8{dropped}")
    row(kind, "create", f"N60 E65 65-75:8{dropped}")
    row(kind, "slot", f"E0 60-70:8 100?:0{dropped}")
    row(kind, "cut", f"E0 60-70:8{dropped}")
    row(kind, "instant", f"E0 60-60:8{dropped}")
    row(kind, "share", f"E0 40-80:8 80-90:0{dropped}")
    row(kind, "window", f"E0 40-50:8 80-90:0{dropped}", window="made=0 done=1")
    row(kind, "end", "E0 40-50:8")
row("fence", "month", "E0 40-50:8 80-90:0 fenced=4")
row("move", "month", "E0 40-50:8 80-90:0")
row("stream ends", "month", "E0 40-50:8 80-90:0")

# --- delete: DELETING from 60 to 75 ---------------------------------------------------------------

row("delete", "delete", "E0 D60 .75 40-50:8 left=2", "the second changes nothing")
row(
    "delete",
    "create",
    "N60 E65 65-75:8 left=2",
    "in the order of the file: gone at once, so the file system is free",
    events=[{"at": 60, **DELETE}, {"at": 60, **CREATE}],
    other=lambda made: made["replications"]["dr"]["control"].update(deleting=0),
)
row(
    "create",
    "delete",
    "E0 D60 .60 40-50:8",
    "in the order of the file: refused, and then gone",
    events=[{"at": 60, **CREATE}, {"at": 60, **DELETE}],
    other=lambda made: made["replications"]["dr"]["control"].update(deleting=0),
)
row("delete", "slot", "E0 D60 .75 left=10", "it has left the queue")
row("delete", "cut", "E0 D60 .75 left=10", "no cut")
row("delete", "instant", "E0 D60 .75 left=10", "no cut")
row("delete", "share", "E0 D60 .75 40!60:8 left=10")
row("delete", "window", "E0 D60 .75 40-50:8 left=2", window="made=2 done=0")
row("delete", "end", "E0 D60 40-50:8", "the end counts")
row("delete", "month", "E0 D60 .75 40-50:8 left=4")

# --- create: ENABLING from 60 to 65 ---------------------------------------------------------------


def enabled_at_once(made: Json) -> None:
    made["defaults"]["control"]["enabling"] = 0


row("create", "create", "N60 E65 65-75:8 left=2", "the second is refused")
row("create", "slot", "N60 E65 65-75:8 left=2", "its initial sync finds the slot free")
row("create", "cut", "N60 E60 60-70:8 left=2", "its initial sync", other=enabled_at_once)
row("create", "instant", "N60 E60 60-60:8 left=2", "its initial sync", other=enabled_at_once)
row("create", "share", "N60 E65 65?:8 left=2", "10 s and 8 B at 0.2 B/s: 115")
row("create", "window", "N60 E65 65-75:8 left=2", window="made=2 done=1")
row("create", "end", "N60", "the end counts")
row("create", "month", "N60 E65 65-75:8 left=4")

# --- slot: another sync holds the only one up to 60 -----------------------------------------------

row("slot", "slot", "E0 70-80:10", "`dq` is due since 40 as well, and first by its name")


def due_with_another(made: Json) -> None:
    """Let nobody hold the slot, and `dq` be due at 60, too."""
    made["replications"]["dr2"]["sync"]["interval"] = 10_000
    made["file_systems"]["c"] = {"region": "us-east-1"}
    made["replications"]["dq"] = {**made["replications"]["dr"], "source": "c"}


row(
    "slot",
    "cut",
    "E0 70-80:10",
    "two are due at 60: `dq` is first by its name, though it asks last",
    other=due_with_another,
)
row("slot", "instant", "E0 60-60:8 left=2")


def with_bytes(made: Json) -> None:
    """Let the other sync send 10 B at 0.4 B/s, from 35 to 60."""
    made["file_systems"]["b"]["writes"] = {"early": job(10, 10)}


row(
    "slot",
    "share",
    "E0 60-80:8 100?:2 left=2",
    "the other transfer is over before this one begins: 8 B at 0.4 B/s",
    sync={"interval": 40},
    sync2={"interval": 35},
    other=with_bytes,
)
row("slot", "window", "E0 60-70:8 100?:2 left=2", window="made=2 done=1")
row("slot", "end", "E0 60?:8 left=8", "the cut of the end happens")
row("slot", "month", "E0 60-70:8 100?:4 left=4")

# --- cut, instant, share, window, end, month ------------------------------------------------------

apart("cut", "cut", "instant", why="a replication has one cut at a time")
row("cut", "share", "E0 60?:8 left=10", "10 s and 8 B at 0.2 B/s: 110")
row("cut", "window", "E0 60-70:8 left=2", window="made=2 done=1")
row("cut", "end", "E0 60?:8 left=8", "the cut of the end happens")
row("cut", "month", "E0 60-70:8 left=4")
apart("instant", "instant", why="a replication has one cut at a time")
row("instant", "share", "E0 60-60:0 left=2", "nothing to send", early=0)
row("instant", "window", "E0 60-60:8 left=2", "in the window", window="made=2 done=1")
row("instant", "end", "E0 60-60:8", "the end counts")
row("instant", "month", "E0 60-60:8 left=4")
row("share", "share", "E0 40-90:8 90?:2 left=2", "a third for each: 30 s for 4 B")
row("share", "window", "E0 40-80:8 80-100:2", window="made=2 done=2")
row("share", "end", "E0 40?:8 left=8")
row("share", "month", "E0 40-80:8 80?:4 left=4", "10 s and 4 B at 0.2 B/s: 110")
apart("window", "window", why="a run has one window")
apart("window", "end", why="`warm_up` is shorter than `duration`")
row("window", "month", "E0 40-50:8 80-90:4", window="made=4 done=1")
apart("end", "end", why="a run ends once")
row("end", "month", "E0 40-50:8")
row("month", "month", "E0 40-50:8 80-90:8", "of the file system and of the stream: four times 2 B")
