"""Read in a process of its own, which is killed when a server's answer makes it hang or takes too much memory."""
