"""What a scenario may have: one feature for each part of the grammar, switched on by itself."""
