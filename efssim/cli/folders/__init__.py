"""Commands about folders that earlier commands wrote."""
