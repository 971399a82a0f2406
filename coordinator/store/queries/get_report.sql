SELECT fleet, finished, document FROM fleetdrift.reports WHERE scan = $1
