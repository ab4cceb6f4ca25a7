"""Bad input on purpose: cases that are made from a seed, run apart, and judged."""
