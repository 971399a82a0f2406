//! Subscriptions that renew soon, for the nightly job. It speaks tokio-postgres: the rest of the service has sqlx's pool.

use chrono::{DateTime, Utc};
use postgres_types::{FromSql, ToSql};
use tokio_postgres::Client;

/// What a customer pays for; the labels are declared in Terraform.
#[derive(Clone, Copy, Debug, PartialEq, ToSql, FromSql)]
#[postgres(name = "plan", rename_all = "snake_case")]
pub enum Plan {
    Free,
    Team,
    Enterprise,
}

#[derive(Debug)]
pub struct Renewal {
    pub customer_id: i64,
    pub email: String,
    pub plan: Plan,
    pub renews_at: Option<DateTime<Utc>>,
    pub orders: Option<i64>,
}

/// Who renews before a moment, with the number of their orders.
pub async fn due(client: &Client, before: DateTime<Utc>) -> Result<Vec<Renewal>, tokio_postgres::Error> {
    let rows = client
        .query(
            "SELECT s.customer_id, c.email, s.plan, s.renews_at, t.orders \
               FROM subscriptions s \
               JOIN customers c ON c.id = s.customer_id \
               LEFT JOIN order_totals t ON t.customer_id = s.customer_id \
              WHERE s.renews_at < $1 \
              ORDER BY s.renews_at",
            &[&before],
        )
        .await?;
    Ok(rows
        .iter()
        .map(|row| Renewal {
            customer_id: row.get("customer_id"),
            email: row.get("email"),
            plan: row.get("plan"),
            renews_at: row.get("renews_at"),
            orders: row.get("orders"),
        })
        .collect())
}

/// Moves a renewal on; false when the customer has no subscription.
pub async fn renew(
    client: &Client,
    customer: i64,
    plan: Plan,
    until: DateTime<Utc>,
) -> Result<bool, tokio_postgres::Error> {
    let changed = client
        .execute(
            "UPDATE subscriptions SET plan = $2, renews_at = $3 WHERE customer_id = $1",
            &[&customer, &plan, &until],
        )
        .await?;
    Ok(changed == 1)
}
