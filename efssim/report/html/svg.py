"""Figures inside a page: without the header of a file, with ids and colours of the page's own."""

from __future__ import annotations

import re
from dataclasses import dataclass

from efssim.report.figures.drawing.style import (
    BLUE,
    GREEN,
    GREY,
    HEAT,
    HEAT_HALF,
    ORANGE,
    PALE,
    PURPLE,
    SKY,
    VERMILLION,
    YELLOW,
)
from efssim.report.figures.files import FigureSvg
from efssim.report.html.tables import HtmlTable


def _heat(level: int) -> str:
    """Return the colour of a level of the scale of shares, between those that a page has."""
    low, high = ("low", "mid") if level < HEAT_HALF else ("mid", "high")
    share = 100 * (level % HEAT_HALF) / HEAT_HALF if level < 2 * HEAT_HALF else 100
    return f"color-mix(in srgb, var(--heat-{high}) {share:.3g}%, var(--heat-{low}))"


_NAMES = {
    "#ffffff": "surface",
    "#000000": "ink",
    GREY: "muted",
    PALE: "line",
    "#dddddd": "line",
    "#eeeeee": "line",
    BLUE: "blue",
    SKY: "sky",
    GREEN: "green",
    ORANGE: "orange",
    VERMILLION: "vermillion",
    PURPLE: "purple",
    YELLOW: "yellow",
}
"""Colours of figures and the custom properties of the page that stand for them."""
_COLOURS = {colour: f"var(--{name})" for colour, name in _NAMES.items()}
_COLOURS |= {colour: _heat(level) for level, colour in enumerate(HEAT)}
"""The colour of a page for each colour of a figure."""
_COLOUR = re.compile("|".join(_COLOURS))
_ID = re.compile(r'(\bid="|url\(#|xlink:href="#)')
_PATH = re.compile(r' d="([^"]*)"')
_STRAIGHT = re.compile(r"M [-\d.\sMLz]*")
"""A path of straight lines."""
_LONG = 200
"""Letters from which on it is worth to write such a path by its steps."""
_FINE = re.compile(r"(?<=\.\d\d)\d+")
"""Digits of a coordinate beyond a hundredth of a point, which nobody sees."""
_SIZE = re.compile(r'(<svg [^>]*?) width="[^"]*" height="[^"]*"')


@dataclass(frozen=True)
class Figure:
    """A figure of a page."""

    id: str
    title: str
    svg: str
    """The element, to be put into the page as it is."""
    alt: str
    """Its description in words."""
    caption: str
    table: HtmlTable | None = None
    """The numbers behind it."""
    timeline: str = ""
    """Its data as JSON, for the script that zooms into it."""


def colour_of(colour: str) -> str:
    """Return the colour of a page for a colour of a figure."""
    return _COLOURS[colour]


def inlined(svg: FigureSvg, prefix: str) -> str:
    """Return a figure for a page, which shows one of its two drawings; `prefix` makes ids unique.

    Its colours become custom properties, so that a page can be light or dark. It is hidden from
    assistive technology, for which the page has a text instead.
    """
    drawn = {"whole": (svg.whole, prefix), "narrow": (svg.narrow, f"{prefix}-n")}
    return "".join(_element(one, ids, name) for name, (one, ids) in drawn.items() if one)


def _element(svg: str, prefix: str, name: str) -> str:
    """Return the element of an SVG file, of a class with a name."""
    element = svg[svg.index("<svg ") :]
    element = re.sub(r"<metadata>.*?</metadata>\s*", "", element, count=1, flags=re.DOTALL)
    # A browser would show it beside the pointer.
    element = re.sub(r"<title>.*?</title>\s*", "", element, count=1, flags=re.DOTALL)
    # Its rules would hold for the whole page, which has the same in its own style.
    element = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>\s*", "", element, flags=re.DOTALL)
    element = _SIZE.sub(
        rf'\1 class="{name}" aria-hidden="true" focusable="false"', element, count=1
    )
    element = _ID.sub(rf"\g<1>{prefix}-", element)
    element = _PATH.sub(lambda path: f' d="{_shorter(path.group(1))}"', element)
    element = re.sub(r"\s*\n\s*", " ", element)
    return _COLOUR.sub(lambda found: _COLOURS[found.group()], element)


def _shorter(path: str) -> str:
    """Return a path with fewer letters, of which a page has room for so many.

    Coordinates keep two decimals; those of a long line keep one, which is a seventh of a pixel, and
    are written as steps from one corner to the next.
    """
    if len(path) < _LONG or not _STRAIGHT.fullmatch(path):
        return _FINE.sub("", path)
    parts, at, words = [], (0, 0), path.split()
    k = 0
    while k < len(words):
        if words[k] == "z":
            parts.append("z")
            k += 1
            continue
        to = round(10 * float(words[k + 1])), round(10 * float(words[k + 2]))
        if words[k] == "M":
            # After the end of a closed part a step would begin at its first corner.
            parts.append(f"M{_tenths(to[0])}{_joined(to[1])}")
        else:
            parts.append(_step(to[0] - at[0], to[1] - at[1]))
        at, k = to, k + 3
    return "".join(parts)


def _step(across: int, down: int) -> str:
    """Return the command of a line, by its steps in tenths; nothing for none."""
    if not across:
        return f"v{_tenths(down)}" if down else ""
    return f"l{_tenths(across)}{_joined(down)}" if down else f"h{_tenths(across)}"


def _tenths(value: int) -> str:
    """Return a number of tenths as short as SVG takes it: `-.3`, `12`, `0`."""
    whole, rest = divmod(abs(value), 10)
    digits = f"{whole or ''}.{rest}" if rest else f"{whole}"
    return f"-{digits}" if value < 0 else digits


def _joined(value: int) -> str:
    """Return the second number of a pair, which a sign can part from the first."""
    return _tenths(value) if value < 0 else f" {_tenths(value)}"
