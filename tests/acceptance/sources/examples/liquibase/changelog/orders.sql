--liquibase formatted sql

--changeset ann:orders
CREATE TABLE orders (
    id bigint PRIMARY KEY,
    email text NOT NULL
);
--rollback DROP TABLE orders;

--changeset ann:by_email
CREATE INDEX orders_by_email ON orders (email);
--rollback DROP INDEX orders_by_email;
