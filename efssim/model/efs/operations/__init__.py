"""The operations of the EFS API, a file for each resource."""
