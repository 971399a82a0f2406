DELETE FROM fleetdrift.sessions WHERE digest = $1
