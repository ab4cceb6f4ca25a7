"""A search by machine: random scenarios from the whole grammar, run in every way that has to agree.

`python -m search --minutes 5`, with `tests` on the path, or `nox -s search -- --minutes 5`.
"""
