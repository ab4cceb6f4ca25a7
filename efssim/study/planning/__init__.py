"""The planner: values that meet an RPO objective."""
