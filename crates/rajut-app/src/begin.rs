//! A new system in one act: settings, procedures, the usual posts, and the first administrator.
//!
//! Hides what a set-up page asks for and how it becomes the agency's file. It must not know how the page looks.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use jiff::civil::Date;
use rajut_core::account::Login;
use rajut_core::act::{Unfit, UnfitCode};
use rajut_core::id::{AssignmentId, FreshIds, PersonId, PostId};
use rajut_core::people::{Assignment, AssignmentKind, Person, Post, Role};
use rajut_core::procedure::{Lint, LintCode, Procedure, ProcedureCode};
use rajut_core::register::Edit;
use rajut_core::stream::StreamKind;
use serde::Deserialize;

use crate::edit::entry;
use crate::{AgencyFile, App, AppError, Defaults, Identity, Invitation, Key, Who, lint_procedure};

/// How long the link is good by which the first administrator sets a password: it is followed at once.
const LINK: SignedDuration = SignedDuration::from_hours(1);

/// What somebody says who sets a new system up.
#[derive(Debug, Clone)]
pub struct Beginning {
    /// Letterhead, place and zone.
    pub identity: Identity,
    /// Name of the first administrator, with titles or without.
    pub admin: String,
    /// The name that the administrator signs in with.
    pub login: Login,
    /// Why faults E01 to E03 of the shipped procedures are accepted.
    pub accepted: BTreeMap<LintCode, String>,
}

/// A post as `data/posts.toml` has it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct UsualPost {
    code: String,
    title: String,
    role: Role,
    superior: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UsualPosts {
    post: Vec<UsualPost>,
}

/// Reads the usual posts: codes are unique, a superior stands before those below it, somebody administrates.
fn usual_posts(text: &str, ids: &mut FreshIds) -> Result<Vec<Post>, Unfit> {
    let file: UsualPosts = toml::from_str(text).map_err(|error| Unfit::toml(text, &error))?;
    let mut known: BTreeMap<String, PostId> = BTreeMap::new();
    let mut posts = Vec::new();
    for usual in file.post {
        if usual.title.trim().is_empty() {
            return Err(Unfit::from(UnfitCode::FieldEmpty).with("field", "title"));
        }
        let above = |code: &String| {
            known.get(code).copied().ok_or_else(|| {
                Unfit::from(UnfitCode::NotOneOf)
                    .with("value", code)
                    .with("allowed", known.keys().cloned().collect::<Vec<_>>().join(", "))
            })
        };
        let superior = usual.superior.as_ref().map(above).transpose()?;
        let id: PostId = ids.fresh();
        if known.insert(usual.code.clone(), id).is_some() {
            return Err(Unfit::from(UnfitCode::Taken).with("value", usual.code));
        }
        posts.push(Post {
            id,
            code: usual.code,
            title: usual.title,
            unit: String::new(),
            superior,
            role: usual.role,
            office: None,
            former: Vec::new(),
        });
    }
    if posts.iter().any(|post| post.role == Role::Admin) {
        Ok(posts)
    } else {
        Err(Unfit::from(UnfitCode::FieldEmpty).with("field", "admin"))
    }
}

impl Defaults {
    /// The faults on the shipped papers that somebody must accept with a reason before they can be in force.
    ///
    /// # Errors
    /// Where a shipped procedure cannot be read; a test reads them all.
    pub fn to_accept(&self, today: Date) -> Result<Vec<(ProcedureCode, Lint)>, AppError> {
        let parsed: Vec<Procedure> = self.parsed()?;
        let known: Vec<&Procedure> = parsed.iter().collect();
        let mut found = Vec::new();
        let mut seen = BTreeSet::new();
        for procedure in &parsed {
            for lint in lint_procedure(procedure, &known, today) {
                let acceptable = LintCode::ACCEPTABLE.contains(&lint.code);
                if acceptable && seen.insert((procedure.code.clone(), lint.code)) {
                    found.push((procedure.code.clone(), lint));
                }
            }
        }
        Ok(found)
    }
}

