//! Writing an order: a new one, the draft of a run, what was ordered by word of mouth, and the addendum to a signed
//! one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use askama::Template;
use axum::extract::{Path, State};
use jiff::Span;
use jiff::civil::Date;
use rajut_app::Context;
use rajut_core::act::Act;
use rajut_core::id::{ActId, PersonId, PostId, RunId, SiteId};
use rajut_core::people::{Assignment, Post, Role};
use rajut_core::procedure::{Procedure, StepKind};
use rajut_core::register::Site;
use rajut_core::run::{Order, OrderDraft, Run};

use super::{Page, rendered, run_id};
use crate::web::duty::Duty;
use crate::web::failure::Failure;
use crate::web::frame::{Frame, form_key};
use crate::web::visitor::Visitor;
use crate::web::{Web, say};
use crate::words::Words;

/// So many weeks an order covers when nobody says otherwise.
const WEEKS: i64 = 8;
/// The ways in which an order is given by word of mouth, by code and key of the word.
const CHANNELS: [(&str, &str); 4] = [
    ("phone", "web-channel-phone"),
    ("meeting", "web-channel-meeting"),
    ("message", "web-channel-message"),
    ("in_person", "web-channel-in-person"),
];

/// A site that can be ticked.
struct SiteBox {
    id: SiteId,
    code: String,
    name: String,
    ticked: bool,
}

/// A kecamatan that can be ticked, with its sites.
struct DistrictBox {
    name: String,
    ticked: bool,
    /// Whether some of its sites are ticked by themselves.
    open: bool,
    count: String,
    sites: Vec<SiteBox>,
}

/// A person or post to choose.
struct Choice<I> {
    id: I,
    label: String,
    chosen: bool,
}

/// A site that the run before left, and why.
struct Left {
    site: String,
    why: String,
}

/// The form of a draft.
struct DraftForm {
    key: ActId,
    /// The run that a new draft opens.
    run: RunId,
    seen: i64,
    title: String,
    from: Date,
    until: Date,
    purpose: String,
    basis: String,
    to: Vec<Choice<PostId>>,
    people: Vec<Choice<PersonId>>,
    /// Whether the scope can still be chosen.
    scope_open: bool,
    all: bool,
    districts: Vec<DistrictBox>,
    left: Vec<Left>,
}

/// The form of an order given by word of mouth.
struct VerbalForm {
    key: ActId,
    by: Vec<Choice<PersonId>>,
    at: String,
    channels: Vec<(&'static str, String)>,
}

/// The form of an addendum.
struct AddendumForm {
    key: ActId,
    seen: i64,
    until: Date,
    districts: Vec<DistrictBox>,
}

#[derive(Template)]
#[template(path = "draft.html")]
struct DraftPage {
    frame: Frame,
    /// The run of the order, unless it is a new one.
    id: Option<RunId>,
    title: String,
    draft: Option<DraftForm>,
    verbal: Option<VerbalForm>,
    addendum: Option<AddendumForm>,
    /// Who could write here, where whoever looks cannot.
    closed: String,
}

impl DraftPage {
    /// Where the draft goes.
    fn action(&self) -> String {
        self.id.map_or_else(
            || "/perintah".to_owned(),
            |id| format!("/pelaksanaan/{id}/perintah"),
        )
    }

