UPDATE fleetdrift.scans SET state = $2, reason = $3, finished = now() - $4::interval WHERE scan = $1
