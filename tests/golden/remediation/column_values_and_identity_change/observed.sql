CREATE TABLE t (a bigserial, b int, c int GENERATED ALWAYS AS (b * 2) STORED, d text);
