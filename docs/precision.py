"""Write the tables of docs/precision.md: `python docs/precision.py`."""

from __future__ import annotations

from pathlib import Path

from efssim.report.files.tables.precision import KINDS, names_of

PAGE = Path(__file__).with_name("precision.md")
BEGIN, END = "<!-- made -->\n", "<!-- end -->\n"


def tables() -> str:
    """Return the tables of kinds and of names."""
    rows = ["| kind | unit | JSON and CSV | Parquet | precision |", "|---|---|---|---|---|"]
    rows += [
        f"| {name} | {kind.unit} | {kind.text} | {kind.typed} | {kind.precision} |"
        for name, kind in KINDS.items()
    ]
    rows += ["", "| kind | names |", "|---|---|"]
    rows += [f"| {kind} | {', '.join(f'`{name}`' for name in names_of(kind))} |" for kind in KINDS]
    return "\n".join(rows) + "\n"


def page() -> str:
    """Return the page, with its tables as they are now."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    return before + BEGIN + tables() + END + rest.partition(END)[2]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
