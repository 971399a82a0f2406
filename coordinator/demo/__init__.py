"""`fleetdrift demo`: a small drifted fleet on servers of its own. Its declaration and Rust service are in `fleet/`."""
