"""The only code that changes a tenant."""
