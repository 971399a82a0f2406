"""The source files of Rust services: found and read, never compiled and never run."""
