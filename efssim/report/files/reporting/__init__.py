"""A study as the STRESS-DES checklist asks for it."""
