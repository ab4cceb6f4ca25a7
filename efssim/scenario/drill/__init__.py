"""The section `drill` of a scenario: a disaster, and the runbook that answers it."""
