SELECT fleet, finished, document, skeleton FROM fleetdrift.reports WHERE scan = $1
