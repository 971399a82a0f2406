"""The Helm chart, and the plain manifests that are rendered from it."""
