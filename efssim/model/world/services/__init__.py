"""Services beside EFS, as far as they move the simulated world: account, Backup, KMS and STS."""
