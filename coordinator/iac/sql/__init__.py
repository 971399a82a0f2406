"""SQL text in declarations: where it stands (properties, folders, psql commands) and how it is cut into statements."""
