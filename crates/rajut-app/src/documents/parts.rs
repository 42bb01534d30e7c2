//! Parts that several papers share: letterhead, people, sites, signatures.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rajut_core::calendar::Zone;
use rajut_core::id::{OfficeId, PersonId, SiteId};
use rajut_core::people::{Capacity, Person, Post, Roster};
use rajut_core::procedure::{Binding, LaneId, Procedure, StepKind};
use rajut_core::register::{Office, Site};
use rajut_core::run::Order;
use rajut_core::stream::{State, StreamKind};
use rajut_pdf::paper;

use super::sealed;
use crate::{App, AppError, Context};

/// Names of sites and offices, for the lists on papers.
pub(super) struct Gazetteer {
    pub sites: BTreeMap<SiteId, Site>,
    pub offices: BTreeMap<OfficeId, Office>,
}

impl Gazetteer {
    /// A site as a line of a list.
    pub fn line(&self, id: SiteId) -> paper::SiteLine {
        let site = self.sites.get(&id);
        let office = site.and_then(|site| self.offices.get(site.offices.first()?));
        paper::SiteLine {
            site: site.map(|site| site.name.clone()).unwrap_or_default(),
            office: office.map(|office| office.name.clone()).unwrap_or_default(),
            district: site
                .map(|site| site.district.clone())
                .filter(|district| !district.is_empty()),
            team: None,
            planned: None,
            due: None,
        }
    }
}

/// The sheet of a paper that is issued.
pub(super) fn sheet(context: &Context, number: Option<String>, date: Date) -> paper::Sheet {
    let head = &context.agency_file.letterhead;
    paper::Sheet {
        page: paper::PageSize::F4,
        letterhead: paper::Letterhead {
            emblem: None,
            government: head.government.clone(),
            agency: head.agency.clone(),
            address: head.address.clone(),
        },
        place: context.agency_file.place.clone(),
        zone: match context.agency.zone {
            Zone::Wib => paper::Zone::Wib,
            Zone::Wita => paper::Zone::Wita,
            Zone::Wit => paper::Zone::Wit,
        },
        standing: paper::Standing::Issued { number, date },
        check_code: None,
        mark: None,
        masked: false,
    }
}

/// The post to which a lane is bound: by the agency's set-up, else the one that the procedure names.
fn post_of_lane<'c>(context: &'c Context, procedure: &Procedure, lane: &LaneId) -> Option<&'c Post> {
    if let Some(bound) = context.agency.lanes.get(&(procedure.code.clone(), lane.clone())) {
        return context.people.find::<Post>(bound.0);
    }
    match &procedure.lane(lane)?.binding {
        Binding::Post(code) => context.post(code).ok(),
        Binding::Team | Binding::Office | Binding::Reporter => None,
    }
}

/// The post that performs the first step of a kind.
pub(super) fn post_of_step<'c>(
    context: &'c Context,
    procedure: &Procedure,
    kind: StepKind,
) -> Option<&'c Post> {
    let step = procedure.steps.iter().find(|step| step.kind == kind)?;
    step.from
        .iter()
        .find_map(|lane| post_of_lane(context, procedure, lane))
}

/// The post to which the first step of a kind is addressed.
pub(super) fn receiver_of_step<'c>(
    context: &'c Context,
    procedure: &Procedure,
    kind: StepKind,
) -> Option<&'c Post> {
    let step = procedure.steps.iter().find(|step| step.kind == kind)?;
    step.to
        .iter()
        .find_map(|lane| post_of_lane(context, procedure, lane))
}

/// In what capacity a person acts for a post on a day.
pub(super) fn capacity(context: &Context, person: PersonId, post: &Post, day: Date) -> Option<Capacity> {
    let (posts, assignments, leaves) = context.roster();
    let roster = Roster {
        persons: &[],
        posts: &posts,
        assignments: &assignments,
        leaves: &leaves,
    };
    roster.may_act(person, post.id, day)
}

