"""The sentences that studies of several scenarios begin with."""
