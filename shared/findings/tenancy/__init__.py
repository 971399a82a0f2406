"""The rules that hold a schema whose tenants share tables to keeping their rows apart; off without `[tenancy]`."""
