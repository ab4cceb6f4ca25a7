"""Drawing tools of all figures."""
