"""The kinds of disturbances: their targets, effects and words."""
