"""The sync process of a replication."""
