"""Running trials on executors."""
