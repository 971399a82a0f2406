-- Each time that a change came back it had been resolved before.
SELECT min(first_seen) FILTER (WHERE resolved IS NULL) AS oldest_open,
       coalesce(sum(flaps + (resolved IS NOT NULL)::integer), 0)::integer AS resolutions
FROM fleetdrift.changes
WHERE fleet = $1
