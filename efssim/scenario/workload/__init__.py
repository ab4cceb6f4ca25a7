"""Write streams: when they write, how much and where."""
