-- Whether nothing can have changed since this transaction's snapshot: no transaction was open then, and no number was
-- given out since (age() looks at the counter as it is now). On a standby the counter is the primary's: not known.
SELECT NOT pg_is_in_recovery()
    AND pg_snapshot_xmin(pg_current_snapshot()) = pg_snapshot_xmax(pg_current_snapshot())
    AND age(pg_snapshot_xmax(pg_current_snapshot())::xid) = 0 AS quiet
