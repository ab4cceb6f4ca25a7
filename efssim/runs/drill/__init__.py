"""One drill as plain data: a world with a disaster and a runbook, and the loss that it finds."""
