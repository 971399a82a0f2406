"""Pure state machines that track every tenant of a run: what to send next, and how each tenant ended."""
