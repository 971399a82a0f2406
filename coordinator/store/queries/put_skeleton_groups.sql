INSERT INTO fleetdrift.skeleton_groups (skeleton, name) SELECT $1, unnest($2::text[]) ON CONFLICT DO NOTHING
