CREATE DOMAIN d AS int CONSTRAINT small CHECK (VALUE < 9);
CREATE TYPE c AS (a int, b int);
CREATE TABLE t (x d, y c);
