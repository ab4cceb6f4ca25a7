"""The lags that are measured: their table, their distributions, and how one is added."""
