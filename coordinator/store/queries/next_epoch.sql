UPDATE fleetdrift.scans SET epoch = epoch + 1 WHERE scan = $1 RETURNING epoch
