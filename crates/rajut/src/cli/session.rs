//! Who acts, on which database.

use rajut_core::act::{Unfit, UnfitCode};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use rajut_app::store::Page;
use rajut_app::{App, AppError, Done, Key, RunBundle, Who};
use rajut_core::calendar::Zone;
use rajut_core::flow::Command;
use rajut_core::id::{PersonId, RunId, SiteId, VisitId};
use rajut_core::journal::Hash;
use rajut_core::people::{Assignment, Person};
use rajut_core::register::Site;
use rajut_core::run::{Run, Target, Team};
use rajut_core::stream::{AsState, State, StreamKind};
use rajut_core::visit::Visit;
use serde::de::DeserializeOwned;

/// Who acts and when, as the command line says it.
#[derive(Debug, Default)]
pub struct Says {
    /// Who acts.
    pub person: Option<String>,
    /// Who keys it in, if somebody else.
    pub entered_by: Option<String>,
    /// What shows it then.
    pub scan: Option<PathBuf>,
    /// When it happened, if not now.
    pub at: Option<String>,
}

/// A command's database, person and time.
pub struct Session {
    /// The application.
    pub app: App,
    person: Option<PersonId>,
    entered_by: Option<PersonId>,
    scan: Option<Hash>,
    at: Option<Timestamp>,
}

impl Session {
    /// A session of the person named by `--as`.
    pub async fn open(app: App, says: Says) -> Result<Self, AppError> {
        let at = match says.at {
            Some(text) => Some(instant(&app, "--at", &text).await?),
            None => None,
        };
        let mut session = Self {
            app,
            person: None,
            entered_by: None,
            scan: None,
            at,
        };
        if let Some(text) = says.person {
            session.person = Some(session.person(&text).await?);
        }
        if let Some(text) = says.entered_by {
            session.entered_by = Some(session.person(&text).await?);
        }
        if let Some(path) = says.scan {
            let bytes = tokio::fs::read(&path).await;
            let bytes = bytes.map_err(|error| AppError::file(&path, error))?;
            session.scan = Some(session.app.attach(bytes).await?);
        }
        Ok(session)
    }

    /// On whose behalf.
    pub fn who(&self) -> Result<Who, AppError> {
        let person = self
            .person
            .ok_or_else(|| AppError::invalid("--as", UnfitCode::SayWhoActs))?;
        Ok(self.entered_by.map_or_else(
            || Who::person(person),
            |clerk| Who::clerk(person, clerk, self.scan),
        ))
    }

    /// On whose behalf a register is edited: while nobody holds a post the program itself may fill it.
    pub async fn who_sets_up(&self) -> Result<Who, AppError> {
        if self.person.is_none() {
            let context = self.app.context().await?;
            if context.people.all::<Assignment>().next().is_none() {
                return Ok(Who::system());
            }
        }
        self.who()
    }

    /// A fresh key, for now or for when it happened.
    pub fn key(&self) -> Key {
        Key {
            key: None,
            occurred_at: self.at,
        }
    }

    /// When it happened.
    pub fn now(&self) -> Timestamp {
        self.at.unwrap_or_else(|| self.app.now())
    }

    /// The day on which it happened, by the agency's clock.
    pub async fn day(&self) -> Result<Date, AppError> {
        Ok(self.app.context().await?.agency.zone.date(self.now()))
    }

    /// A moment as the command line writes it, with or without an offset.
    pub async fn instant(&self, what: &str, text: &str) -> Result<Timestamp, AppError> {
        instant(&self.app, what, text).await
    }

    /// Does a command for the person of this session.
    pub async fn act(&self, command: &Command) -> Result<Done, AppError> {
        self.app.act(self.who()?, self.key(), command).await
    }

    /// A person by id, by the code of the post held on that day, or by name.
    pub async fn person(&self, text: &str) -> Result<PersonId, AppError> {
        find_person(&self.app, text, self.now()).await
    }

    /// People separated by commas.
    pub async fn people(&self, text: &str) -> Result<Vec<PersonId>, AppError> {
        let mut people = Vec::new();
        for one in codes(text) {
            people.push(self.person(one).await?);
        }
        Ok(people)
    }

    /// A run with everything that belongs to it.
    pub async fn bundle(&self, run: &str) -> Result<RunBundle, AppError> {
        self.app.bundle(self.run(run).await?).await
    }

    /// The target of a run at the site with this code.
    pub async fn target(&self, bundle: &RunBundle, code: &str) -> Result<Target, AppError> {
        let site = self.site(code).await?;
        bundle
            .targets
            .iter()
            .find(|target| target.site == site.id)
            .cloned()
            .ok_or_else(|| AppError::not_found("target", format!("{code} ({})", bundle.run.label())))
    }

    /// A visit by its id, or the latest one at the site with this code, unless an earlier one is still open there.
    pub async fn visit(&self, text: &str) -> Result<Visit, AppError> {
        if let Ok(id) = text.parse::<VisitId>() {
            return self.app.find(id.0).await;
        }
        let site = self.site(text).await?;
        self.visit_at(site.id)
            .await?
            .ok_or_else(|| AppError::not_found("visit", text))
    }

