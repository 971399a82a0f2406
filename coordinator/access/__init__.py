"""Who may ask what of a coordinator: tokens, sessions, and the log of what was asked for. Pure; the store keeps it."""
