"""Change → Statement: the way back, ordered, with what it endangers."""
