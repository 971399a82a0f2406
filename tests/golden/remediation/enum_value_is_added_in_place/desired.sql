CREATE TYPE e AS ENUM ('a', 'b', 'it''s', 'c', 'd');
CREATE TABLE t (x e DEFAULT 'b');
