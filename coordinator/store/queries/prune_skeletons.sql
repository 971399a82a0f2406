DELETE FROM fleetdrift.skeleton_groups g
WHERE NOT EXISTS (SELECT FROM fleetdrift.reports r WHERE r.skeleton = g.skeleton)
