"""Terraform's language: parsed, evaluated, planned; never applied. Nothing here runs a command or a provider."""
