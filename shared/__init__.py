"""What coordinator and workers both need: schema model, diff, contracts, remediation, and the way into PostgreSQL."""
