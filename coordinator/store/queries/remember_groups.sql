INSERT INTO fleetdrift.groups AS g (fleet, id, name)
SELECT $1, id, name FROM unnest($2::text[], $3::text[]) AS given (id, name)
ON CONFLICT (fleet, id) DO UPDATE SET name = EXCLUDED.name WHERE g.name <> EXCLUDED.name
