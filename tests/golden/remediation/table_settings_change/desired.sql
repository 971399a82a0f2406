CREATE UNLOGGED TABLE t (a int PRIMARY KEY, b int) WITH (fillfactor = 60, toast.autovacuum_enabled = false);
ALTER TABLE t REPLICA IDENTITY FULL;
CREATE STATISTICS s (ndistinct) ON a, b FROM t;
ALTER STATISTICS s SET STATISTICS 99;
