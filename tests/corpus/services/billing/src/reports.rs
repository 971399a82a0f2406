//! What the office looks at.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{FromRow, PgPool};

pub struct Overdue {
    pub number: String,
    pub customer_name: Option<String>,
    pub total: Option<i64>,
}

#[derive(Debug, FromRow)]
pub struct Balance {
    pub customer_id: i64,
    pub name: String,
    pub billed: i64,
    pub invoices: i64,
}

pub async fn overdue(pool: &PgPool, today: NaiveDate) -> sqlx::Result<Vec<Overdue>> {
    sqlx::query_as!(
        Overdue,
        r#"SELECT number AS "number!", customer_name, total FROM open_invoices WHERE due_on < $1 ORDER BY due_on"#,
        today
    )
    .fetch_all(pool)
    .await
}

pub async fn open_of(pool: &PgPool, customer: i64) -> sqlx::Result<Vec<(i64, Option<NaiveDate>)>> {
    sqlx::query_as("SELECT id, due_on FROM open_invoices WHERE customer_id = $1").bind(customer).fetch_all(pool).await
}

pub async fn balances(pool: &PgPool) -> sqlx::Result<Vec<Balance>> {
    sqlx::query_as("SELECT customer_id, name, billed, invoices FROM customer_balances ORDER BY billed DESC")
        .fetch_all(pool)
        .await
}

pub async fn balance(pool: &PgPool, customer: i64) -> sqlx::Result<Balance> {
    sqlx::query_as("SELECT * FROM customer_balances WHERE customer_id = $1").bind(customer).fetch_one(pool).await
}

pub async fn revenue(pool: &PgPool) -> sqlx::Result<Vec<(Option<DateTime<Utc>>, Option<i64>)>> {
    sqlx::query_as("SELECT month, amount FROM revenue ORDER BY month").fetch_all(pool).await
}

pub async fn best_sellers(pool: &PgPool, limit: i64) -> sqlx::Result<Vec<(String, i64)>> {
    sqlx::query_as(
        "SELECT p.title, sum(l.quantity)::bigint FROM invoice_lines l JOIN products p USING (sku)
          GROUP BY p.title ORDER BY 2 DESC LIMIT $1",
    )
    .bind(limit)
    .fetch_all(pool)
    .await
}

pub async fn by_country(pool: &PgPool) -> sqlx::Result<Vec<(String, i64)>> {
    let rows = sqlx::query!(
        r#"SELECT a.country, count(DISTINCT i.id) AS "invoices!"
             FROM addresses a JOIN invoices i ON i.customer_id = a.customer_id
            WHERE a.kind = 'billing' GROUP BY a.country"#
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(|row| (row.country, row.invoices)).collect())
}

pub async fn without_credit(pool: &PgPool) -> sqlx::Result<Vec<(i64, Option<String>)>> {
    let rows = sqlx::query!(
        "SELECT i.id, n.reason FROM invoices i LEFT JOIN credit_notes n ON n.invoice_id = i.id WHERE i.state = 'open'"
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.reason)).collect())
}
