"""Reports of alarms on a terminal."""
