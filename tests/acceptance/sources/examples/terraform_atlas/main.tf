data "atlas_schema" "orders" {
  src = "file://${path.module}/schema.hcl"
}

resource "atlas_schema" "orders" {
  hcl = data.atlas_schema.orders.hcl
  url = "postgres://localhost:5432/orders"
}
