"""One module per family of kinds; each registers its recipes when it is imported (`shared.remediation.registry`)."""
