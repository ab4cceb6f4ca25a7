"""Text that people write and read: quantities, files, quotations."""
