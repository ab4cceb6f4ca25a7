"""What write streams write, on average."""
