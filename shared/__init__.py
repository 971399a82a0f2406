"""What coordinator and workers both need: the schema model, diff, contracts, remediation, and the way into PostgreSQL."""
