resource "null_resource" "schema" {
  provisioner "local-exec" {
    command = "psql -f ${path.module}/orders.sql"
  }
}

output "tenants" {
  value = {
    acme = { database = "shop_acme", labels = { tier = "gold" } }
    beta = { database = "shop_beta" }
  }
}
