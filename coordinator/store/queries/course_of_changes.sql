-- How many changes were first seen at each moment, and how many were found gone; before $2 nothing is counted.
SELECT m.at, sum(m.new)::integer AS new, sum(m.resolved)::integer AS resolved
FROM (
    SELECT first_seen AS at, 1 AS new, 0 AS resolved FROM fleetdrift.changes WHERE fleet = $1 AND first_seen >= $2
    UNION ALL
    SELECT resolved, 0, 1 FROM fleetdrift.changes WHERE fleet = $1 AND resolved >= $2
) m
GROUP BY m.at
ORDER BY m.at
