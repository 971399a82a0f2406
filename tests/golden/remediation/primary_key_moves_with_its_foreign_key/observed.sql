CREATE TABLE a (id int, code text NOT NULL, CONSTRAINT a_pk PRIMARY KEY (id), UNIQUE (code));
CREATE TABLE b (code text REFERENCES a (code));