    async fn visit_at(&self, site: SiteId) -> Result<Option<Visit>, AppError> {
        let listed = self.app.store().visits_of_site(site, &Page::first(100)).await?;
        let visits: Vec<Visit> = listed.items.into_iter().map(|it| it.state).collect();
        // One that was left open earlier would take what is meant for another: then the visit must be named.
        let earlier: Vec<String> = visits
            .iter()
            .skip(1)
            .filter(|visit| visit.check_out.is_none())
            .map(|visit| visit.id.to_string())
            .collect();
        let Some(latest) = visits.into_iter().next() else {
            return Ok(None);
        };
        if earlier.is_empty() {
            return Ok(Some(latest));
        }
        let why = Unfit::from(UnfitCode::VisitsOpen)
            .with("latest", latest.id)
            .with("earlier", earlier.join(", "));
        Err(AppError::invalid("visit", why))
    }

    /// The run named by its id, the number of its order, or `latest`.
    pub async fn run(&self, text: &str) -> Result<RunId, AppError> {
        if let Ok(id) = text.parse::<RunId>() {
            return Ok(id);
        }
        for (_, versioned) in self.app.store().all(StreamKind::Run).await?.into_iter().rev() {
            if let State::Run(run) = versioned.state
                && run.complaint.is_none()
                && (text == "latest" || Run::label(&run) == text)
            {
                return Ok(run.id);
            }
        }
        Err(AppError::not_found("run", text))
    }

    /// The site with this code.
    pub async fn site(&self, code: &str) -> Result<Site, AppError> {
        self.entry(code).await
    }

    /// The entry of a register with this code.
    pub async fn entry<T: AsState + Clone>(&self, code: &str) -> Result<T, AppError> {
        let found = self.app.store().by_code(T::KIND, code).await?;
        found
            .and_then(|(_, known)| T::of(&known.state).cloned())
            .ok_or_else(|| AppError::not_found(T::KIND.code(), code))
    }
}

/// The team of a run with this name or id.
pub fn team<'b>(bundle: &'b RunBundle, name: &str) -> Result<&'b Team, AppError> {
    bundle
        .run
        .teams
        .values()
        .find(|team| team.name.eq_ignore_ascii_case(name) || team.id.to_string() == name)
        .ok_or_else(|| AppError::not_found("team", format!("{name} ({})", bundle.run.label())))
}

/// Codes separated by commas.
pub fn codes(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|code| !code.is_empty())
}

/// A value that is written by its code; the error names the codes that there are.
pub fn coded<T: DeserializeOwned>(what: &str, code: &str) -> Result<T, AppError> {
    serde_json::from_value(serde_json::Value::String(code.to_owned()))
        .map_err(|error: serde_json::Error| AppError::invalid(what, not_one_of(code, &error)))
}

/// The codes that there are, as the reader of them lists them.
fn not_one_of(code: &str, error: &serde_json::Error) -> Unfit {
    let told = error.to_string();
    match told.split_once("expected ") {
        Some((_, allowed)) => Unfit::from(UnfitCode::NotOneOf)
            .with("value", code)
            .with("allowed", allowed.trim_start_matches("one of ").replace('`', "")),
        None => Unfit::from(UnfitCode::NotUnderstood).with("value", code),
    }
}

async fn instant(app: &App, what: &str, text: &str) -> Result<Timestamp, AppError> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(at);
    }
    instant_in(app.context().await?.agency.zone, what, text)
}

/// A moment with an offset, or by the clocks of that zone.
pub fn instant_in(zone: Zone, what: &str, text: &str) -> Result<Timestamp, AppError> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(at);
    }
    let civil: DateTime = text
        .parse()
        .map_err(|_| AppError::invalid(what, Unfit::from(UnfitCode::NotATime).with("value", text)))?;
    Ok(zone.instant(civil))
}

/// A person by id, by the code of the post held at that time, or by name.
pub async fn find_person(app: &App, text: &str, at: Timestamp) -> Result<PersonId, AppError> {
    let context = app.context().await?;
    if let Ok(id) = text.parse::<PersonId>() {
        return context.person(id).map(|person| person.id);
    }
    if let Ok(holder) = context.holder(text, context.agency.zone.date(at)) {
        return Ok(holder.id);
    }
    let named: Vec<&Person> = context
        .people
        .all::<Person>()
        .filter(|person| person.name.eq_ignore_ascii_case(text.trim()))
        .collect();
    match named.as_slice() {
        [person] => Ok(person.id),
        [] => Err(AppError::not_found("person", text)),
        _ => Err(AppError::invalid(
            "--as",
            Unfit::from(UnfitCode::Namesakes)
                .with("count", named.len())
                .with("value", text),
        )),
    }
}

/// The text of a file named on the command line.
pub fn read(path: &Path) -> Result<String, AppError> {
    std::fs::read_to_string(path).map_err(|error| AppError::file(path, error))
}
