terraform {
  source = "../modules/orders"
}

inputs = {
  index_name = "orders_by_email"
}
