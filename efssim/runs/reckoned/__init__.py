"""Facts that are reckoned from a run once it is over: what could be sent, and where it settles."""
