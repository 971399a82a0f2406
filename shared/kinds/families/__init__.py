"""The records, one module per family of kinds."""
