resource "postgresql_database" "shop" {
  for_each = { acme = "shop_acme", beta = "shop_beta" }

  name = each.value
}

resource "null_resource" "schema" {
  provisioner "local-exec" {
    command = "psql -f ${path.module}/orders.sql"
  }
}