    fn total(&self) -> usize {
        let districts = self.draft.iter().flat_map(|draft| &draft.districts);
        districts.map(|district| district.sites.len()).sum()
    }
}

/// `/perintah/baru`.
pub async fn new(State(web): State<Arc<Web>>, visitor: Visitor) -> Page {
    let frame = Frame::of(&web, &visitor).await?;
    let words = frame.words();
    let context = web.app.context().await?;
    let duty = web.duty(&context);
    let today = web.today(&context);
    let drafts = visitor
        .person
        .is_some_and(|person| duty.has_role_for(person, Act::DraftOrder));
    let mut page = DraftPage {
        title: words.say("web-order-new"),
        id: None,
        draft: None,
        verbal: None,
        addendum: None,
        closed: String::new(),
        frame,
    };
    if !drafts {
        page.closed = words.say("web-order-not-yours");
        return rendered(&page);
    }
    let routine = &context.agency_file.procedures.routine;
    let reference = context.procedure_on(routine, today)?;
    let procedure = context.procedures.get(&reference);
    let previous = web.app.previous_run(routine).await?;
    let sites = web.app.sites().await?;
    let left = match &previous {
        Some(earlier) => web.app.carried_over(earlier).await?,
        None => BTreeMap::new(),
    };
    let before = previous
        .as_ref()
        .and_then(|run| run.order.as_ref())
        .map(|order| &order.draft);
    let until = today.checked_add(Span::new().weeks(WEEKS)).unwrap_or(today);
    let quarter = (i64::from(today.month()) + 2) / 3;
    let args = [
        ("quarter", quarter.into()),
        ("year", today.year().to_string().into()),
    ];
    page.draft = Some(DraftForm {
        key: form_key(&web),
        run: web.app.ids().fresh(),
        seen: 0,
        title: say(words, "web-order-title-usual", &args),
        from: today,
        until,
        purpose: before.map_or_else(
            || words.say("web-order-purpose-usual"),
            |draft| draft.purpose.clone(),
        ),
        basis: before.map(|draft| draft.basis.clone()).unwrap_or_default(),
        to: receivers(&duty, procedure, before.map(|draft| draft.addressee)),
        people: people(&context, today, &BTreeSet::new()),
        scope_open: true,
        all: true,
        districts: districts(words, &sites, &BTreeSet::new(), &BTreeSet::new()),
        left: left
            .into_iter()
            .map(|(site, over)| Left {
                site: sites.get(&site).map(|site| site.name.clone()).unwrap_or_default(),
                why: over
                    .reasons
                    .iter()
                    .map(|reason| carried_reason(words, reason))
                    .collect::<Vec<_>>()
                    .join("; "),
            })
            .collect(),
    });
    rendered(&page)
}

/// Why a site comes over from an earlier run: a code has words of its own, the rest was written by people.
pub fn carried_reason(words: &Words, reason: &str) -> String {
    let key = format!("why-{}", reason.replace(['.', '_'], "-"));
    let said = words.say(&key);
    if said == key { reason.to_owned() } else { said }
}

/// `/pelaksanaan/{id}/perintah`.
pub async fn of_run(State(web): State<Arc<Web>>, visitor: Visitor, Path(id): Path<String>) -> Page {
    let run = run_id(&id)?;
    let frame = Frame::of(&web, &visitor).await?;
    let words = frame.words();
    let context = web.app.context().await?;
    let duty = web.duty(&context);
    let bundle = web.app.bundle(run).await?;
    let known = &bundle.run;
    let mut page = DraftPage {
        title: known.title.clone(),
        id: Some(run),
        draft: None,
        verbal: None,
        addendum: None,
        closed: String::new(),
        frame,
    };
    let drafts = visitor
        .person
        .is_some_and(|person| duty.has_role_for(person, Act::DraftOrder));
    let signs = visitor.person.is_some_and(|person| signs(&duty, known, person));
    match known.order.as_ref().filter(|_| known.end.is_none()) {
        Some(order) if order.issued.is_none() && drafts => {
            page.draft = Some(of_draft(&web, &context, words, known, bundle.version, order).await?);
            if order.verbal.is_none() {
                page.verbal = Some(of_verbal(&web, &context, words, &duty, known));
            }
        }
        Some(order) if order.issued.is_some() && signs => {
            let covered: BTreeSet<SiteId> = order.scope().collect();
            page.addendum = Some(AddendumForm {
                key: form_key(&web),
                seen: bundle.version,
                until: order.valid_until(),
                districts: districts(words, &web.app.sites().await?, &BTreeSet::new(), &covered),
            });
        }
        Some(order) if order.issued.is_some() => page.closed = words.say("web-addendum-not-yours"),
        _ => page.closed = words.say("web-order-not-yours"),
    }
    rendered(&page)
}

/// Whether somebody stands in the post that signs the order.
fn signs(duty: &Duty<'_>, run: &Run, person: PersonId) -> bool {
    duty.procedure(run)
        .zip(duty.step(run, StepKind::Order))
        .is_some_and(|(procedure, step)| duty.stands_in(person, &duty.posts_of(procedure, &step.from)))
}

async fn of_draft(
    web: &Web,
    context: &Context,
    words: &Words,
    run: &Run,
    seen: i64,
    order: &Order,
) -> Result<DraftForm, Failure> {
    let OrderDraft {
        scope,
        valid_from,
        valid_until,
        addressee,
        named,
        purpose,
        basis,
    } = &order.draft;
    let duty = web.duty(context);
    let sites = web.app.sites().await?;
    let scope: BTreeSet<SiteId> = scope.iter().copied().collect();
    let in_use = || sites.values().filter(|site| site.ended_on.is_none());
    Ok(DraftForm {
        key: form_key(web),
        run: run.id,
        seen,
        title: run.title.clone(),
        from: *valid_from,
        until: *valid_until,
        purpose: purpose.clone(),
        basis: basis.clone(),
        to: receivers(&duty, duty.procedure(run), Some(*addressee)),
        people: people(context, web.today(context), &named.iter().copied().collect()),
        scope_open: order.verbal.is_none(),
        all: in_use().all(|site| scope.contains(&site.id)) && in_use().count() == scope.len(),
        districts: districts(words, &sites, &scope, &BTreeSet::new()),
        left: Vec::new(),
    })
}

fn of_verbal(web: &Web, context: &Context, words: &Words, duty: &Duty<'_>, run: &Run) -> VerbalForm {
    let holders = duty
        .procedure(run)
        .zip(duty.step(run, StepKind::Order))
        .map(|(procedure, step)| duty.posts_of(procedure, &step.from))
        .unwrap_or_default();
    let by = holders
        .into_iter()
        .filter_map(|post| {
            let (id, _) = duty.holder(post.id)?;
            Some(Choice {
                id,
                label: duty.post_with_holder(post),
                chosen: false,
            })
        })
        .collect();
    let now = context.agency.zone.civil(web.app.now());
    VerbalForm {
        key: form_key(web),
        by,
        at: now.strftime("%Y-%m-%dT%H:%M").to_string(),
        channels: CHANNELS.map(|(code, key)| (code, words.say(key))).into(),
    }
}

/// The posts to which an order can be addressed.
fn receivers(duty: &Duty<'_>, procedure: Option<&Procedure>, chosen: Option<PostId>) -> Vec<Choice<PostId>> {
    let step = procedure.and_then(|it| it.steps.iter().find(|step| step.kind == StepKind::Order));
    procedure
        .zip(step)
        .map(|(procedure, step)| duty.posts_of(procedure, &step.to))
        .unwrap_or_default()
        .into_iter()
        .map(|post| Choice {
            id: post.id,
            label: duty.post_with_holder(post),
            chosen: chosen == Some(post.id),
        })
        .collect()
}

/// Whoever holds a post of the agency today, by name.
pub fn staff(context: &Context, today: Date) -> Vec<(PersonId, String, Role)> {
    let mut found: BTreeMap<PersonId, (String, Role)> = BTreeMap::new();
    for assignment in context.people.all::<Assignment>() {
        let holds = assignment.in_force(today);
        let post = context.people.find::<Post>(assignment.post.0);
        if let Some(post) = post.filter(|post| holds && post.role != Role::OfficeUser)
            && let Ok(person) = context.person(assignment.person)
        {
            let role = (person.full_name(), post.role);
            found.entry(person.id).or_insert(role);
        }
    }
    let mut staff: Vec<_> = found
        .into_iter()
        .map(|(id, (name, role))| (id, name, role))
        .collect();
    staff.sort_by(|a, b| a.1.cmp(&b.1));
    staff
}

fn people(context: &Context, today: Date, chosen: &BTreeSet<PersonId>) -> Vec<Choice<PersonId>> {
    staff(context, today)
        .into_iter()
        .map(|(id, name, _)| Choice {
            id,
            label: name,
            chosen: chosen.contains(&id),
        })
        .collect()
}

/// The kecamatan with their sites in use, and those that are in scope already; without the ones that are covered.
fn districts(
    words: &Words,
    sites: &BTreeMap<SiteId, Site>,
    scope: &BTreeSet<SiteId>,
    covered: &BTreeSet<SiteId>,
) -> Vec<DistrictBox> {
    let mut groups: BTreeMap<&str, Vec<&Site>> = BTreeMap::new();
    for site in sites.values() {
        if (site.ended_on.is_none() || scope.contains(&site.id)) && !covered.contains(&site.id) {
            groups.entry(&site.district).or_default().push(site);
        }
    }
    groups
        .into_iter()
        .map(|(name, mut sites)| {
            sites.sort_by(|a, b| a.code.cmp(&b.code));
            let whole = sites.iter().all(|site| scope.contains(&site.id));
            DistrictBox {
                name: name.to_owned(),
                ticked: whole,
                open: !whole && sites.iter().any(|site| scope.contains(&site.id)),
                count: say(words, "web-sites-count", &[("count", sites.len().into())]),
                sites: sites
                    .into_iter()
                    .map(|site| SiteBox {
                        id: site.id,
                        code: site.code.clone(),
                        name: site.name.clone(),
                        ticked: !whole && scope.contains(&site.id),
                    })
                    .collect(),
            }
        })
        .collect()
}

impl DraftForm {
    /// How many sites the run before left.
    fn left_told(&self, frame: &Frame) -> String {
        say(
            frame.words(),
            "web-order-left",
            &[("count", self.left.len().into())],
        )
    }
}
