"""The embedded servers, one small seam each: PostgreSQL (`postgres`) and a Redis (`redis`).

They serve the scratch copy, the demo and the tests. Nothing else knows where the binaries come from.
"""
