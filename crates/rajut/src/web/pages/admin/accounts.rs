//! Who has an account, and who has none yet.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use rajut_core::account::Account;
use rajut_core::id::PersonId;
use rajut_core::people::Person;
use serde::Deserialize;

use super::{standing, titles};
use crate::web::frame::Frame;
use crate::web::pages::{Page, rendered};
use crate::web::visitor::Visitor;
use crate::web::{Web, show};

/// So many people on a page.
const ON_A_PAGE: usize = 50;

/// Which part of the list.
#[derive(Deserialize, Default)]
pub struct Wanted {
    /// Words of name, post or login.
    #[serde(default)]
    cari: String,
    /// `tanpa` for those who have no account.
    #[serde(default)]
    bagian: String,
    /// Behind this place.
    #[serde(default)]
    after: String,
}

struct Row {
    href: String,
    name: String,
    posts: String,
    login: String,
    standing: String,
    colour: &'static str,
    second_factor: bool,
    phones: usize,
    tokens: usize,
}

#[derive(Template)]
#[template(path = "admin_accounts.html")]
struct AccountsPage {
    frame: Frame,
    cari: String,
    without: bool,
    rows: Vec<Row>,
    next: Option<String>,
}

/// `/pengelolaan/akun`.
pub async fn list(State(web): State<Arc<Web>>, visitor: Visitor, Query(wanted): Query<Wanted>) -> Page {
    let frame = Frame::of(&web, &visitor).await?;
    let words = frame.words();
    let context = web.app.context().await?;
    let (duty, today, now) = (web.duty(&context), web.today(&context), web.app.now());
    let accounts = web.app.accounts().await?;
    let accounts: BTreeMap<PersonId, Account> = accounts
        .into_iter()
        .map(|account| (account.person, account))
        .collect();
    let without = wanted.bagian == "tanpa";
    let typed = wanted.cari.trim().to_lowercase();
    let row = |person: &Person| {
        let account = accounts.get(&person.id);
        let (key, colour) = standing(account);
        let phones = account.map_or(0, |account| {
            let kept = account.phones.values().filter(|phone| phone.revoked.is_none());
            kept.count()
        });
        let tokens = account.map_or(0, |account| {
            account
                .tokens
                .values()
                .filter(|token| token.in_force(now))
                .count()
        });
        Row {
            href: format!("/pengelolaan/akun/{}", person.id),
            name: person.full_name(),
            posts: titles(words, &duty, person.id, today),
            login: account
                .map(|account| account.login.to_string())
                .unwrap_or_default(),
            standing: words.say(key),
            colour,
            second_factor: account.is_some_and(|account| account.second_factor_since.is_some()),
            phones,
            tokens,
        }
    };
    let meant = |row: &Row| {
        let all = format!("{} {} {}", row.name, row.posts, row.login).to_lowercase();
        typed.split_whitespace().all(|word| all.contains(word))
    };
    let mut people: Vec<(String, &Person)> = context
        .people
        .all::<Person>()
        .filter(|person| accounts.contains_key(&person.id) != without)
        .map(|person| (format!("{}~{}", person.name.to_lowercase(), person.id), person))
        .filter(|(place, _)| wanted.after.is_empty() || *place > wanted.after)
        .collect();
    people.sort_by(|a, b| a.0.cmp(&b.0));
    let mut shown: Vec<(String, Row)> = people
        .into_iter()
        .map(|(place, person)| (place, row(person)))
        .filter(|(_, row)| meant(row))
        .take(ON_A_PAGE + 1)
        .collect();
    let more = shown.len() > ON_A_PAGE;
    shown.truncate(ON_A_PAGE);
    let next = shown.last().filter(|_| more).map(|(after, _)| {
        format!(
            "/pengelolaan/akun?bagian={}&cari={}&after={}",
            show::escaped(&wanted.bagian),
            show::escaped(wanted.cari.trim()),
            show::escaped(after)
        )
    });
    rendered(&AccountsPage {
        cari: wanted.cari.trim().to_owned(),
        without,
        rows: shown.into_iter().map(|(_, row)| row).collect(),
        next,
        frame,
    })
}
