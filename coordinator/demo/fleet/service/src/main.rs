//! The orders service: one process, many tenants, one database each.

mod customers;
mod orders;
mod renewals;

use anyhow::Context;
use chrono::{Days, Utc};
use sqlx::PgPool;
use tokio_postgres::NoTls;

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

    let (client, connection) = tokio_postgres::connect(&url, NoTls).await?;
    let nightly = tokio::spawn(connection);
    let month = Days::new(30);
    for renewal in renewals::due(&client, Utc::now() + month).await? {
        println!("{} renews {:?}, {} orders", renewal.email, renewal.plan, renewal.orders.unwrap_or_default());
        let until = renewal.renews_at.unwrap_or_else(Utc::now) + month;
        renewals::renew(&client, renewal.customer_id, renewal.plan, until).await?;
    }
    drop(client);
    nightly.await??;
    Ok(())
}
