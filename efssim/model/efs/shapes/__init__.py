"""Requests and answers of the EFS API, in the shapes of botocore's service model."""
