SELECT document FROM fleetdrift.reports WHERE scan = $1
