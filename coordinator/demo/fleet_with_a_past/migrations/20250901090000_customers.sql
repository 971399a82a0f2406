-- Who buys.
CREATE TABLE customers (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email      text NOT NULL,
    name       text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

-- One account per address, however it is capitalised. The orders service upserts on it.
CREATE UNIQUE INDEX customers_email_lower_idx ON customers (lower(email));
