"""One contract rule a file; `shared.contracts.rule` derives the list from what lies here."""
