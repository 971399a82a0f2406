"""The forms of a report, one file each: every `render_FORM` turns one ScanReport into text."""
