"""The kinds of disturbances: targets, effects, and the keys that go with each."""
