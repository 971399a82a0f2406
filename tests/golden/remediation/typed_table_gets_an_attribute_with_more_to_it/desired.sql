CREATE TYPE place AS (street text, town text, zip text);
CREATE TABLE places OF place (town DEFAULT 'here', zip NOT NULL);
