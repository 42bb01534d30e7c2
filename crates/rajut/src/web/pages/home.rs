//! The first page: what waits for me, what is late, what is down. Sentences, and one thing to do next.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use jiff::civil::Date;
use rajut_app::store::{Page as Part, RunFilter};
use rajut_app::{Context, RunBundle, StatusReport};
use rajut_core::id::PersonId;
use rajut_core::people::{Post, Role};

use super::{Page, office, rendered};
use crate::web::duty::Task;
use crate::web::frame::Frame;
use crate::web::gate::is_staff;
use crate::web::visitor::Visitor;
use crate::web::{Mode, Web, say, show};
use crate::words::Words;

/// So many open runs are looked through; there are rarely more than a few.
const RUNS: u32 = 20;
/// So many sites without connection are named; the rest is a number.
const NAMED: usize = 5;

/// A sentence that leads somewhere.
pub struct Line {
    /// The sentence.
    pub sentence: String,
    /// In small letters below it.
    pub detail: String,
    /// Where it leads.
    pub href: String,
    /// What the button says; empty where the line itself leads on.
    pub button: String,
}

/// A sample person who can be chosen.
pub struct Choice {
    /// Who.
    pub id: PersonId,
    /// Post and name.
    pub label: String,
    /// Whether it is the one chosen now.
    pub chosen: bool,
}

/// The page.
#[derive(Template)]
#[template(path = "home.html")]
struct HomePage {
    frame: Frame,
    greeting: String,
    choices: Vec<Choice>,
    /// Whether anything of the regency may be shown.
    known: bool,
    waiting: Vec<Line>,
    late: Vec<Line>,
    down: Vec<Line>,
    down_sentence: String,
    /// The page in words, for a message.
    share: String,
    more_runs: bool,
    /// Whether whoever looks writes orders.
    drafts: bool,
}

/// `/`.
pub async fn show(State(web): State<Arc<Web>>, visitor: Visitor) -> Page {
    let frame = Frame::of(&web, &visitor).await?;
    let context = web.app.context().await?;
    let words = frame.words();
    let greeting = match &frame.me {
        Some(me) => say(words, "web-greeting", &[("name", me.name.as_str().into())]),
        None => words.say("web-welcome"),
    };
    let choices = match web.mode {
        Mode::Demo => sample_people(&web, &context, visitor.person),
        Mode::Live => Vec::new(),
    };
    if frame.office {
        // On the heap: two pages in one would be more than a thread's stack holds in a build for debugging.
        return Box::pin(office::home(&web, &visitor, frame, greeting, choices)).await;
    }
    let known = match visitor.person {
        Some(person) => is_staff(&web, person).await?,
        None => false,
    };
    let mut page = HomePage {
        frame,
        greeting,
        choices,
        known,
        waiting: Vec::new(),
        late: Vec::new(),
        down: Vec::new(),
        down_sentence: String::new(),
        share: String::new(),
        more_runs: false,
        drafts: false,
    };
    if known {
        Box::pin(fill(&web, &context, &visitor, &mut page)).await?;
    }
    page.share = as_text(words, web.today(&context), &page);
    rendered(&page)
}

/// What is late and what is down, as a message to somebody: one line each, no names of people.
fn as_text(words: &Words, today: Date, page: &HomePage) -> String {
    let mut lines = vec![say(
        words,
        "web-share-head",
        &[("date", show::date(words, today).into())],
    )];
    if page.late.is_empty() {
        lines.push(words.say("web-late-none"));
    }
    let sentence = |line: &Line| match line.detail.as_str() {
        "" => format!("- {}", line.sentence),
        detail => format!("- {} ({detail})", line.sentence),
    };
    lines.extend(page.late.iter().map(sentence));
    lines.push(page.down_sentence.clone());
    lines.extend(page.down.iter().map(sentence));
    lines.join("\n")
}

