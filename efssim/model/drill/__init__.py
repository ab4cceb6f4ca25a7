"""The runbook of a drill, carried out in the simulated world."""
