-- Who has which change now: those that a tenant is known to have, and why that could not be compared again; and with that each
-- change's life. Only what has changed is written, and given back. $3 are the faults of services that the scan has seen; one of
-- some tenants ($4) may not have met the others. Of a service of which nothing could be read ($5) the scan says nothing: what
-- was open stays open, in as many tenants as before.
WITH standing_now AS (
    SELECT known, standing, sum(tenants) AS tenants
    FROM fleetdrift.stands
    WHERE fleet = $1
    GROUP BY known, standing
), counted AS (
    SELECT h.change, sum(n.tenants)::integer AS tenants
    FROM standing_now n
    CROSS JOIN LATERAL (
        SELECT DISTINCT change FROM fleetdrift.standing_changes WHERE standing IN (n.known, n.standing)
    ) h
    GROUP BY h.change
), compared AS (
    SELECT c.change, c.tenants AS before, c.resolved IS NULL AS was_open, c.first_seen = $2 AS is_new,
           CASE WHEN k.kept THEN c.tenants ELSE coalesce(n.tenants, 0) END AS tenants,
           k.kept OR coalesce(n.tenants, 0) > 0 OR c.id = ANY ($3::text[])
               OR ($4 AND c.subject = 'service' AND c.resolved IS NULL) AS is_open
    FROM fleetdrift.changes c
    LEFT JOIN counted n ON n.change = c.change
    CROSS JOIN LATERAL (
        SELECT c.resolved IS NULL AND n.change IS NULL AND coalesce(c.document ->> 'service' = ANY ($5::text[]), false) AS kept
    ) k
    WHERE c.fleet = $1
)
UPDATE fleetdrift.changes c
SET tenants = m.tenants,
    most_tenants = greatest(c.most_tenants, m.tenants),
    resolved = CASE WHEN m.is_open THEN NULL ELSE $2 END,
    last_seen = $2,
    flaps = c.flaps + (m.is_open AND NOT m.was_open)::integer
FROM compared m
WHERE c.change = m.change AND (m.is_new OR m.tenants <> m.before OR m.is_open <> m.was_open)
RETURNING c.id, m.is_new, m.was_open, m.is_open, m.before, m.tenants
