"""Clients and Sessions of boto3 and aiobotocore."""
