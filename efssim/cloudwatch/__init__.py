"""CloudWatch's view of a simulated world."""
