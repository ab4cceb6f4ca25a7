"""Ways to run one scenario that have to agree."""
