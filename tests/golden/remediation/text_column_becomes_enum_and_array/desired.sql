CREATE TYPE state AS ENUM ('new', 'paid');
CREATE TABLE t (a state DEFAULT 'new', b int[], c char(5));
