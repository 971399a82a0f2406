//! Parcels, and where they were seen.

use chrono::{DateTime, Utc};
use postgres_types::{FromSql, ToSql};
use serde_json::Value;
use tokio_postgres::{Client, Error, Transaction};
use uuid::Uuid;

#[derive(Clone, Copy, Debug, PartialEq, ToSql, FromSql)]
#[postgres(name = "parcel_state", rename_all = "snake_case")]
pub enum ParcelState {
    Announced,
    Stored,
    OnRoute,
    Delivered,
    Returned,
}

pub struct Parcel {
    pub id: Uuid,
    pub barcode: String,
    pub state: ParcelState,
    pub recipient: String,
    pub instruction: Option<String>,
    pub due: Option<DateTime<Utc>>,
}

pub async fn announce(client: &Client, barcode: &str, sender: &str, recipient: &str) -> Result<Uuid, Error> {
    let row = client
        .query_one(
            "INSERT INTO parcels (barcode, sender, recipient, weight) VALUES ($1, $2, $3, 1) RETURNING id",
            &[&barcode, &sender, &recipient],
        )
        .await?;
    Ok(row.get("id"))
}

pub async fn announce_once(client: &Client, barcode: &str) -> Result<u64, Error> {
    client
        .execute(
            "INSERT INTO parcels (barcode, sender, recipient, weight) VALUES ($1, 'unknown', 'unknown', 1)
             ON CONFLICT DO NOTHING",
            &[&barcode],
        )
        .await
}

pub async fn find(client: &Client, barcode: &str) -> Result<Option<Parcel>, Error> {
    let row = client
        .query_opt(
            "SELECT id, barcode, state, recipient, instruction, due FROM parcels WHERE barcode = $1",
            &[&barcode],
        )
        .await?;
    Ok(row.map(|row| Parcel {
        id: row.get("id"),
        barcode: row.get("barcode"),
        state: row.get("state"),
        recipient: row.get("recipient"),
        instruction: row.get("instruction"),
        due: row.get("due"),
    }))
}

pub async fn in_state(client: &Client, state: ParcelState) -> Result<Vec<Uuid>, Error> {
    let rows = client.query("SELECT id FROM parcels WHERE state = $1", &[&state]).await?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

pub async fn state(client: &Client, parcel: Uuid) -> Result<ParcelState, Error> {
    let row = client.query_one("SELECT state FROM parcels WHERE id = $1", &[&parcel]).await?;
    Ok(row.get("state"))
}

pub async fn store(transaction: &Transaction<'_>, parcel: Uuid, depot: i32) -> Result<u64, Error> {
    transaction.execute("UPDATE parcels SET state = 'stored', depot_id = $2 WHERE id = $1", &[&parcel, &depot]).await
}

pub async fn deliver(transaction: &Transaction<'_>, parcel: Uuid) -> Result<u64, Error> {
    transaction.execute("UPDATE parcels SET state = 'delivered', depot_id = NULL WHERE id = $1", &[&parcel]).await
}

pub async fn set_state(client: &Client, parcel: Uuid, state: ParcelState) -> Result<u64, Error> {
    client.execute("UPDATE parcels SET state = $2 WHERE id = $1", &[&parcel, &state]).await
}

pub async fn overdue(client: &Client, now: DateTime<Utc>) -> Result<Vec<(String, DateTime<Utc>)>, Error> {
    let rows = client
        .query("SELECT barcode, due FROM parcels WHERE due < $1 AND state NOT IN ('delivered', 'returned')", &[&now])
        .await?;
    Ok(rows.iter().map(|row| (row.get("barcode"), row.get("due"))).collect())
}

pub async fn weight(client: &Client, parcel: Uuid) -> Result<i32, Error> {
    let row = client.query_one("SELECT weight::int4 AS weight FROM parcels WHERE id = $1", &[&parcel]).await?;
    Ok(row.get("weight"))
}

pub async fn meta(client: &Client, parcel: Uuid) -> Result<Value, Error> {
    let row = client.query_one("SELECT meta FROM parcels WHERE id = $1", &[&parcel]).await?;
    Ok(row.get("meta"))
}

pub async fn set_meta(client: &Client, parcel: Uuid, meta: Value) -> Result<u64, Error> {
    client.execute("UPDATE parcels SET meta = meta || $2 WHERE id = $1", &[&parcel, &meta]).await
}

pub async fn instruct(client: &Client, parcel: Uuid, instruction: &str) -> Result<Option<String>, Error> {
    let row = client
        .query_one("UPDATE parcels SET instruction = $2 WHERE id = $1 RETURNING instruction", &[&parcel, &instruction])
        .await?;
    Ok(row.get(0))
}

pub async fn from_sender(client: &Client, sender: &str, limit: i64) -> Result<Vec<(Uuid, DateTime<Utc>)>, Error> {
    let rows = client
        .query(
            "SELECT id, created_at FROM parcels WHERE sender = $1 ORDER BY created_at DESC LIMIT $2",
            &[&sender, &limit],
        )
        .await?;
    Ok(rows.iter().map(|row| (row.get("id"), row.get("created_at"))).collect())
}

pub async fn depot_of(client: &Client, parcel: Uuid) -> Result<Option<i32>, Error> {
    let row = client.query_one("SELECT depot_id FROM parcels WHERE id = $1", &[&parcel]).await?;
    Ok(row.get("depot_id"))
}

pub async fn scan(client: &Client, parcel: Uuid, depot: i32, device: &str) -> Result<u64, Error> {
    client
        .execute("INSERT INTO scans (parcel_id, depot_id, device) VALUES ($1, $2, $3)", &[&parcel, &depot, &device])
        .await
}

pub async fn scans(client: &Client, parcel: Uuid) -> Result<Vec<(i64, String, Option<Vec<u8>>)>, Error> {
    let rows =
        client.query("SELECT id, device, raw FROM scans WHERE parcel_id = $1 ORDER BY scanned_at", &[&parcel]).await?;
    Ok(rows.iter().map(|row| (row.get("id"), row.get("device"), row.get("raw"))).collect())
}

pub async fn last_scan(client: &Client, parcel: Uuid) -> Result<Option<DateTime<Utc>>, Error> {
    let row = client.query_one("SELECT max(scanned_at) AS last FROM scans WHERE parcel_id = $1", &[&parcel]).await?;
    Ok(row.get("last"))
}

pub async fn forget_scans(client: &Client, before: DateTime<Utc>) -> Result<u64, Error> {
    client.execute("DELETE FROM scans WHERE scanned_at < $1", &[&before]).await
}

pub async fn counts(client: &Client) -> Result<Vec<(ParcelState, i64)>, Error> {
    let rows = client.query("SELECT state, count(*) FROM parcels GROUP BY state", &[]).await?;
    Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
}

pub async fn move_all(client: &Client, from: &str, to: &str) -> Result<u64, Error> {
    client
        .execute(
            "UPDATE parcels p SET depot_id = t.id FROM depots f, depots t
              WHERE p.depot_id = f.id AND f.code = $1 AND t.code = $2",
            &[&from, &to],
        )
        .await
}
