//! What every decision needs besides the records it touches: settings, procedures, people.

use rajut_core::act::UnfitCode;
use std::sync::Arc;

use jiff::civil::Date;
use rajut_core::calendar::Calendar;
use rajut_core::check::Thresholds;
use rajut_core::check::checklist::Checklist;
use rajut_core::complaint::{Causes, ServiceLevels};
use rajut_core::flow::{Agency, Facts, Procedures, Records};
use rajut_core::number::Templates;
use rajut_core::people::{Assignment, Leave, Person, Post};
use rajut_core::procedure::{Procedure, ProcedureCode, ProcedureVersion, VersionState, effective_on};
use rajut_core::register::{Setting, SettingKind};
use rajut_core::run::ProcedureRef;
use rajut_core::stream::{StreamKind, StreamRef};

use crate::{AgencyFile, App, AppError};

/// Settings, procedures and people as they stand at one point of the journal.
#[derive(Debug)]
pub struct Context {
    /// People, posts, assignments, leave, overtime orders and versions of procedures, with the versions of these
    /// records.
    pub people: Records,
    /// Every version of every procedure that was approved: what a run may follow or has followed.
    pub procedures: Procedures,
    /// Working time.
    pub calendar: Calendar,
    /// Thresholds.
    pub thresholds: Thresholds,
    /// Thresholds as they were loaded, to be taken along.
    pub thresholds_text: String,
    /// The checklist.
    pub checklist: Checklist,
    /// Templates of numbers.
    pub templates: Templates,
    /// Service levels.
    pub levels: ServiceLevels,
    /// Causes of outages.
    pub causes: Causes,
    /// The set-up file.
    pub agency_file: AgencyFile,
    /// As the rules need it.
    pub agency: Agency,
}

/// The streams of which a context is made.
const KINDS: &[StreamKind] = &[
    StreamKind::Person,
    StreamKind::Post,
    StreamKind::Assignment,
    StreamKind::Leave,
    StreamKind::Overtime,
    StreamKind::Setting,
    StreamKind::Procedure,
];

impl Context {
    /// The facts for a decision over `records`.
    pub fn facts<'a>(&'a self, records: &'a Records) -> Facts<'a> {
        Facts {
            records,
            procedures: &self.procedures,
            calendar: &self.calendar,
            agency: &self.agency,
        }
    }

    /// A snapshot that begins with the people.
    pub fn records(&self) -> Records {
        self.people.clone()
    }

    /// The version of a procedure in force on a day.
    pub fn procedure_on(&self, code: &ProcedureCode, day: Date) -> Result<ProcedureRef, AppError> {
        effective_on(self.versions(), code, day)
            .map(|version| ProcedureRef {
                code: code.clone(),
                version,
            })
            .ok_or_else(|| AppError::not_found("version-in-force", format!("{code} ({day})")))
    }

    /// Every version of every procedure, drafts too.
    pub fn versions(&self) -> impl Iterator<Item = &ProcedureVersion> {
        self.people.all::<ProcedureVersion>()
    }

    /// The person with this id.
    pub fn person(&self, id: rajut_core::id::PersonId) -> Result<&Person, AppError> {
        self.people
            .find::<Person>(id.0)
            .ok_or_else(|| AppError::not_found("person", id))
    }

    /// The person who holds the post with this code on a day.
    pub fn holder(&self, code: &str, day: Date) -> Result<&Person, AppError> {
        let post = self.post(code)?;
        let (posts, assignments, leaves) = self.roster();
        let roster = rajut_core::people::Roster {
            persons: &[],
            posts: &posts,
            assignments: &assignments,
            leaves: &leaves,
        };
        let holding = roster
            .actor(post.id, day)
            .ok_or_else(|| AppError::not_found("holder", format!("{code} ({day})")))?;
        self.person(holding.person)
    }

    /// The post with this code.
    pub fn post(&self, code: &str) -> Result<&Post, AppError> {
        self.people
            .all::<Post>()
            .find(|post| post.code == code)
            .ok_or_else(|| AppError::not_found("post", code))
    }

    /// Posts, assignments and leave, for a roster.
    pub fn roster(&self) -> (Vec<Post>, Vec<Assignment>, Vec<Leave>) {
        (
            self.people.all::<Post>().cloned().collect(),
            self.people.all::<Assignment>().cloned().collect(),
            self.people.all::<Leave>().cloned().collect(),
        )
    }
}

impl App {
    /// The context as of now. It is read anew when anybody, in this process or another one, has changed what
    /// it is made of.
    pub async fn context(&self) -> Result<Arc<Context>, AppError> {
        let mut kept = self.context.lock().await;
        let head = self.store.head().await?.seq;
        if let Some((seq, context)) = kept.as_mut()
            && self.unchanged_since(*seq, head).await?
        {
            *seq = head;
            return Ok(Arc::clone(context));
        }
        let context = Arc::new(self.read_context().await?);
        *kept = Some((head, Arc::clone(&context)));
        Ok(context)
    }

