INSERT INTO fleetdrift.report_groups (scan, name) SELECT $1, unnest($2::text[]) ON CONFLICT DO NOTHING
