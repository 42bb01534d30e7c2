//! `rajut person`: list, assign, end, leave; reveal, erase, access-log.

use std::collections::BTreeSet;

use clap::Subcommand;
use jiff::civil::Date;
use rajut_app::AppError;
use rajut_app::store::Page;
use rajut_core::act::Act;
use rajut_core::people::{Assignment, Leave, Person, PersonalField, Roster};
use rajut_core::register::Edit;

use super::names::Names;
use super::output::{Output, code};
use super::session::coded;
use super::{Error, Exit, Session};

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// People with their posts, and who is away.
    List,
    /// Give somebody a post.
    Assign {
        /// The person.
        person: String,
        /// Code of the post.
        post: String,
        /// First day.
        #[arg(long, value_name = "YYYY-MM-DD")]
        from: Date,
        /// Last day.
        #[arg(long, value_name = "YYYY-MM-DD")]
        until: Option<Date>,
        /// The decree.
        #[arg(long)]
        decree: String,
        /// definitif, plt or plh.
        #[arg(long, default_value = "definitif")]
        kind: String,
    },
    /// Who holds which post, from when to when, by which decree.
    Assignments {
        /// Those of before and of later, too.
        #[arg(long)]
        all: bool,
    },
    /// End an assignment.
    End {
        /// The person.
        person: String,
        /// Code of the post.
        post: String,
        /// Last day.
        #[arg(long, value_name = "YYYY-MM-DD")]
        on: Date,
    },
    /// Show NIP, address and telephone in full; the journal keeps who saw them and why.
    Reveal {
        /// The people.
        #[arg(required = true)]
        people: Vec<String>,
        /// Which fields: nip, address, phone.
        #[arg(long, value_delimiter = ',', default_value = "nip,address,phone")]
        fields: Vec<PersonalField>,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// Erase NIP, address or telephone by law, for good; that it was done stays in the journal.
    Erase {
        /// The person.
        person: String,
        /// Which fields: nip, address, phone.
        #[arg(long, value_delimiter = ',', default_value = "nip,address,phone")]
        fields: Vec<PersonalField>,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// Who saw whose personal values and why, and what was erased; the newest first.
    AccessLog {
        /// Only what this person saw.
        #[arg(long, value_name = "PERSON")]
        by: Option<String>,
        /// Only what was seen of this person.
        #[arg(long, value_name = "PERSON")]
        of: Option<String>,
        /// At most so many.
        #[arg(long, default_value_t = 200)]
        limit: u32,
        /// Go on where the list before ended.
        #[arg(long, value_name = "PLACE")]
        after: Option<String>,
    },
    /// Enter days of leave.
    Leave {
        /// The person.
        person: String,
        /// First day.
        #[arg(long, value_name = "YYYY-MM-DD")]
        from: Date,
        /// Last day.
        #[arg(long, value_name = "YYYY-MM-DD")]
        until: Date,
        /// Why.
        #[arg(long)]
        reason: String,
    },
}

pub(super) async fn run(verb: Verb, session: &Session, out: &Output) -> Result<Exit, Error> {
    let app = &session.app;
    match verb {
        Verb::List => {}
        Verb::Assignments { all } => return assignments(all, session, out).await,
        Verb::Assign {
            person,
            post,
            from,
            until,
            decree,
            kind,
        } => {
            let after = Assignment {
                id: app.ids().fresh(),
                person: session.person(&person).await?,
                post: app.context().await?.post(&post)?.id,
                kind: coded("--kind", &kind)?,
                from,
                until,
                decree,
            };
            let who = session.who_sets_up().await?;
            app.edit_assignments(who, Act::EditPeople, vec![Edit { before: None, after }])
                .await?;
        }
        Verb::End { person, post, on } => {
            let context = app.context().await?;
            let (id, post_id) = (session.person(&person).await?, context.post(&post)?.id);
            let before = context
                .people
                .all::<Assignment>()
                .find(|held| {
                    held.person == id && held.post == post_id && held.until.is_none_or(|until| until > on)
                })
                .cloned()
                .ok_or_else(|| AppError::not_found("assignment", format!("{person}, {post} ({on})")))?;
            let after = Assignment {
                until: Some(on),
                ..before.clone()
            };
            let edit = Edit {
                before: Some(before),
                after,
            };
            app.edit_assignments(session.who()?, Act::EditPeople, vec![edit])
                .await?;
        }
        Verb::Reveal {
            people,
            fields,
            reason,
        } => return reveal(&people, fields, &reason, session, out).await,
        Verb::Erase {
            person,
            fields,
            reason,
        } => {
            let person = session.person(&person).await?;
            let fields = fields.into_iter().collect();
            app.erase(session.who()?, session.key(), person, &fields, &reason)
                .await?;
        }
        Verb::AccessLog { by, of, limit, after } => {
            return access_log(by, of, limit, after, session, out).await;
        }
        Verb::Leave {
            person,
            from,
            until,
            reason,
        } => {
            let person = session.person(&person).await?;
            app.enter_leave(
                session.who()?,
                Leave {
                    person,
                    from,
                    until,
                    reason,
                },
            )
            .await?;
        }
    }
    list(session, out).await
}

async fn assignments(all: bool, session: &Session, out: &Output) -> Result<Exit, Error> {
    let day = session.day().await?;
    let names = Names::read(&session.app).await?;
    let context = session.app.context().await?;
    let mut held: Vec<&Assignment> = context
        .people
        .all::<Assignment>()
        .filter(|held| all || held.in_force(day))
        .collect();
    held.sort_by_cached_key(|held| (names.post(held.post), held.from, held.id));
    let rows = held
        .iter()
        .map(|held| {
            vec![
                names.post(held.post),
                names.person(held.person),
                out.word("assignment", &code(&held.kind)),
                held.from.to_string(),
                held.until.map(|until| until.to_string()).unwrap_or_default(),
                held.decree.clone(),
            ]
        })
        .collect();
    out.list(
        &held,
        None,
        &["post", "holder", "kind", "from", "until", "decree"],
        rows,
    );
    Ok(Exit::Done)
}

async fn reveal(
    people: &[String],
    fields: Vec<PersonalField>,
    reason: &str,
    session: &Session,
    out: &Output,
) -> Result<Exit, Error> {
    let mut ids = BTreeSet::new();
    for name in people {
        ids.insert(session.person(name).await?);
    }
    let fields: BTreeSet<PersonalField> = fields.into_iter().collect();
    let revealed = session
        .app
        .reveal(session.who()?, session.key(), &ids, &fields, reason)
        .await?;
    let mut headers = vec!["name"];
    headers.extend(fields.iter().map(|field| field.code()));
    let mut rows = Vec::new();
    let mut told = Vec::new();
    for open in &revealed {
        let mut row = vec![open.person.full_name()];
        row.extend(
            fields
                .iter()
                .map(|field| open.values.get(field).cloned().unwrap_or_default()),
        );
        rows.push(row);
        told.push(serde_json::json!({
            "id": open.person.id, "name": open.person.full_name(), "values": open.values,
        }));
    }
    out.list(&told, None, &headers, rows);
    Ok(Exit::Done)
}

async fn access_log(
    by: Option<String>,
    of: Option<String>,
    limit: u32,
    after: Option<String>,
    session: &Session,
    out: &Output,
) -> Result<Exit, Error> {
    let by = match by {
        Some(name) => Some(session.person(&name).await?),
        None => None,
    };
    let of = match of {
        Some(name) => Some(session.person(&name).await?),
        None => None,
    };
    let after = after
        .map(|text| text.parse())
        .transpose()
        .map_err(AppError::Store)?;
    let log = session.app.access_log(by, of, &Page { after, limit }).await?;
    let names = Names::read(&session.app).await?;
    let rows = log
        .items
        .iter()
        .map(|access| {
            let whose: Vec<String> = access.people.iter().map(|id| names.person(*id)).collect();
            let fields: Vec<String> = access
                .fields
                .iter()
                .map(|field| out.label(field.code()))
                .collect();
            vec![
                names.time(access.at),
                names.person(access.by),
                out.word("purpose", access.purpose.code()),
                whose.join(", "),
                fields.join(", "),
                access.values.to_string(),
                access.reason.clone(),
            ]
        })
        .collect();
    out.list(
        &log.items,
        log.next.map(|next| next.to_string()),
        &["time", "by", "purpose", "whose", "fields", "values", "reason"],
        rows,
    );
    Ok(Exit::Done)
}

async fn list(session: &Session, out: &Output) -> Result<Exit, Error> {
    let context = session.app.context().await?;
    let day = session.day().await?;
    let (posts, assignments, leaves) = context.roster();
    let roster = Roster {
        persons: &[],
        posts: &posts,
        assignments: &assignments,
        leaves: &leaves,
    };
    let mut told = Vec::new();
    let mut rows = Vec::new();
    let mut people: Vec<&Person> = context.people.all::<Person>().collect();
    people.sort_by(|a, b| a.name.cmp(&b.name));
    for person in people {
        let held: Vec<String> = roster
            .posts_of(person.id, day)
            .into_iter()
            .map(|(post, _)| post.code.clone())
            .collect();
        let away = leaves
            .iter()
            .find(|leave| leave.person == person.id && leave.covers(day));
        let missing: Vec<String> = person.missing_for_order().iter().map(code).collect();
        rows.push(vec![
            person.full_name(),
            out.word("status", &code(&person.status)),
            held.join(", "),
            away.map(|leave| format!("{} ({})", leave.until, leave.reason))
                .unwrap_or_default(),
            words_of(&missing, out),
        ]);
        told.push(serde_json::json!({
            "id": person.id,
            "name": person.full_name(),
            "status": person.status,
            "rank": person.rank,
            "posts": held,
            "away_until": away.map(|leave| leave.until),
            "missing": missing,
        }));
    }
    out.list(
        &told,
        None,
        &["name", "status", "posts", "away-until", "missing"],
        rows,
    );
    Ok(Exit::Done)
}

/// Codes of fields, in words.
fn words_of(fields: &[String], out: &Output) -> String {
    let words: Vec<String> = fields.iter().map(|field| out.word("field", field)).collect();
    words.join(", ")
}
