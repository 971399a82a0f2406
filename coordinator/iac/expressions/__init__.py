"""Terraform's expression language: values, types, functions, parser and evaluator."""
