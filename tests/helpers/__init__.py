"""What several tests share: small scenarios, accounts, commands, second models."""
