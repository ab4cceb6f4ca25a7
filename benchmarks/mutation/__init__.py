"""How many random faults the tests notice: `python -m benchmarks.mutation --help`."""
