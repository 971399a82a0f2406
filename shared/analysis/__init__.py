"""One distinct shape, analysed once: diff, findings, contract verdicts and a proven remediation."""
