"""Times of a calendar: windows on the clock of a time zone."""
