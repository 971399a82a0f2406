"""One rule a file; `shared.findings.registry` derives the list from what lies here."""
