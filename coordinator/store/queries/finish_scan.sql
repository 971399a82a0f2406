UPDATE fleetdrift.scans SET state = $2, reason = $3, finished = now() WHERE scan = $1
