"""Limits that keep a hostile document from costing more than an honest one."""

MAX_VALUES = 100_000
"""Largest number of values in a document, each alias counted as a copy, unless it says more."""

MOST_VALUES = 5_000_000
"""Most that a document may say: a hostile one then costs minutes and not hours (chosen)."""

LIMITS, VALUES = "limits", "values"
"""The key of the top level, and the key below it, by which a document says more."""

MAX_BYTES = 2**24
"""Largest scenario file (16 MiB): far above the size of 100,000 values; assumed."""

MAX_DIGITS = 250
"""Longest integer as written, sign and prefix included: every one fits a float."""


def too_many(most: int) -> str:
    """Return the message for more values than a document may have, and the key that allows more."""
    message = f"more than {most:,} values, each alias counted as what it stands for"
    if most >= MOST_VALUES:
        return message
    return f"{message}; `{LIMITS}: {{{VALUES}: N}}` above this line allows up to {MOST_VALUES:,}"
