"""The only way from a desired and an observed schema to an analysis: diff, findings, verdicts and a proven plan."""
