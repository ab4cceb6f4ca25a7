"""Filling a template: everything that comes from outside is escaped, nothing is loaded."""

from __future__ import annotations

import re
from functools import cache
from html import unescape
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from efssim._version import __version__
from efssim.markup import script_source
from efssim.report.words.terms import TERMS, Term

if TYPE_CHECKING:
    from jinja2 import Environment


_STYLES = ("page.css", "figures.css")
_TURNS = [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]
"""Letters that turn the direction of text after them: in a name they would turn our numbers."""
_CONTROLS = [code for code in range(0x20) if chr(code) not in "\t\n\r"]
_SHOWN = dict.fromkeys([*_TURNS, *_CONTROLS], "\N{REPLACEMENT CHARACTER}")


def render(template: str, **content: Any) -> str:
    """Return a page; jinja2.UndefinedError for a name that the template has and `content` lacks."""
    return _environment().get_template(template).render(content)


_FIGURE = re.compile(r"<svg .*?</svg>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")


def used_terms(markup: str) -> dict[str, Term]:
    """Return the terms that a part of a page links to, or has in its words."""
    linked = set(re.findall(r'data-term="(\w+)"', markup))
    words = unescape(_TAG.sub(" ", _FIGURE.sub("", markup))).casefold()
    return {
        key: term
        for key, term in TERMS.items()
        if key in linked or _has(words, term.title.casefold())
    }


def _has(words: str, title: str) -> bool:
    """Return whether a title is among words; most are not even part of one, which is found fast."""
    return title in words and re.search(rf"(?<!\w){re.escape(title)}(?!\w)", words) is not None


def _shown(value: Any) -> Any:
    """Return a value as a page shows it; markup is ours and stays."""
    return value.translate(_SHOWN) if type(value) is str else value


@cache  # the templates of the package, the same in every run
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("efssim.report.html"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    parts = files("efssim.report.html") / "templates"
    environment.globals.update(
        terms=TERMS,
        used_terms=used_terms,
        version=__version__,
        style="".join((parts / name).read_text(encoding="utf-8") for name in _STYLES),
        script=(parts / "page.js").read_text(encoding="utf-8"),
        timeline_script=(parts / "timeline.js").read_text(encoding="utf-8"),
        script_source=script_source,
    )
    return environment
