//! Rows of the clinic's tables.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Nullable, Text, Timestamptz};
use uuid::Uuid;

use crate::schema::{doctors, findings, patients, visits};

#[derive(Clone, Copy, Debug, PartialEq, diesel_derive_enum::DbEnum)]
#[ExistingTypePath = "crate::schema::sql_types::VisitState"]
pub enum VisitState {
    Booked,
    Arrived,
    Done,
    Cancelled,
}

#[derive(Debug, Identifiable, Queryable, Selectable)]
#[diesel(table_name = doctors)]
pub struct Doctor {
    pub id: i32,
    pub name: String,
    pub licence: String,
    pub room: Option<i16>,
    pub retired: bool,
}

#[derive(Insertable)]
#[diesel(table_name = doctors)]
pub struct NewDoctor<'a> {
    pub name: &'a str,
    pub licence: &'a str,
    pub room: Option<i16>,
}

#[derive(Debug, Identifiable, Queryable, Selectable)]
#[diesel(table_name = patients)]
pub struct Patient {
    pub id: i64,
    pub public_id: Uuid,
    pub name: String,
    pub born: Option<NaiveDate>,
    pub email: Option<String>,
    pub allergies: Vec<String>,
    pub profile: serde_json::Value,
    pub created_at: DateTime<Utc>,
}

#[derive(Insertable)]
#[diesel(table_name = patients)]
pub struct NewPatient<'a> {
    pub name: &'a str,
    pub born: Option<NaiveDate>,
    pub email: Option<&'a str>,
}

#[derive(AsChangeset)]
#[diesel(table_name = patients)]
pub struct PatientUpdate<'a> {
    pub name: Option<&'a str>,
    pub allergies: Option<Vec<String>>,
}

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = patients)]
pub struct PatientName {
    pub public_id: Uuid,
    pub name: String,
}

#[derive(Debug, Associations, Identifiable, Queryable, Selectable)]
#[diesel(table_name = visits, belongs_to(Patient), belongs_to(Doctor))]
pub struct Visit {
    pub id: i64,
    pub patient_id: i64,
    pub doctor_id: i32,
    pub state: VisitState,
    pub starts_at: DateTime<Utc>,
    pub minutes: i32,
    pub complaint: Option<String>,
    pub fee: Option<i64>,
}

#[derive(Insertable)]
#[diesel(table_name = visits)]
pub struct NewVisit {
    pub patient_id: i64,
    pub doctor_id: i32,
    pub starts_at: DateTime<Utc>,
    pub minutes: i32,
}

#[derive(Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = findings)]
pub struct Finding {
    pub visit_id: i64,
    pub code: String,
    pub severity: i32,
    pub remark: Option<String>,
}

#[derive(Debug, QueryableByName)]
pub struct DayEntry {
    #[diesel(sql_type = BigInt)]
    pub id: i64,
    #[diesel(sql_type = Timestamptz)]
    pub starts_at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Text>)]
    pub patient: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub doctor: Option<String>,
}

#[derive(Debug, QueryableByName)]
pub struct Load {
    #[diesel(sql_type = Integer)]
    pub doctor_id: i32,
    #[diesel(sql_type = BigInt)]
    pub visits: i64,
}

#[derive(Debug, QueryableByName)]
pub struct Amount {
    #[diesel(sql_type = Nullable<BigInt>)]
    pub amount: Option<i64>,
}
