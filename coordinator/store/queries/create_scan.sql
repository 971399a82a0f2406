INSERT INTO fleetdrift.scans (scan, fleet, state) VALUES ($1, $2, $3) ON CONFLICT (scan) DO NOTHING
