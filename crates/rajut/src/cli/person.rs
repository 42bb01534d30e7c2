//! `rajut person`: list, assign, end, leave.

use clap::Subcommand;
use jiff::civil::Date;
use rajut_app::AppError;
use rajut_core::act::Act;
use rajut_core::people::{Assignment, Leave, Person, Roster};
use rajut_core::register::Edit;

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
                .ok_or_else(|| AppError::not_found(format!("assignment of {person} to {post} after {on}")))?;
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
        Verb::Leave {
            person,
            from,
            until,
            reason,
        } => {
            if until < from {
                return Err(AppError::invalid("--until", "the last day lies before the first"));
            }
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
            code(&person.status),
            held.join(", "),
            away.map(|leave| format!("{} ({})", leave.until, leave.reason))
                .unwrap_or_default(),
            missing.join(", "),
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
    out.print(&told, &["name", "status", "posts", "away-until", "missing"], rows);
    Ok(Exit::Done)
}
