"""Services beside EFS, as far as they move the simulated world: account, KMS and STS."""
