"""What CloudWatch would show of a simulated world."""
