"""The configuration: `model` says what fleetdrift.toml can say, `load` reads it, `resolve` finds the secrets."""
