"""The protocols of AWS's services by botocore's models: requests in, replies out."""
