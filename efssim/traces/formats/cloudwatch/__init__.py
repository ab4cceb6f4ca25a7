"""Exports of Amazon CloudWatch and of the AWS CLI."""
