//! The orders service: one process, many tenants, one database each.

mod customers;
mod orders;

use anyhow::Context;
use sqlx::PgPool;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let url = std::env::var("DATABASE_URL").context("DATABASE_URL names the tenant's database")?;
    let pool = PgPool::connect(&url).await?;

    let customer = customers::upsert(&pool, "ada@example.com", "Ada").await?;
    let lines = [orders::Line { sku: "tea-250", quantity: 2, price_cents: 1_295 }];
    let order = orders::place(&pool, customer, &lines).await?;
    orders::mark_paid(&pool, order).await?;
    for order in orders::history(&pool, customer, 20).await? {
        println!("{} {} {} {}", order.id, order.created_at, order.status, order.total_cents);
    }
    if orders::refund(&pool, order).await? {
        println!("order {order} refunded, {} paid orders left", orders::count(&pool, "paid").await?);
    }
    if let Some(customer) = customers::find(&pool, customer).await? {
        println!("{} <{}>, since {}", customer.name, customer.email, customer.created_at);
    }
    for item in orders::items(&pool, order).await? {
        println!("{} x {} {}", item.quantity, item.sku, item.note.unwrap_or_default());
    }
    Ok(())
}
