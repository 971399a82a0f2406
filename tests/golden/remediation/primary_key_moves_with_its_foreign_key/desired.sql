CREATE TABLE a (id int, code text, CONSTRAINT a_pkey PRIMARY KEY (code));
CREATE TABLE b (code text REFERENCES a (code));
