"""The kinds of bad input: for each a maker of cases."""
