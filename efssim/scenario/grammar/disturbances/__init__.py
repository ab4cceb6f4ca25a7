"""The kinds of disturbances: what each is aimed at, what it does, and what may be said of it."""
