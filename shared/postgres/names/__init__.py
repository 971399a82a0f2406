"""A tenant's own names: placeholders in what is read, and the way back in what is run."""
