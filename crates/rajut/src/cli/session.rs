//! Who acts, on which database.

use std::path::Path;

use rajut_app::{App, AppError, Key, Who};
use rajut_core::id::{PersonId, RunId};
use rajut_core::people::Person;
use rajut_core::register::Site;
use rajut_core::run::Run;
use rajut_core::stream::{State, StreamKind};

/// A command's database and person.
pub struct Session {
    /// The application.
    pub app: App,
    person: Option<PersonId>,
}

impl Session {
    /// A session of the person named by `--as`.
    pub async fn open(app: App, person: Option<String>) -> Result<Self, AppError> {
        let person = match person {
            Some(text) => Some(find_person(&app, &text).await?),
            None => None,
        };
        Ok(Self { app, person })
    }

    /// On whose behalf.
    pub fn who(&self) -> Result<Who, AppError> {
        self.person
            .map(Who::person)
            .ok_or_else(|| AppError::invalid("--as", "say who acts: a post's code, a name or an id"))
    }

    /// A fresh key, for now or for when it happened.
    pub fn key(at: Option<jiff::Timestamp>) -> Key {
        Key { key: None, occurred_at: at }
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
        Err(AppError::not_found(format!("run {text}")))
    }

    /// The site with this code.
    pub async fn site(&self, code: &str) -> Result<Site, AppError> {
        match self.app.store().by_code(StreamKind::Site, code).await? {
            Some((_, versioned)) => match versioned.state {
                State::Site(site) => Ok(*site),
                _ => Err(AppError::not_found(format!("site {code}"))),
            },
            None => Err(AppError::not_found(format!("site {code}"))),
        }
    }
}

/// A person by id, by the code of the post held today, or by name.
pub async fn find_person(app: &App, text: &str) -> Result<PersonId, AppError> {
    let context = app.context().await?;
    if let Ok(id) = text.parse::<PersonId>() {
        return context.person(id).map(|person| person.id);
    }
    let today = context.agency.zone.date(app.now());
    if let Ok(holder) = context.holder(text, today) {
        return Ok(holder.id);
    }
    let named: Vec<&Person> =
        context.people.all::<Person>().filter(|person| person.name.eq_ignore_ascii_case(text)).collect();
    match named.as_slice() {
        [person] => Ok(person.id),
        [] => Err(AppError::not_found(format!("person or post {text:?}"))),
        _ => Err(AppError::invalid("--as", format!("{} people are called {text:?}: use the id", named.len()))),
    }
}

/// The text of a file named on the command line.
pub fn read(path: &Path) -> Result<String, AppError> {
    std::fs::read_to_string(path).map_err(|error| AppError::invalid(&path.display().to_string(), error))
}
