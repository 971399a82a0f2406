//! Jobs, the outbox, and what runs at night.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures_util::TryStreamExt;
use serde_json::Value;
use tokio_postgres::types::Type;
use tokio_postgres::{Client, CopyInSink, Error};

pub async fn job(client: &Client, name: &str) -> Result<Option<(i32, Option<DateTime<Utc>>)>, Error> {
    let row = client.query_opt("SELECT runs, last_at FROM ops.jobs WHERE name = $1", &[&name]).await?;
    Ok(row.map(|row| (row.get("runs"), row.get("last_at"))))
}

pub async fn count_run(client: &Client, name: &str) -> Result<i32, Error> {
    let statement = client
        .prepare_typed("UPDATE ops.jobs SET runs = runs + 1 WHERE name = $1 RETURNING runs", &[Type::TEXT])
        .await?;
    let row = client.query_one(&statement, &[&name]).await?;
    Ok(row.get(0))
}

pub async fn register(client: &Client, name: &str, payload: &Value) -> Result<u64, Error> {
    client
        .execute(
            "INSERT INTO ops.jobs (name, payload) VALUES ($1, $2)
             ON CONFLICT (name) DO UPDATE SET payload = excluded.payload",
            &[&name, &payload],
        )
        .await
}

pub async fn payload(client: &Client, name: &str) -> Result<Value, Error> {
    let row = client.query_one("SELECT payload FROM ops.jobs WHERE name = $1", &[&name]).await?;
    Ok(row.get("payload"))
}

pub async fn push(client: &Client, topic: &str, body: &str) -> Result<i64, Error> {
    let row =
        client.query_one("INSERT INTO ops.outbox (topic, body) VALUES ($1, $2) RETURNING id", &[&topic, &body]).await?;
    Ok(row.get("id"))
}

pub async fn unsent(client: &Client, limit: i64) -> Result<Vec<(i64, String, String)>, Error> {
    let rows = client
        .query(
            "SELECT id, topic, body FROM ops.outbox WHERE NOT sent ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED",
            &[&limit],
        )
        .await?;
    Ok(rows.iter().map(|row| (row.get("id"), row.get("topic"), row.get("body"))).collect())
}

pub async fn mark_sent(client: &Client, id: i64) -> Result<u64, Error> {
    client.execute("UPDATE ops.outbox SET sent = true WHERE id = $1", &[&id]).await
}

pub async fn tidy(client: &Client) -> Result<(), Error> {
    client.batch_execute("DELETE FROM ops.outbox WHERE sent; UPDATE depots SET open = true WHERE capacity > 0").await
}

pub async fn wipe_scans(client: &Client) -> Result<(), Error> {
    client.batch_execute("TRUNCATE scans").await
}

pub async fn export_parcels(client: &Client) -> Result<Vec<Bytes>, Error> {
    let stream =
        client.copy_out("COPY (SELECT barcode, state, weight FROM parcels) TO STDOUT WITH (FORMAT csv)").await?;
    stream.try_collect().await
}

pub async fn import_parcels(client: &Client) -> Result<CopyInSink<Bytes>, Error> {
    client.copy_in("COPY parcels (barcode, sender, recipient, weight) FROM STDIN WITH (FORMAT csv)").await
}

pub async fn heaviest(client: &Client) -> Result<Option<i32>, Error> {
    let row = client.query_one("SELECT max(weight) AS heaviest FROM parcels", &[]).await?;
    Ok(row.get("heaviest"))
}
