CREATE TABLE t (a int PRIMARY KEY, b int) WITH (autovacuum_enabled = false);
CREATE STATISTICS s ON a, b FROM t;
