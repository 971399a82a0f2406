-- Changes that were resolved lately, with how long they were known.
SELECT resolved, extract(epoch FROM resolved - first_seen)::double precision AS seconds
FROM fleetdrift.changes
WHERE fleet = $1 AND resolved > $2
ORDER BY resolved
