"""Two schema sources beside each other: `diff`, `snapshot` and `fingerprint`."""
