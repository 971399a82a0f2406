SELECT fleet, finished, document, skeleton
FROM fleetdrift.reports WHERE fleet = $1 AND NOT selective
ORDER BY finished DESC LIMIT 1
