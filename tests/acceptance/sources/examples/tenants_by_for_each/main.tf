resource "sql_migrate" "orders" {
  for_each = toset(["acme", "beta"])

  migration {
    id   = "orders"
    up   = "CREATE TABLE orders (id bigint PRIMARY KEY, email text NOT NULL)"
    down = "DROP TABLE orders"
  }

  migration {
    id   = "by_email"
    up   = "CREATE INDEX orders_by_email ON orders (email)"
    down = "DROP INDEX orders_by_email"
  }
}
