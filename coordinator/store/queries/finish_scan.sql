UPDATE fleetdrift.scans SET state = $2, finished = now() WHERE scan = $1
