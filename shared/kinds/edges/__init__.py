"""What each kind knows about the order of statements beyond its dependencies, one module per family."""
