"""Observe and prove: the Celery side. Imports `shared` only."""
