"""The operations of the EFS API: their names and parameters."""
