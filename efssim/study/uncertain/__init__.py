"""Parameter sets: trials inside, and outside what is not known of the parameters."""
