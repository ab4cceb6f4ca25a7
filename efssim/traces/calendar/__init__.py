"""Days of measured writes by the clock of a time zone."""
