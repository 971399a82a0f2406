//! Depots and their vehicles.

use chrono::{DateTime, Utc};
use postgres_types::{FromSql, ToSql};
use tokio_postgres::types::Type;
use tokio_postgres::{Client, Error, Row};

#[derive(Clone, Copy, Debug, PartialEq, ToSql, FromSql)]
#[postgres(name = "vehicle_kind", rename_all = "snake_case")]
pub enum VehicleKind {
    Bike,
    Van,
    Truck,
}

#[derive(Clone, Debug, ToSql, FromSql)]
#[postgres(name = "geo_point")]
pub struct GeoPoint {
    pub latitude: f64,
    pub longitude: f64,
}

pub struct Depot {
    pub id: i32,
    pub code: String,
    pub title: String,
    pub open: bool,
}

pub struct Load {
    pub code: String,
    pub capacity: i32,
    pub parcels: i64,
    pub weight: Option<i64>,
}

pub async fn all(client: &Client) -> Result<Vec<Depot>, Error> {
    let rows = client.query("SELECT id, code, title, open FROM depots ORDER BY code", &[]).await?;
    Ok(rows
        .iter()
        .map(|row| Depot { id: row.get("id"), code: row.get("code"), title: row.get("title"), open: row.get("open") })
        .collect())
}

pub async fn find(client: &Client, code: &str) -> Result<Option<i32>, Error> {
    let row = client.query_opt("SELECT id FROM depots WHERE code = $1", &[&code]).await?;
    Ok(row.map(|row| row.get(0)))
}

pub async fn location(client: &Client, depot: i32) -> Result<Option<GeoPoint>, Error> {
    let row = client.query_one("SELECT location FROM depots WHERE id = $1", &[&depot]).await?;
    row.try_get("location")
}

pub async fn add(client: &Client, code: &str, title: &str) -> Result<i32, Error> {
    let row =
        client.query_one("INSERT INTO depots (code, title) VALUES ($1, $2) RETURNING id", &[&code, &title]).await?;
    Ok(row.get("id"))
}

pub async fn rename(client: &Client, depot: i32, title: &str) -> Result<u64, Error> {
    client.execute("UPDATE depots SET title = $2 WHERE id = $1", &[&depot, &title]).await
}

pub async fn close(client: &Client, depot: i32) -> Result<u64, Error> {
    client.execute("UPDATE depots SET open = false WHERE id = $1", &[&depot]).await
}

pub async fn upsert(client: &Client, code: &str, title: &str, capacity: i32) -> Result<u64, Error> {
    client
        .execute(
            "INSERT INTO depots (code, title, capacity) VALUES ($1, $2, $3)
             ON CONFLICT (code) DO UPDATE SET title = excluded.title, capacity = excluded.capacity",
            &[&code, &title, &capacity],
        )
        .await
}

pub async fn loads(client: &Client) -> Result<Vec<Load>, Error> {
    let mut loads = Vec::new();
    for row in client.query("SELECT code, capacity, parcels, weight FROM depot_load ORDER BY code", &[]).await? {
        loads.push(Load {
            code: row.get("code"),
            capacity: row.get("capacity"),
            parcels: row.get("parcels"),
            weight: row.get("weight"),
        });
    }
    Ok(loads)
}

pub async fn parcels_at(client: &Client, depot: i32) -> Result<i64, Error> {
    let row = client.query_one("SELECT parcels_at($1)", &[&depot]).await?;
    row.try_get(0)
}

pub async fn vehicles(client: &Client, depot: i32) -> Result<Vec<(i32, String, VehicleKind)>, Error> {
    let statement = client.prepare("SELECT id, plate, kind FROM vehicles WHERE depot_id = $1 ORDER BY id").await?;
    let rows = client.query(&statement, &[&depot]).await?;
    Ok(rows.iter().map(|row: &Row| (row.get(0), row.get(1), row.get(2))).collect())
}

pub async fn add_vehicle(
    client: &Client,
    depot: i32,
    plate: &str,
    kind: VehicleKind,
    payload: i16,
) -> Result<i32, Error> {
    let row = client
        .query_one(
            "INSERT INTO vehicles (depot_id, plate, kind, payload) VALUES ($1, $2, $3, $4) RETURNING id",
            &[&depot, &plate, &kind, &payload],
        )
        .await?;
    Ok(row.get(0))
}

pub async fn of_kind(client: &Client, kind: VehicleKind) -> Result<Vec<String>, Error> {
    let rows = client.query("SELECT plate FROM vehicles WHERE kind = $1", &[&kind]).await?;
    Ok(rows.into_iter().map(|row| row.get("plate")).collect())
}

pub async fn vans(client: &Client) -> Result<Vec<i16>, Error> {
    let rows = client.query("SELECT payload FROM vehicles WHERE kind = 'van'", &[]).await?;
    Ok(rows.iter().map(|row| row.get("payload")).collect())
}

pub async fn drive(client: &Client, vehicle: i32, distance: i64) -> Result<i64, Error> {
    let row = client
        .query_one(
            "UPDATE vehicles SET mileage = mileage + $2, last_seen = now() WHERE id = $1 RETURNING mileage",
            &[&vehicle, &distance],
        )
        .await?;
    Ok(row.get("mileage"))
}

pub async fn seen(client: &Client, vehicle: i32) -> Result<Option<DateTime<Utc>>, Error> {
    let row = client.query_opt("SELECT last_seen FROM vehicles WHERE id = $1", &[&vehicle]).await?;
    Ok(row.and_then(|row| row.get("last_seen")))
}

pub async fn note(client: &Client, plate: &str, notes: Option<&str>) -> Result<u64, Error> {
    client
        .query_typed(
            "UPDATE vehicles SET notes = $2 WHERE plate = $1 RETURNING id",
            &[(&plate, Type::TEXT), (&notes, Type::TEXT)],
        )
        .await
        .map(|rows| rows.len() as u64)
}

pub async fn scrap(client: &Client, vehicle: i32) -> Result<u64, Error> {
    client.execute("DELETE FROM vehicles WHERE id = $1 AND mileage > 300000", &[&vehicle]).await
}
