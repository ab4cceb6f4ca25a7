"""The answer of a plan as a sentence, and names of its parameter in it."""
