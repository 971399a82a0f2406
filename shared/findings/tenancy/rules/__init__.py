"""One tenancy rule a file; `shared.findings.tenancy.rule` derives the list from what lies here."""
