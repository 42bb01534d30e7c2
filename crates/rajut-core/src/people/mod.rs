//! Persons, posts, dated assignments, NIP, ranks. It must not know runs.
#![allow(missing_docs)]
use serde::{Deserialize, Serialize};
use crate::id::*;
use jiff::civil::Date;
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sealed(pub String);
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role { AgencyHead, DivisionHead, SectionHead, Technician, ServiceOfficer, Clerk, OfficeUser, Auditor, Admin }
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Capacity { Own, Plt, Plh, SuperiorForVacant(PostId) }
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person { pub id: PersonId, pub name: String }
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Post { pub id: PostId, pub code: String, pub title: String }
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment { pub id: AssignmentId, pub person: PersonId, pub post: PostId, pub from: Date }
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leave { pub person: PersonId, pub from: Date, pub until: Date }
