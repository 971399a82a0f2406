//! Billing: customers, invoices, payments.

mod audit;
mod customers;
mod invoices;
mod payments;
mod products;
mod reports;

use sqlx::PgPool;

#[tokio::main]
async fn main() -> sqlx::Result<()> {
    let url = std::env::var("DATABASE_URL").unwrap_or_default();
    let pool = PgPool::connect(&url).await?;
    sqlx::migrate!().run(&pool).await?;
    for invoice in reports::overdue(&pool, chrono::Utc::now().date_naive()).await? {
        println!("{} {} {}", invoice.number, invoice.customer_name.unwrap_or_default(), invoice.total.unwrap_or(0));
    }
    Ok(())
}
