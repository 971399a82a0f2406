//! Patients and doctors.

use diesel::pg::PgConnection;
use diesel::prelude::*;
use uuid::Uuid;

use crate::models::{Doctor, NewDoctor, NewPatient, Patient, PatientName, PatientUpdate};
use crate::schema::{doctors, patients};

pub fn register(db: &mut PgConnection, patient: &NewPatient) -> QueryResult<Patient> {
    diesel::insert_into(patients::table).values(patient).returning(Patient::as_returning()).get_result(db)
}

pub fn find(db: &mut PgConnection, id: i64) -> QueryResult<Patient> {
    patients::table.find(id).select(Patient::as_select()).first(db)
}

pub fn all(db: &mut PgConnection) -> QueryResult<Vec<Patient>> {
    patients::table.load(db)
}

pub fn by_public_id(db: &mut PgConnection, id: Uuid) -> QueryResult<Option<PatientName>> {
    patients::table.filter(patients::public_id.eq(id)).select(PatientName::as_select()).first(db).optional()
}

pub fn by_email(db: &mut PgConnection, email: &str) -> QueryResult<Vec<i64>> {
    patients::table.filter(patients::email.eq(email)).select(patients::id).load(db)
}

pub fn change(db: &mut PgConnection, id: i64, update: &PatientUpdate) -> QueryResult<usize> {
    diesel::update(patients::table.find(id)).set(update).execute(db)
}

pub fn names(db: &mut PgConnection) -> QueryResult<Vec<PatientName>> {
    patients::table.order(patients::name.asc()).select(PatientName::as_select()).load(db)
}

pub fn count(db: &mut PgConnection) -> QueryResult<i64> {
    patients::table.count().get_result(db)
}

pub fn set_email(db: &mut PgConnection, id: i64, email: Option<&str>) -> QueryResult<usize> {
    diesel::update(patients::table.find(id)).set(patients::email.eq(email)).execute(db)
}

pub fn set_profile(db: &mut PgConnection, id: i64, profile: serde_json::Value) -> QueryResult<usize> {
    diesel::update(patients::table.find(id)).set(patients::profile.eq(profile)).execute(db)
}

pub fn hire(db: &mut PgConnection, doctor: &NewDoctor) -> QueryResult<i32> {
    diesel::insert_into(doctors::table).values(doctor).returning(doctors::id).get_result(db)
}

pub fn hire_once(db: &mut PgConnection, doctor: &NewDoctor) -> QueryResult<usize> {
    diesel::insert_into(doctors::table).values(doctor).on_conflict(doctors::licence).do_nothing().execute(db)
}

pub fn active_doctors(db: &mut PgConnection) -> QueryResult<Vec<Doctor>> {
    doctors::table.filter(doctors::retired.eq(false)).select(Doctor::as_select()).load(db)
}

pub fn doctor(db: &mut PgConnection, id: i32) -> QueryResult<Doctor> {
    doctors::table.find(id).first(db)
}

pub fn move_doctor(db: &mut PgConnection, id: i32, room: Option<i16>) -> QueryResult<usize> {
    diesel::update(doctors::table.find(id)).set(doctors::room.eq(room)).execute(db)
}

pub fn retire(db: &mut PgConnection, id: i32) -> QueryResult<usize> {
    diesel::update(doctors::table.find(id)).set(doctors::retired.eq(true)).execute(db)
}

pub fn licences(db: &mut PgConnection) -> QueryResult<Vec<(String, Option<i16>)>> {
    doctors::table.select((doctors::licence, doctors::room)).load(db)
}
