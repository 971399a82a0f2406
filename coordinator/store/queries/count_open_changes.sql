SELECT severity, count(*)::integer AS changes
FROM fleetdrift.changes
WHERE fleet = $1 AND resolved IS NULL
GROUP BY severity
