CREATE FUNCTION may_read(owner int) RETURNS bool LANGUAGE sql AS 'SELECT owner > 0';
CREATE TABLE pages (id int, owner int);
CREATE POLICY readers ON pages USING (may_read(owner));
