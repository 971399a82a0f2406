CREATE FUNCTION may_read(owner int, page int) RETURNS bool LANGUAGE sql AS 'SELECT owner > page';
CREATE TABLE pages (id int, owner int);
CREATE POLICY readers ON pages USING (may_read(owner, id));