impl App {
    /// Sets an empty database up for an agency, with the usual posts and an administrator, in one act; and gives the
    /// link by which the administrator sets a password.
    ///
    /// # Errors
    /// Where something was not said, where a fault of a shipped paper is not accepted, and for a database that was set
    /// up before; nothing is done then.
    pub async fn set_up_agency(&self, key: Key, asked: &Beginning) -> Result<Invitation, AppError> {
        if self.is_set_up().await? {
            return Err(AppError::invalid("setup", UnfitCode::AlreadySetUp));
        }
        let name = asked.admin.trim();
        if name.is_empty() {
            return Err(AppError::invalid("administrator", UnfitCode::Empty));
        }
        let agency = AgencyFile::rewrite(AgencyFile::TEMPLATE, &asked.identity)
            .map_err(|error| AppError::invalid("agency", error))?;
        let mut ids = self.ids();
        let posts = usual_posts(include_str!("../../../data/posts.toml"), &mut ids)
            .map_err(|error| AppError::invalid("post", error))?;
        let today = asked.identity.zone.date(self.now());
        let admin: PersonId = ids.fresh();
        let mut edits = Vec::new();
        for post in posts {
            if post.role == Role::Admin {
                let held = Assignment {
                    id: ids.fresh::<AssignmentId>(),
                    person: admin,
                    post: post.id,
                    kind: AssignmentKind::Definitif,
                    from: today,
                    until: None,
                    // There is no decree yet; whoever has one enters it with the next assignment.
                    decree: "-".to_owned(),
                };
                edits.push(entry(StreamKind::Assignment, held.id.0, new(held)));
            }
            edits.push(entry(StreamKind::Post, post.id.0, new(post)));
        }
        let person = Person {
            name: name.to_owned(),
            ..Person::blank(admin)
        };
        edits.push(entry(StreamKind::Person, admin.0, new(person)));
        self.set_up_with(key, &Defaults::shipped(&agency), today, &asked.accepted, edits)
            .await?;
        let system = Who::system();
        self.invite_for(system, Key::default(), admin, Some(&asked.login), LINK)
            .await
    }
}

fn new<T>(after: T) -> Edit<T> {
    Edit { before: None, after }
}

#[cfg(test)]
mod tests {
    use rajut_core::calendar::Zone;

    use super::*;

    fn ids() -> FreshIds {
        FreshIds::new(jiff::Timestamp::UNIX_EPOCH, [7; 32])
    }

    #[test]
    fn the_shipped_posts_fill_every_lane_of_the_template() {
        let posts = usual_posts(include_str!("../../../data/posts.toml"), &mut ids()).unwrap();
        let identity = Identity {
            zone: Zone::Wita,
            place: "Contoh".into(),
            government: "PEMERINTAH KABUPATEN CONTOH".into(),
            agency: "DINAS CONTOH".into(),
            address: vec!["Jl. \"Contoh\" 1".into()],
        };
        let text = AgencyFile::rewrite(AgencyFile::TEMPLATE, &identity).unwrap();
        let file = AgencyFile::parse(&text).unwrap();
        for code in file.lanes.values().flat_map(|lanes| lanes.values()) {
            assert!(posts.iter().any(|post| post.code == *code), "{code}");
        }
        assert_eq!(Identity::of(&file), identity);
        // What explains the file is still in it.
        assert!(text.contains("# Jabatan yang mengisi tiap kolom pelaksana"));
    }

    #[test]
    fn posts_that_do_not_fit_are_named() {
        let admin = "[[post]]\ncode = \"a\"\ntitle = \"A\"\nrole = \"admin\"\n";
        assert!(usual_posts(admin, &mut ids()).is_ok());
        let lost = format!("{admin}superior = \"z\"\n");
        for text in [
            "post = []",
            "",
            &format!("{admin}{admin}"),
            &lost,
            "[[post]]\ncode = 1",
        ] {
            assert!(usual_posts(text, &mut ids()).is_err(), "{text}");
        }
    }
}
