//! Posts, who is assigned to them from when to when, and who is away.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::id::{AssignmentId, OfficeId, PersonId, PostId};

/// The rights that an assignment to a post gives. Not a lane: lanes are bound to posts by the agency.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Kepala dinas.
    AgencyHead,
    /// Kepala bidang.
    DivisionHead,
    /// Kepala seksi, ketua tim.
    SectionHead,
    /// Field technician.
    Technician,
    /// Petugas layanan, NOC.
    ServiceOfficer,
    /// Drafts and keys in for others.
    Clerk,
    /// A served office's contact.
    OfficeUser,
    /// Inspector, assessor: reads, changes nothing.
    Auditor,
    /// Sets up, imports, backs up.
    Admin,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 9] = [
        Self::AgencyHead,
        Self::DivisionHead,
        Self::SectionHead,
        Self::Technician,
        Self::ServiceOfficer,
        Self::Clerk,
        Self::OfficeUser,
        Self::Auditor,
        Self::Admin,
    ];

    /// The code that files, the API and locale keys use; the same as its JSON.
    pub fn code(self) -> &'static str {
        match self {
            Self::AgencyHead => "agency_head",
            Self::DivisionHead => "division_head",
            Self::SectionHead => "section_head",
            Self::Technician => "technician",
            Self::ServiceOfficer => "service_officer",
            Self::Clerk => "clerk",
            Self::OfficeUser => "office_user",
            Self::Auditor => "auditor",
            Self::Admin => "admin",
        }
    }

    /// The role with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.code() == code)
    }
}

/// What a post was called before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct FormerLabel {
    /// Title of that time.
    pub title: String,
    /// Unit of that time.
    pub unit: String,
    /// Last day, included.
    pub until: Date,
}

/// A post (jabatan): a place in the organisation, held by changing persons under changing names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Post {
    /// Identity.
    pub id: PostId,
    /// Short stable name, for files and the command line: "kasi-telematika".
    pub code: String,
    /// What it is called now: "Kepala Seksi Telematika".
    pub title: String,
    /// The unit it belongs to now.
    pub unit: String,
    /// The post above it.
    pub superior: Option<PostId>,
    /// Rights of its holder.
    pub role: Role,
    /// The served office it speaks for; none for the agency's own posts.
    pub office: Option<OfficeId>,
    /// Earlier names, in any order.
    pub former: Vec<FormerLabel>,
}

impl Post {
    /// Title and unit as they were called on a day.
    pub fn label_on(&self, date: Date) -> (&str, &str) {
        self.former
            .iter()
            .filter(|label| date <= label.until)
            .min_by_key(|label| label.until)
            .map_or((&self.title, &self.unit), |label| (&label.title, &label.unit))
    }
}

/// In what way a post is held.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum AssignmentKind {
    /// In one's own right.
    Definitif,
    /// Pelaksana tugas: acting while the post is vacant.
    Plt,
    /// Pelaksana harian: acting while the holder is away.
    Plh,
}

impl fmt::Display for AssignmentKind {
    /// "definitif", "Plt.", "Plh."
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Definitif => "definitif",
            Self::Plt => "Plt.",
            Self::Plh => "Plh.",
        })
    }
}

/// A dated holding of a post by a person, by a decree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Assignment {
    /// Identity.
    pub id: AssignmentId,
    /// Who.
    pub person: PersonId,
    /// What.
    pub post: PostId,
    /// How.
    pub kind: AssignmentKind,
    /// First day.
    pub from: Date,
    /// Last day, included; open if none.
    pub until: Option<Date>,
    /// Number of the decree.
    pub decree: String,
}

impl Assignment {
    /// Whether it holds on that day.
    pub fn in_force(&self, date: Date) -> bool {
        self.from <= date && self.until.is_none_or(|until| date <= until)
    }
}

/// Days on which a person is away: leave, sickness, a journey.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Leave {
    /// Who.
    pub person: PersonId,
    /// First day.
    pub from: Date,
    /// Last day, included.
    pub until: Date,
    /// Why, as entered.
    pub reason: String,
}

impl Leave {
    /// Whether that day is one of them.
    pub fn covers(&self, date: Date) -> bool {
        self.from <= date && date <= self.until
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use uuid::Uuid;

    #[test]
    fn a_role_is_written_by_its_code() {
        for role in Role::ALL {
            assert_eq!(
                serde_json::to_string(&role).unwrap(),
                format!("\"{}\"", role.code())
            );
            assert_eq!(Role::from_code(role.code()), Some(role));
        }
        assert_eq!(Role::from_code("kasi"), None);
    }

    #[test]
    fn a_post_keeps_its_former_names() {
        let label = |title: &str, until| FormerLabel {
            title: title.to_owned(),
            unit: "Lama".to_owned(),
            until,
        };
        let post = Post {
            id: PostId(Uuid::from_u128(1)),
            code: "kasi".to_owned(),
            title: "Ketua Tim".to_owned(),
            unit: "Baru".to_owned(),
            superior: None,
            role: Role::SectionHead,
            office: None,
            former: vec![
                label("Subkoordinator", date(2024, 6, 30)),
                label("Kepala Seksi", date(2021, 12, 31)),
            ],
        };
        assert_eq!(post.label_on(date(2021, 1, 4)), ("Kepala Seksi", "Lama"));
        assert_eq!(post.label_on(date(2021, 12, 31)), ("Kepala Seksi", "Lama"));
        assert_eq!(post.label_on(date(2022, 1, 1)), ("Subkoordinator", "Lama"));
        assert_eq!(post.label_on(date(2024, 7, 1)), ("Ketua Tim", "Baru"));
    }
}
