env "production" {
  src = "file://schema.pg.hcl"
  url = "postgres://localhost:5432/orders"
}
