CREATE TABLE t (a bigint NOT NULL, b int);