/// What an order rests on: the procedure in force, and what its draft adds.
pub(super) fn basis(procedure: &Procedure, order: &Order) -> Vec<String> {
    let mut basis = vec![format!(
        "SOP {} tanggal {}",
        procedure.identity.title,
        procedure
            .identity
            .effective
            .map(rajut_core::words::long_date)
            .unwrap_or_default()
    )];
    let added = order.draft.basis.trim().trim_end_matches([';', '.']);
    if !added.is_empty() {
        basis.push(added.to_owned());
    }
    basis
}

/// The entries of a list as letters write them: a semicolon between, a full stop at the end.
pub(super) fn punctuated(entries: Vec<String>) -> Vec<String> {
    let last = entries.len().saturating_sub(1);
    entries
        .into_iter()
        .enumerate()
        .map(|(at, entry)| format!("{entry}{}", if at == last { '.' } else { ';' }))
        .collect()
}

/// The rank as papers print it: name and grade.
fn rank(person: &Person) -> Option<String> {
    person.rank.as_ref().map(|rank| match &rank.pangkat {
        Some(name) => format!("{name} ({})", rank.golongan),
        None => rank.golongan.clone(),
    })
}

/// The title under which a person stands on a day: of the first post held.
pub(super) fn title_of(context: &Context, person: PersonId, day: Date) -> String {
    let (posts, assignments, leaves) = context.roster();
    let roster = Roster {
        persons: &[],
        posts: &posts,
        assignments: &assignments,
        leaves: &leaves,
    };
    roster
        .posts_of(person, day)
        .first()
        .map(|(post, _)| post.label_on(day).0.to_owned())
        .unwrap_or_default()
}

/// A person as a line of a list.
pub(super) fn person_line(context: &Context, id: PersonId, day: Date) -> Result<paper::PersonLine, AppError> {
    let person = context.person(id)?;
    Ok(paper::PersonLine {
        name: person.full_name(),
        rank: rank(person),
        nip: sealed(person.nip.as_ref()),
        post: title_of(context, id, day),
        role: None,
    })
}

/// A person with address and telephone, for the internal annex only.
pub(super) fn contact_line(context: &Context, id: PersonId) -> Result<paper::ContactLine, AppError> {
    let person = context.person(id)?;
    Ok(paper::ContactLine {
        name: person.full_name(),
        nip: sealed(person.nip.as_ref()),
        address: sealed(person.address.as_ref()).unwrap_or_default(),
        phone: sealed(person.phone.as_ref()).unwrap_or_default(),
    })
}

/// The foot of a letter signed by a person in a capacity for a post.
pub(super) fn signature(
    context: &Context,
    id: PersonId,
    post: Option<&Post>,
    capacity: &Capacity,
    day: Date,
) -> Result<paper::Signature, AppError> {
    let person = context.person(id)?;
    let title = post.map_or_else(
        || title_of(context, id, day),
        |post| post.label_on(day).0.to_owned(),
    );
    let titles = match capacity {
        Capacity::Own => vec![title],
        Capacity::Plt => vec![format!("Plt. {title}")],
        Capacity::Plh => vec![format!("Plh. {title}")],
        Capacity::SuperiorForVacant(_) => vec![title_of(context, id, day)],
    };
    Ok(paper::Signature {
        titles,
        name: person.full_name(),
        rank: rank(person),
        nip: sealed(person.nip.as_ref()),
    })
}

impl App {
    /// Names of all sites and offices.
    pub(super) async fn gazetteer(&self) -> Result<Gazetteer, AppError> {
        let offices = self
            .store()
            .all(StreamKind::Office)
            .await?
            .into_iter()
            .filter_map(|(_, versioned)| match versioned.state {
                State::Office(office) => Some((office.id, *office)),
                _ => None,
            })
            .collect();
        Ok(Gazetteer {
            sites: self.sites().await?,
            offices,
        })
    }
}
