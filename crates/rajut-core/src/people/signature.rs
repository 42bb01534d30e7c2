//! The foot of a paper: in whose name it is signed, and by whom.
//!
//! Marks before a title, as official correspondence of regional government uses them (Permendagri 1/2023).

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::person::{CivilStatus, Sealed};
use super::post::{AssignmentKind, Post};
use super::rank::Rank;
use super::roster::Roster;
use crate::id::{AssignmentId, PersonId, PostId};

/// For whom a paper is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnBehalf {
    /// For the signer's own post.
    No,
    /// a.n.: for the post directly above.
    Superior,
    /// a.n. and u.b.: for the post two levels above, through the one between.
    NextLevel,
}

/// A mark before a title.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// atas nama: on behalf of.
    An,
    /// untuk beliau: by the next level.
    Ub,
    /// pelaksana tugas.
    Plt,
    /// pelaksana harian.
    Plh,
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::An => "a.n.",
            Self::Ub => "u.b.",
            Self::Plt => "Plt.",
            Self::Plh => "Plh.",
        })
    }
}

/// A line above the signature: marks and a title.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct TitleLine {
    /// In the order they are written.
    pub marks: Vec<Mark>,
    /// Title of the post on the day of signing.
    pub title: String,
}

impl fmt::Display for TitleLine {
    /// "u.b. Plt. Kepala Seksi Telematika"
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for mark in &self.marks {
            write!(f, "{mark} ")?;
        }
        f.write_str(&self.title)
    }
}

/// All that the foot of a paper says; frozen with the paper when it is signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct SignatureBlock {
    /// Titles from top to bottom; the signer's own is the last.
    pub lines: Vec<TitleLine>,
    /// Who signs.
    pub person: PersonId,
    /// By which assignment.
    pub assignment: AssignmentId,
    /// Name with titles.
    pub name: String,
    /// How the signer is employed: tells whether the number is a NIP or a NI PPPK.
    pub status: CivilStatus,
    /// Rank on the day of signing.
    pub rank: Option<Rank>,
    /// The number, sealed.
    pub nip: Option<Sealed>,
}

/// Why nobody can sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SignerError {
    /// There is no such post.
    #[error("there is no post {0}")]
    UnknownPost(PostId),
    /// The assignment names a person who is not known.
    #[error("there is no person {0}")]
    UnknownPerson(PersonId),
    /// Nobody holds the post that day; the superior signs with the superior's own title.
    #[error("nobody holds post {post} on {date}: assign a Plt. or let the superior sign")]
    Vacant {
        /// The post.
        post: PostId,
        /// The day.
        date: Date,
    },
    /// The post has nobody above in whose name it could sign.
    #[error("post {0} has no superior in whose name it could sign")]
    NoSuperior(PostId),
}

impl<'a> Roster<'a> {
    /// The foot of a paper that the holder of `post` signs on `date`.
    ///
    /// With a.n. the superior's title stands on the first line and the signer's below it; with Plt. and Plh.
    /// there is only the one line.
    pub fn signer(
        &self,
        post: PostId,
        date: Date,
        on_behalf: OnBehalf,
    ) -> Result<SignatureBlock, SignerError> {
        let own = self.post(post).ok_or(SignerError::UnknownPost(post))?;
        let holding = self
            .holder(post, date)
            .ok_or(SignerError::Vacant { post, date })?;
        let person = self
            .person(holding.person)
            .ok_or(SignerError::UnknownPerson(holding.person))?;
        let line = |marks, post: &Post| TitleLine {
            marks,
            title: post.label_on(date).0.to_owned(),
        };
        let mut lines = Vec::new();
        let mut own_marks = Vec::new();
        match on_behalf {
            OnBehalf::No => {}
            OnBehalf::Superior => lines.push(line(vec![Mark::An], self.above(own)?)),
            OnBehalf::NextLevel => {
                let between = self.above(own)?;
                lines.push(line(vec![Mark::An], self.above(between)?));
                lines.push(line(Vec::new(), between));
                own_marks.push(Mark::Ub);
            }
        }
        match holding.kind {
            AssignmentKind::Definitif => {}
            AssignmentKind::Plt => own_marks.push(Mark::Plt),
            AssignmentKind::Plh => own_marks.push(Mark::Plh),
        }
        lines.push(line(own_marks, own));
        Ok(SignatureBlock {
            lines,
            person: person.id,
            assignment: holding.assignment,
            name: person.full_name(),
            status: person.status,
            rank: person.rank.clone(),
            nip: person.nip.clone(),
        })
    }

    fn above(&self, post: &Post) -> Result<&'a Post, SignerError> {
        post.superior
            .and_then(|id| self.post(id))
            .ok_or(SignerError::NoSuperior(post.id))
    }
}
