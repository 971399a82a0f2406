"""What the documentation's site needs beside mkdocs.yml."""
