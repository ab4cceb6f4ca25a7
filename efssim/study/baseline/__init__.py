"""A result against an earlier one that was written into a folder: differences and regressions."""
