WITH written AS (
    INSERT INTO fleetdrift.notices (notice, fleet, scan, held, document, changes) VALUES ($1, $2, $3, $4, $5::jsonb, $7)
    ON CONFLICT DO NOTHING
    RETURNING notice
)
INSERT INTO fleetdrift.deliveries (notice, sink) SELECT notice, unnest($6::text[]) FROM written
