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
_PATH = re.compile(r' d="[^"]*"')
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


def inlined(svg: str, prefix: str) -> str:
    """Return the element of an SVG file for a page; `prefix` makes its ids unique there.

    Coordinates keep two decimals, which makes it a quarter smaller. Its colours become custom
    properties, so that a page can be light or dark. It is hidden from assistive technology, for
    which the page has a text instead.
    """
    element = svg[svg.index("<svg ") :]
    element = re.sub(r"<metadata>.*?</metadata>\s*", "", element, count=1, flags=re.DOTALL)
    # A browser would show it beside the pointer.
    element = re.sub(r"<title>.*?</title>\s*", "", element, count=1, flags=re.DOTALL)
    # Its rules would hold for the whole page, which has the same in its own style.
    element = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>\s*", "", element, flags=re.DOTALL)
    element = _SIZE.sub(r'\1 aria-hidden="true" focusable="false"', element, count=1)
    element = _ID.sub(rf"\g<1>{prefix}-", element)
    element = _PATH.sub(lambda path: _FINE.sub("", path.group()), element)
    element = re.sub(r"\s*\n\s*", " ", element)
    return _COLOUR.sub(lambda found: _COLOURS[found.group()], element)
