"""(desired, observed) → SchemaDiff. Generic over kinds, pure, deterministic."""
