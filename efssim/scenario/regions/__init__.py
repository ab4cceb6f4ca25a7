"""AWS Regions and the facts that differ between them."""
