"""Reading a page as a test needs it, and a scenario that would break one."""

from __future__ import annotations

from html.parser import HTMLParser

import efssim

# With a letter that turns the direction of what follows, and as long as a name may be.
NASTY = '<script>alert("1")</script>&\'" {{ 7 * 7 }} \u202e</td>'.ljust(200, "x")
CONSTANT = {"arrivals": {"constant": {"rate": "1 per s"}}, "size": 1000}
VOID = {"meta", "link", "br", "input", "img"}


class Page(HTMLParser):
    """A parsed page; AssertionError for tags that are not closed in order."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.cells: list[str] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self._is_cell = False
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)
        if tag in ("td", "th"):
            self.cells.append("")
            self._is_cell = True

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attributes)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        if tag in ("td", "th"):
            self._is_cell = False

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in ("style", "script"):
            return
        self.words.append(data)
        if self._is_cell:
            self.cells[-1] += data

    @property
    def text(self) -> str:
        """Everything that can be read, one space between words."""
        return " ".join(" ".join(self.words).split())

    def having(self, name: str) -> list[str]:
        """Return the values of an attribute, wherever it is."""
        return [value for _, attributes in self.tags if (value := attributes.get(name)) is not None]


def nasty() -> efssim.Scenario:
    """Return a scenario with strings that would break a page which does not escape them."""
    return efssim.Scenario.model_validate(
        {
            "name": "n" * 100,
            "description": NASTY,
            "duration": "2 h",
            "rpo": {"target": "1 min"},
            "file_systems": {NASTY: {"region": "us-east-1", "writes": {NASTY: CONSTANT}}},
            "replications": {
                NASTY: {
                    "source": NASTY,
                    "destination": {"region": "us-west-2"},
                    "sync": {"preset": "none", "interval": 60, "setup": 5, "throughput": 2000},
                }
            },
            "events": [{"at": "1 h", "permission_lost": NASTY, "for": "5 min"}],
        }
    )
