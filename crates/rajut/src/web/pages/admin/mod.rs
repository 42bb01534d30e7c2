//! The administrator's pages: accounts, tokens, the journal.
//!
//! Hides how accounts and records are told to people. It must not know how a secret is checked, and shows no event of
//! the journal: who did what to which record, and whether the chain is whole.

pub mod account;
pub mod accounts;
pub mod journal;
pub mod posts;
pub mod progress;
pub mod settings;
pub mod tokens;

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use rajut_core::account::Account;
use rajut_core::people::{Post, Role};

use super::{Page, rendered};
use crate::web::duty::Duty;
use crate::web::frame::Frame;
use crate::web::visitor::Visitor;
use crate::web::{Web, say, show};
use crate::words::Words;

/// Who keeps accounts and tokens.
pub const ADMINISTRATORS: &[Role] = &[Role::Admin];
/// Who reads the journal.
pub const JOURNAL_READERS: &[Role] = &[Role::Admin, Role::Auditor];

/// A part of the administration.
struct Part {
    href: &'static str,
    title: String,
    sentence: String,
}

#[derive(Template)]
#[template(path = "admin.html")]
struct AdminPage {
    frame: Frame,
    progress: Vec<progress::Task>,
    parts: Vec<Part>,
    version: &'static str,
}

/// `/pengelolaan`.
pub async fn show(State(web): State<Arc<Web>>, visitor: Visitor) -> Page {
    let frame = Frame::of(&web, &visitor).await?;
    let words = frame.words();
    let accounts = web.app.accounts().await?;
    let now = web.app.now();
    let closed = accounts
        .iter()
        .filter(|account| account.disabled.is_some())
        .count();
    let invited = accounts
        .iter()
        .filter(|account| account.disabled.is_none() && account.password_set_at.is_none())
        .count();
    let tokens = accounts
        .iter()
        .filter(|account| account.disabled.is_none())
        .flat_map(|account| account.tokens.values())
        .filter(|token| token.in_force(now))
        .count();
    let head = web.app.store().head().await?;
    let part = |href, key: &str, sentence| Part {
        href,
        title: words.say(key),
        sentence,
    };
    let told = say(
        words,
        "web-admin-accounts-told",
        &[
            ("used", (accounts.len() - closed - invited).into()),
            ("invited", invited.into()),
            ("closed", closed.into()),
        ],
    );
    let tokens = say(words, "web-admin-tokens-told", &[("count", tokens.into())]);
    let records = say(words, "web-journal-records", &[("count", head.seq.into())]);
    let mut parts = vec![
        part("/pengelolaan/akun", "web-admin-accounts", told),
        part(
            "/pengelolaan/jabatan",
            "web-posts",
            words.say("web-admin-posts-told"),
        ),
        part("/orang", "web-people", words.say("web-admin-people-told")),
        part("/impor", "web-import", words.say("web-admin-import-told")),
        part(
            "/pengelolaan/pengaturan",
            "web-settings",
            words.say("web-admin-settings-told"),
        ),
        part("/pengelolaan/token", "web-tokens", tokens),
        part("/pengelolaan/jurnal", "web-journal", records),
    ];
    if let Some(trust) = web.reach.https.as_ref().and_then(|https| https.trust.as_ref()) {
        let until = show::date(words, trust.until);
        let sentence = say(words, "web-admin-certificate-told", &[("what", until.into())]);
        parts.push(part("/sertifikat", "web-certificate", sentence));
    }
    let progress = progress::of(&web, words).await?;
    rendered(&AdminPage {
        frame,
        progress,
        parts,
        version: env!("CARGO_PKG_VERSION"),
    })
}

/// Key of the word and colour of how an account stands.
fn standing(account: Option<&Account>) -> (&'static str, &'static str) {
    match account {
        None => ("web-account-none", "secondary"),
        Some(account) if account.disabled.is_some() => ("account-closed", "red"),
        Some(account) if account.password_set_at.is_none() => ("account-invited", "yellow"),
        Some(_) => ("account-in-use", "green"),
    }
}

/// The titles of the posts that somebody holds today.
fn titles(
    words: &Words,
    duty: &Duty<'_>,
    person: rajut_core::id::PersonId,
    today: jiff::civil::Date,
) -> String {
    let titles: Vec<String> = duty
        .roster()
        .posts_of(person, today)
        .into_iter()
        .map(|(post, _): (&Post, _)| post.label_on(today).0.to_owned())
        .collect();
    if titles.is_empty() {
        words.say("web-no-post")
    } else {
        titles.join(", ")
    }
}
