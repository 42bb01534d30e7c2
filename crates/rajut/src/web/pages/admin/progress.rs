//! What a system still needs before the procedure can run on it: each thing with whether it is there.

use std::collections::BTreeSet;

use rajut_app::AppError;
use rajut_core::people::{Post, Role};
use rajut_core::stream::StreamKind;

use crate::web::{Web, say};
use crate::words::Words;

/// Something that the system needs.
pub struct Task {
    /// What.
    pub title: String,
    /// How it stands.
    pub sentence: String,
    /// Where it is done.
    pub href: &'static str,
    /// Whether it is there.
    pub done: bool,
}

/// What is needed, in the order in which it is entered; empty once everything is there.
pub async fn of(web: &Web, words: &Words) -> Result<Vec<Task>, AppError> {
    let context = web.app.context().await?;
    let (duty, today) = (web.duty(&context), web.today(&context));
    let years: BTreeSet<i16> = context.calendar.years().collect();
    let missing: Vec<String> = [today.year(), today.year() + 1]
        .into_iter()
        .filter(|year| !years.contains(year))
        .map(|year| year.to_string())
        .collect();
    let bound: BTreeSet<&String> = context
        .agency_file
        .lanes
        .values()
        .flat_map(|lanes| lanes.values())
        .collect();
    let vacant: Vec<String> = bound
        .into_iter()
        .filter(|code| context.holder(code, today).is_err())
        .map(|code| {
            context
                .post(code)
                .map_or_else(|_| code.clone(), |post| post.title.clone())
        })
        .collect();
    let technicians = context
        .people
        .all::<Post>()
        .filter(|post| post.role == Role::Technician && duty.holder(post.id).is_some())
        .count();
    let has = |kind| async move { Ok::<bool, AppError>(!web.app.store().all(kind).await?.is_empty()) };
    let task = |key: &str, sentence: String, href, done| Task {
        title: words.say(key),
        sentence,
        href,
        done,
    };
    let named = |key: &str, what: &[String]| say(words, key, &[("what", what.join(", ").into())]);
    let calendar = if missing.is_empty() {
        words.say("web-ready-calendar-told")
    } else {
        named("web-ready-calendar-missing", &missing)
    };
    let holders = if vacant.is_empty() {
        words.say("web-ready-holders-told")
    } else {
        named("web-ready-holders-missing", &vacant)
    };
    let mut tasks = vec![
        task(
            "web-ready-calendar",
            calendar,
            "/pengelolaan/pengaturan/calendar",
            missing.is_empty(),
        ),
        task("web-ready-holders", holders, "/orang", vacant.is_empty()),
        task(
            "web-ready-technicians",
            say(
                words,
                "web-ready-technicians-told",
                &[("count", technicians.into())],
            ),
            "/orang",
            technicians > 0,
        ),
    ];
    for (kind, code) in [
        (StreamKind::Office, "offices"),
        (StreamKind::Site, "sites"),
        (StreamKind::Device, "devices"),
        (StreamKind::Link, "links"),
    ] {
        let title = words.say(&format!("web-register-{code}"));
        let is_there = has(kind).await?;
        let key = if is_there {
            "web-ready-there"
        } else {
            "web-ready-empty"
        };
        tasks.push(Task {
            title,
            sentence: words.say(key),
            href: "/impor",
            done: is_there,
        });
    }
    if tasks.iter().all(|task| task.done) {
        tasks.clear();
    }
    Ok(tasks)
}
