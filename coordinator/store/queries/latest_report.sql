SELECT fleet, finished, document, skeleton FROM fleetdrift.reports WHERE fleet = $1 ORDER BY finished DESC LIMIT 1
