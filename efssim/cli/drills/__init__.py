"""The command of drills."""
