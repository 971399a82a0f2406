"""Atlas: its HCL schema language for PostgreSQL, its project files and the checksums of its migration folders.

Facts are from Atlas's public documentation of the language (atlasgo.io/atlas-schema/hcl and hcl/postgres).
"""
