"""How alarms detect violations."""
