"""What is kept of a fleet, as people and programs ask for it: from the store, or from a coordinator over HTTP."""
