"""AWS Regions, and what differs between them."""
