"""The HTTP API: health, metrics, scans and reports."""
