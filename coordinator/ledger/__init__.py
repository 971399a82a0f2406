"""Pure state machines: who is still to be read, who has what, and what an answer or a silence means."""
