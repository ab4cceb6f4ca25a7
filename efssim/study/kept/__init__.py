"""Complete trials in folders: of studies with many scenarios, and of the parts of a study."""
