"""Rust source → Contract; Contract × observed shape → Verdict. The pure part; PREPARE happens in `shared.postgres`."""
