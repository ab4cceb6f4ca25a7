"""Writes that a throttled source makes later than they are wanted."""
