-- All tenants: by where they are shown to stand, as `count_tenants` counts them, by their tier ($3 names the label that says it),
-- by the severities of what they have, and by the services whose queries break in them. The $4 tiers of most tenants have their
-- names, all others are '': a label with a value for every tenant must not give a row for every tenant. Without the label it is null.
WITH labelled AS MATERIALIZED (
    SELECT fleet, standing, known, last_good, nullif(labels ->> $3, '') AS tier, count(*) AS tenants
    FROM fleetdrift.tenants
    WHERE fleet = $1 AND left_fleet IS NULL
    GROUP BY fleet, standing, known, last_good, tier
), named AS MATERIALIZED (
    SELECT tier
    FROM labelled
    WHERE tier IS NOT NULL
    GROUP BY tier
    ORDER BY sum(tenants) DESC, tier COLLATE "C"
    LIMIT $4
), tiered AS (
    SELECT l.fleet, l.standing, l.known, l.last_good,
           CASE WHEN l.tier IS NOT NULL THEN coalesce(n.tier, '') END AS tier,
           sum(l.tenants) AS tenants
    FROM labelled l
    LEFT JOIN named n ON n.tier = l.tier
    GROUP BY 1, 2, 3, 4, 5
)
SELECT p.status, p.tier, p.severities, p.services, sum(p.tenants)::integer AS tenants
FROM (
    SELECT CASE WHEN k.status <> 'excluded' AND now() - $2::interval
                    > CASE WHEN s.was_read THEN greatest(t.last_good, f.scanned) ELSE t.last_good END
                THEN 'stale' ELSE s.status END AS status,
           t.tier, had.severities, had.services, t.tenants
    FROM tiered t
    JOIN fleetdrift.fleets f ON f.fleet = t.fleet
    JOIN fleetdrift.standings s ON s.standing = t.standing
    LEFT JOIN fleetdrift.standings k ON k.standing = t.known
    CROSS JOIN LATERAL (
        SELECT coalesce(array_agg(DISTINCT c.severity), '{}') AS severities,
               coalesce(array_agg(DISTINCT c.document ->> 'service')
                   FILTER (WHERE c.subject = 'contract' AND c.document ? 'service'), '{}') AS services
        FROM fleetdrift.standing_changes h
        JOIN fleetdrift.changes c ON c.change = h.change
        WHERE h.standing IN (t.known, t.standing)
    ) had
) p
GROUP BY p.status, p.tier, p.severities, p.services
ORDER BY p.status, p.tier, p.severities, p.services
