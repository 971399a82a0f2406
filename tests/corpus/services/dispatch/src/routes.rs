//! A day's routes and their stops.

use chrono::{DateTime, NaiveDate, Utc};
use tokio_postgres::{Client, Error};
use uuid::Uuid;

pub struct Stop {
    pub position: i32,
    pub barcode: String,
    pub eta: Option<DateTime<Utc>>,
    pub done: bool,
    pub outcome: Option<String>,
}

pub async fn plan(client: &Client, courier: Uuid, day: NaiveDate) -> Result<i64, Error> {
    let row = client
        .query_one(
            "INSERT INTO routes (courier_id, day) VALUES ($1, $2)
             ON CONFLICT ON CONSTRAINT routes_courier_day_key DO UPDATE SET day = excluded.day RETURNING id",
            &[&courier, &day],
        )
        .await?;
    Ok(row.get("id"))
}

pub async fn of_courier(client: &Client, courier: Uuid, day: NaiveDate) -> Result<Option<i64>, Error> {
    let row = client.query_opt("SELECT id FROM routes WHERE courier_id = $1 AND day = $2", &[&courier, &day]).await?;
    Ok(row.map(|row| row.get("id")))
}

pub async fn start(client: &Client, route: i64) -> Result<Option<DateTime<Utc>>, Error> {
    let row =
        client.query_one("UPDATE routes SET started_at = now() WHERE id = $1 RETURNING started_at", &[&route]).await?;
    Ok(row.get("started_at"))
}

pub async fn finish(client: &Client, route: i64, distance: f64) -> Result<u64, Error> {
    client.execute("UPDATE routes SET ended_at = now(), distance = $2 WHERE id = $1", &[&route, &distance]).await
}

pub async fn distance(client: &Client, courier: Uuid) -> Result<Option<f64>, Error> {
    let row = client.query_one("SELECT sum(distance) FROM routes WHERE courier_id = $1", &[&courier]).await?;
    Ok(row.get(0))
}

pub async fn running(client: &Client) -> Result<Vec<(i64, String)>, Error> {
    let rows = client
        .query(
            "SELECT r.id, c.name FROM routes r JOIN couriers c ON c.id = r.courier_id
              WHERE r.started_at IS NOT NULL AND r.ended_at IS NOT NULL",
            &[],
        )
        .await?;
    Ok(rows.iter().map(|row| (row.get("id"), row.get("name"))).collect())
}

pub async fn stops(client: &Client, route: i64) -> Result<Vec<Stop>, Error> {
    let rows = client
        .query(
            "SELECT s.position, p.barcode, s.eta, s.done, s.outcome
               FROM stops s JOIN parcels p ON p.id = s.parcel_id WHERE s.route_id = $1 ORDER BY s.position",
            &[&route],
        )
        .await?;
    let stop = |row: &tokio_postgres::Row| Stop {
        position: row.get("position"),
        barcode: row.get("barcode"),
        eta: row.get("eta"),
        done: row.get("done"),
        outcome: row.get("outcome"),
    };
    Ok(rows.iter().map(stop).collect())
}

pub async fn add_stop(client: &Client, route: i64, position: i32, parcel: Uuid) -> Result<u64, Error> {
    client
        .execute(
            "INSERT INTO stops (route_id, position, parcel_id) VALUES ($1, $2, $3)
             ON CONFLICT (route_id, position) DO NOTHING",
            &[&route, &position, &parcel],
        )
        .await
}

pub async fn append_stop(client: &Client, route: i64, parcel: Uuid) -> Result<i32, Error> {
    let row = client
        .query_one(
            "INSERT INTO stops (route_id, position, parcel_id) VALUES ($1, next_position($1), $2) RETURNING position",
            &[&route, &parcel],
        )
        .await?;
    Ok(row.get("position"))
}

pub async fn delivered(client: &Client, route: i64, position: i32) -> Result<u64, Error> {
    client
        .execute(
            "UPDATE stops SET done = true, outcome = 'delivered' WHERE route_id = $1 AND position = $2",
            &[&route, &position],
        )
        .await
}

pub async fn absent(client: &Client, route: i64, position: i32) -> Result<u64, Error> {
    client
        .execute(
            "UPDATE stops SET done = true, outcome = 'absent' WHERE route_id = $1 AND position = $2",
            &[&route, &position],
        )
        .await
}

pub async fn expect(client: &Client, route: i64, position: i32, eta: DateTime<Utc>) -> Result<u64, Error> {
    client.execute("UPDATE stops SET eta = $3 WHERE route_id = $1 AND position = $2", &[&route, &position, &eta]).await
}

pub async fn open_stop(client: &Client, parcel: Uuid) -> Result<Option<(i64, i32)>, Error> {
    let row =
        client.query_opt("SELECT route_id, position FROM stops WHERE parcel_id = $1 AND NOT done", &[&parcel]).await?;
    Ok(row.map(|row| (row.get("route_id"), row.get("position"))))
}

pub async fn cancel(client: &Client, route: i64) -> Result<u64, Error> {
    client.execute("DELETE FROM stops WHERE route_id = $1", &[&route]).await
}

pub async fn outcomes(client: &Client, day: NaiveDate) -> Result<Vec<(Option<String>, i64)>, Error> {
    let rows = client
        .query(
            "SELECT s.outcome, count(*) FROM stops s JOIN routes r ON r.id = s.route_id
              WHERE r.day = $1 GROUP BY s.outcome",
            &[&day],
        )
        .await?;
    Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
}

pub async fn kinds_on_road(client: &Client, day: NaiveDate) -> Result<Vec<crate::depots::VehicleKind>, Error> {
    let rows = client
        .query(
            "SELECT DISTINCT v.kind FROM routes r JOIN couriers c ON c.id = r.courier_id
               JOIN vehicles v ON v.id = c.vehicle_id WHERE r.day = $1",
            &[&day],
        )
        .await?;
    Ok(rows.iter().map(|row| row.get("kind")).collect())
}
