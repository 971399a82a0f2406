"""One file per form of a report; each reads one ScanReport."""
