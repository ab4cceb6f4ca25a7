"""Limits that keep a hostile document from costing more than an honest one."""

MAX_VALUES = 100_000
"""Largest number of values in a document, each alias counted as a copy."""

MAX_BYTES = 2**24
"""Largest scenario file (16 MiB): far above the size of 100,000 values; assumed."""

MAX_DEPTH = 100
"""Deepest nesting of mappings and lists, aliases expanded."""

MAX_DIGITS = 250
"""Longest integer as written, sign and prefix included: every one fits a float."""

TOO_DEEP = f"nested deeper than {MAX_DEPTH} levels"
TOO_MANY = f"more than {MAX_VALUES:,} values, each alias counted as what it stands for"
