"""The fleet's memory: what is known of tenants and changes across scans. Pure; `coordinator/store` keeps it."""