#[expect(clippy::too_many_lines, reason = "one part of the page after the other")]
async fn fill(
    web: &Web,
    context: &Context,
    visitor: &Visitor,
    page: &mut HomePage,
) -> Result<(), crate::web::failure::Failure> {
    let words = visitor.words();
    let now = web.app.now();
    let duty = web.duty(context);
    page.drafts = visitor.person.is_some_and(|person| duty.drafts(person));
    let filter = RunFilter {
        open: Some(true),
        for_complaint: Some(false),
        procedure: None,
    };
    let open = web.app.store().runs(&filter, &Part::first(RUNS)).await?;
    page.more_runs = open.next.is_some();
    for run in open.items {
        let run = run.state;
        let href = format!("/pelaksanaan/{}", run.id);
        if let Some(person) = visitor.person {
            let bundle = web.app.bundle(run.id).await?;
            let visits = visits_today(&bundle, person, web.today(context));
            if visits > 0 {
                page.waiting.push(Line {
                    sentence: say(words, "web-waits-visits", &[("count", visits.into())]),
                    detail: run.label().to_owned(),
                    href: "/lapangan".to_owned(),
                    button: words.say("web-look-visits"),
                });
            }
            for task in duty.tasks(person, &bundle) {
                let (key, button, count) = match task {
                    Task::Submit => ("web-waits-submit", "web-look", 0),
                    Task::Issue => ("web-waits-issue", "web-look-and-issue", 0),
                    Task::Dispose => ("web-waits-dispose", "web-look-and-dispose", 0),
                    Task::FormTeams => ("web-waits-teams", "web-look-and-form", 0),
                    Task::Report(count) => ("web-waits-report", "web-look-and-report", count),
                    Task::RuleOnReports(count) => ("web-waits-reports", "web-look", count),
                    Task::Other => ("web-waits-step", "web-look", 0),
                };
                let args = [("run", run.label().into()), ("count", count.into())];
                let scope = run.order.as_ref().map(|order| {
                    say(
                        words,
                        "web-order-scope",
                        &[
                            ("sites", order.scope().count().into()),
                            ("until", show::date(words, order.valid_until()).into()),
                        ],
                    )
                });
                let place = match task {
                    Task::FormTeams => "/tim",
                    Task::Report(_) | Task::RuleOnReports(_) => "/laporan",
                    _ => "",
                };
                page.waiting.push(Line {
                    sentence: say(words, key, &args),
                    detail: scope.unwrap_or_default(),
                    href: format!("{href}{place}"),
                    button: words.say(button),
                });
            }
        }
        let view = web.app.run_view(run.id, now).await?;
        let running = view.late.iter().filter(|late| late.until.is_none()).count();
        if running > 0 {
            let args = [("run", view.label.as_str().into()), ("count", running.into())];
            let ahead = [
                ("met", view.totals.met.into()),
                ("targets", view.totals.targets.into()),
            ];
            page.late.push(Line {
                sentence: say(words, "web-late-in-run", &args),
                detail: say(words, "web-met-of", &ahead),
                href: format!("{href}#lewat"),
                button: String::new(),
            });
        }
    }
    let status = web.app.status(now).await?;
    page.down_sentence = down_sentence(words, &status);
    page.down = status
        .sites
        .iter()
        .filter(|site| site.connection == "without")
        .take(NAMED)
        .map(|site| Line {
            sentence: site.name.clone(),
            detail: site
                .since
                .map(|since| {
                    let minutes = since.duration_until(now).as_mins();
                    say(
                        words,
                        "web-down-for",
                        &[("time", show::minutes(words, minutes).into())],
                    )
                })
                .unwrap_or_default(),
            href: "/status".to_owned(),
            button: String::new(),
        })
        .collect();
    Ok(())
}

/// How many sites wait today for a visit of the teams that somebody belongs to.
fn visits_today(bundle: &RunBundle, person: PersonId, today: Date) -> usize {
    bundle
        .targets
        .iter()
        .filter(|target| !target.settled() && target.planned_on.unwrap_or(target.due_on) <= today)
        .filter_map(|target| bundle.run.teams.get(&target.team?))
        .filter(|team| team.has_member(person, today))
        .count()
}

/// How much is down, in one sentence that also says what is not known.
pub fn down_sentence(words: &Words, status: &StatusReport) -> String {
    let key = match (status.without, status.unknown) {
        _ if status.sites.is_empty() => "web-down-nothing-watched",
        (0, 0) => "web-down-none",
        (0, _) => "web-down-none-known",
        (_, 0) => "web-down-some",
        _ => "web-down-some-unknown",
    };
    say(
        words,
        key,
        &[
            ("count", status.without.into()),
            ("unknown", status.unknown.into()),
        ],
    )
}

/// The people of the agency, one for each post held today, and the contact of one served office.
pub fn sample_people(web: &Web, context: &Context, now: Option<PersonId>) -> Vec<Choice> {
    let duty = web.duty(context);
    let mut posts: Vec<&Post> = context.people.all::<Post>().collect();
    posts.sort_by(|a, b| (a.role, &a.code).cmp(&(b.role, &b.code)));
    let held = |post: &Post| duty.roster().holder(post.id, web.today(context)).is_some();
    let one_office = posts
        .iter()
        .find(|post| post.role == Role::OfficeUser && held(post))
        .map(|post| post.id);
    posts.retain(|post| post.role != Role::OfficeUser || Some(post.id) == one_office);
    posts
        .into_iter()
        .filter_map(|post| {
            let holding = duty.roster().holder(post.id, web.today(context))?;
            let name = context.person(holding.person).ok()?.full_name();
            Some(Choice {
                id: holding.person,
                label: format!("{}: {name}", post.title),
                chosen: now == Some(holding.person),
            })
        })
        .collect()
}
