//! What did not come to its end, in the one form in which programs are told: `{error: {code, rule, message,
//! who_could, incident}}`, by the API as by the command line.

use std::collections::BTreeMap;

use rajut_app::store::StoreError;
use rajut_app::{App, AppError};
use rajut_core::act::{Refusal, Rule};
use rajut_core::people::Post;
use schemars::JsonSchema;
use serde::Serialize;

use crate::names;
use crate::words::Words;

/// A post whose holder could do it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Could {
    /// The code of the post.
    pub post: String,
    /// Its title.
    pub title: String,
    /// Who holds it.
    pub person: Option<String>,
}

/// What went wrong.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Problem {
    /// A stable code.
    pub code: &'static str,
    /// The rule that refused it.
    pub rule: Option<&'static str>,
    /// A sentence for people.
    pub message: String,
    /// Who could do it.
    pub who_could: Vec<Could>,
    /// Under which id the log tells more.
    pub incident: Option<String>,
}

/// The form in which programs are told.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Failed")]
pub struct Told<'a> {
    /// What went wrong.
    pub error: &'a Problem,
}

impl Problem {
    /// A problem of which no more is known than its sentence.
    pub fn plain(code: &'static str, message: String) -> Self {
        Self {
            code,
            rule: None,
            message,
            who_could: Vec::new(),
            incident: None,
        }
    }

    /// A refusal, with the names of what it is about and who could act.
    pub async fn refused(app: &App, words: &Words, refusal: &Refusal) -> Self {
        Self {
            rule: Some(refusal.rule.code()),
            who_could: who_could(app, refusal).await,
            ..Self::plain(of_rule(refusal.rule), names::sentence(app, words, refusal).await)
        }
    }

    /// The sentence, and who could act.
    pub fn sentence(&self, words: &Words) -> String {
        if self.who_could.is_empty() {
            return self.message.clone();
        }
        let posts: Vec<String> = self
            .who_could
            .iter()
            .map(|could| match &could.person {
                Some(person) => format!("{} ({person})", could.title),
                None => could.title.clone(),
            })
            .collect();
        let posts = BTreeMap::from([("posts".to_owned(), posts.join(", "))]);
        format!("{} {}", self.message, words.say_with("who-could", &posts))
    }
}

fn of_rule(rule: Rule) -> &'static str {
    match rule {
        Rule::NotFound => "not_found",
        _ => "refused",
    }
}

/// The stable code of an error.
pub fn code(error: &AppError) -> &'static str {
    match error {
        AppError::Refused(refusal) => of_rule(refusal.rule),
        AppError::Conflict { .. } => "conflict",
        AppError::TryAgain { .. } => "try_again",
        AppError::NotFound { .. } => "not_found",
        AppError::Invalid { .. }
        | AppError::ProcedureFile { .. }
        | AppError::Store(StoreError::Cursor { .. }) => "invalid",
        AppError::Store(StoreError::TooLarge { .. }) => "too_large",
        AppError::Store(StoreError::Full { .. }) => "disk_full",
        AppError::Store(StoreError::Unavailable { .. } | StoreError::Contended { .. }) => "unavailable",
        AppError::Setting { .. } | AppError::NotSetUp { .. } => "setting",
        AppError::Store(_) | AppError::Paper(_) | AppError::Network(_) => "internal",
    }
}

/// The posts that a refusal names, with who holds them today; none when they cannot be read.
async fn who_could(app: &App, refusal: &Refusal) -> Vec<Could> {
    let Ok(context) = app.context().await else {
        return Vec::new();
    };
    let today = context.agency.zone.date(app.now());
    refusal
        .who_could
        .iter()
        .filter_map(|id| context.people.find::<Post>(id.0))
        .map(|post| Could {
            post: post.code.clone(),
            title: post.label_on(today).0.to_owned(),
            person: context
                .holder(&post.code, today)
                .ok()
                .map(rajut_core::people::Person::full_name),
        })
        .collect()
}
