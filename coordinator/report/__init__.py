"""The report of a scan (`model`), and its renderers: text, JSON, HTML. Each renderer reads one ScanReport."""