    /// Whether the journal between two places leaves the context as it is.
    async fn unchanged_since(&self, seq: i64, head: i64) -> Result<bool, AppError> {
        // Past this it is cheaper to read the context than the journal.
        const MOST: i64 = 500;
        if head < seq || head - seq > MOST {
            return Ok(false);
        }
        if head == seq {
            return Ok(true);
        }
        let records = self.store.journal(seq + 1, 500).await?;
        Ok(records.iter().all(|record| !KINDS.contains(&record.stream.kind)))
    }

    async fn read_context(&self) -> Result<Context, AppError> {
        let mut people = Records::new();
        let mut settings: Vec<Setting> = Vec::new();
        for kind in KINDS {
            for (stream, versioned) in self.store.all(*kind).await? {
                match versioned.state {
                    rajut_core::stream::State::Setting(setting) => settings.push(*setting),
                    state => people.insert(stream, versioned.version, state),
                }
            }
        }
        let today_utc = self.now();
        let newest = |kind: SettingKind, what: &str| -> Result<&Setting, AppError> {
            settings
                .iter()
                .filter(|setting| setting.kind == kind)
                .filter(|setting| setting.effective_from <= jakarta_date(today_utc))
                .max_by_key(|setting| (setting.effective_from, setting.version))
                .ok_or_else(|| AppError::setting(what, UnfitCode::NotLoaded))
        };
        let agency_file = AgencyFile::parse(&newest(SettingKind::Agency, "agency")?.text)
            .map_err(|error| AppError::setting("agency", error))?;
        let calendar = Calendar::parse(&newest(SettingKind::Calendar, "calendar")?.text)
            .map_err(|error| AppError::setting("calendar", error))?;
        let thresholds_text = newest(SettingKind::Thresholds, "thresholds")?.text.clone();
        let thresholds =
            Thresholds::read(&thresholds_text).map_err(|error| AppError::setting("thresholds", error))?;
        let checklist = Checklist::read(&newest(SettingKind::Checklist, "checklist")?.text)
            .map_err(|error| AppError::setting("checklist", error))?;
        let templates = Templates::parse(&newest(SettingKind::Numbers, "numbers")?.text)
            .map_err(|error| AppError::setting("numbers", error))?;
        let levels = ServiceLevels::parse(&newest(SettingKind::ServiceLevels, "service_levels")?.text)
            .map_err(|error| AppError::setting("service_levels", error))?;
        let causes = Causes::parse(&newest(SettingKind::Causes, "causes")?.text)
            .map_err(|error| AppError::setting("causes", error))?;
        let mut procedures = Procedures::new();
        for version in people.all::<ProcedureVersion>() {
            if matches!(version.state, VersionState::Draft { .. }) {
                continue;
            }
            let procedure = Procedure::parse(&version.text)
                .map_err(|error| AppError::procedure_file(&version.code, error))?;
            let reference = ProcedureRef {
                code: version.code.clone(),
                version: version.version,
            };
            procedures.insert(reference, procedure);
        }
        let posts: Vec<&Post> = people.all::<Post>().collect();
        let agency = Agency {
            causes: causes.codes(),
            ..agency_file.rules(&posts)
        };
        Ok(Context {
            people,
            procedures,
            calendar,
            thresholds,
            thresholds_text,
            checklist,
            templates,
            levels,
            causes,
            agency_file,
            agency,
        })
    }
}

/// The date in the westernmost zone of Indonesia: a setting that takes effect on a day does so there first.
fn jakarta_date(at: jiff::Timestamp) -> Date {
    rajut_core::calendar::Zone::Wib.date(at)
}

/// The stream of a setting's version: the same kind and version is the same stream, so that two who load
/// version 2 at once meet.
pub(crate) fn setting_stream(kind: SettingKind, version: u32) -> StreamRef {
    named(StreamKind::Setting, &format!("{kind:?}/{version}"))
}

/// The stream of a procedure's version.
pub(crate) fn procedure_stream(code: &ProcedureCode, version: u32) -> StreamRef {
    named(StreamKind::Procedure, &format!("{code}/{version}"))
}

/// A stream whose id follows from a name: version 8 of RFC 9562, from SHA-256.
fn named(kind: StreamKind, name: &str) -> StreamRef {
    let hash = rajut_core::journal::Hash::of(format!("rajut-name/1\n{}\n{name}", kind.code()).as_bytes());
    let mut bytes = [0_u8; 16];
    bytes.copy_from_slice(&hash.bytes()[..16]);
    StreamRef {
        kind,
        id: uuid::Builder::from_custom_bytes(bytes).into_uuid(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_name_gives_one_stream() {
        let a = setting_stream(SettingKind::Calendar, 1);
        assert_eq!(a, setting_stream(SettingKind::Calendar, 1));
        assert_ne!(a, setting_stream(SettingKind::Calendar, 2));
        assert_eq!(a.id.get_version_num(), 8);
        assert_ne!(a.id, Uuid::nil());
    }
}
