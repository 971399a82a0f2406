CREATE TYPE place AS (street text);
CREATE TABLE places OF place;
