//! Offices are renamed, merged and split: what is in use moves to the successors, what was stays as it was.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use uuid::Uuid;

use super::rights::Scene;
use super::{Deciding, Facts, Records, invalid, reason};
use crate::act::{Act, Changes, Envelope, Expect, FieldName, Refusal, Rule, Wanted, Why};
use crate::id::{FreshIds, OfficeId, SiteId};
use crate::people::Post;
use crate::register::{
    Device, Edit, Link, Office, Predecessor, Reorganisation, ReorganisationKind, Service, Site, Successor,
};
use crate::stream::{AsState, Event, StreamKind, StreamRef};

/// The longest code of an entry, in characters.
const CODE: usize = 40;

/// Decides a reorganisation of offices, all in one act. The records hold every office, site, device, link,
/// service and post.
///
/// # Errors
/// Without right or decree, or where posts move along without the right to edit people; for an office that is
/// unknown or has ended; for a day in the future or not after the day on which an office came to be; for a code
/// that is taken; when something in use would be left to an office that no longer exists.
pub fn reorganise_offices(
    facts: Facts<'_>,
    mut envelope: Envelope,
    ids: FreshIds,
    asked: &Reorganisation,
) -> Result<Changes, Refusal> {
    envelope.act = Act::ReorganiseOffices;
    let mut deciding = Deciding {
        facts,
        ids,
        changes: Changes::new(envelope),
    };
    deciding.check_times()?;
    deciding.grant(Scene::default())?;
    deciding.check_texts(&texts(asked)?)?;
    let today = deciding.day();
    if asked.on > today {
        return Err(invalid(FieldName::Date, asked.on, Why::InTheFuture));
    }
    let plan = Plan::of(facts.records, asked)?;
    let moved = plan.moved()?;
    let offices = plan.offices(&moved)?;
    for (id, after) in offices {
        deciding.becomes(StreamKind::Office, id.0, after);
    }
    deciding.move_things(&plan, &moved);
    deciding.may_move_posts()?;
    Ok(deciding.changes)
}

/// The free texts, of which those that are needed are there, and codes are codes.
fn texts(asked: &Reorganisation) -> Result<Vec<(FieldName, &str)>, Refusal> {
    reason(&asked.decree, Wanted::Decree)?;
    let mut texts = vec![(FieldName::Decree, asked.decree.as_str())];
    for successor in &asked.into {
        let Successor::New {
            code, name, alias, ..
        } = successor
        else {
            continue;
        };
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.');
        if code.is_empty() || code.len() > CODE || !code.chars().all(allowed) {
            return Err(invalid(FieldName::Code, code, Why::NotACode));
        }
        reason(name, Wanted::Name)?;
        texts.extend([(FieldName::Name, name.as_str()), (FieldName::Alias, alias)]);
    }
    Ok(texts)
}

/// A reorganisation whose offices are known to fit.
struct Plan<'a> {
    records: &'a Records,
    asked: &'a Reorganisation,
    /// The offices of before.
    from: Vec<&'a Office>,
    /// Those of them that end.
    ended: BTreeSet<OfficeId>,
    /// The successors.
    into: BTreeSet<OfficeId>,
}

/// Thing -> to whom it goes.
type Moved = BTreeMap<StreamRef, Vec<OfficeId>>;

impl<'a> Plan<'a> {
    fn of(records: &'a Records, asked: &'a Reorganisation) -> Result<Self, Refusal> {
        let mut from = Vec::new();
        for id in &asked.from {
            let office = existing(records, *id)?;
            if from.iter().any(|known: &&Office| known.id == office.id) {
                return Err(invalid(FieldName::From, &office.code, Why::Repeated));
            }
            if since(office).is_some_and(|since| asked.on <= since) {
                return Err(invalid(FieldName::Date, asked.on, Why::BeforeTheOffice));
            }
            from.push(office);
        }
        let mut into = BTreeSet::new();
        let mut codes: BTreeSet<&str> = records
            .all::<Office>()
            .map(|office| office.code.as_str())
            .collect();
        for successor in &asked.into {
            let name = match successor {
                Successor::Known { id } => {
                    let office = existing(records, *id)?;
                    if since(office).is_some_and(|since| asked.on <= since) {
                        return Err(invalid(FieldName::Date, asked.on, Why::BeforeTheOffice));
                    }
                    &office.code
                }
                Successor::New { code, .. } => {
                    if !codes.insert(code) {
                        return Err(Refusal::new(Rule::CodeTaken).with("code", code));
                    }
                    code
                }
            };
            if !into.insert(successor.id()) {
                return Err(invalid(FieldName::Into, name, Why::Repeated));
            }
        }
        let is_new = |successor: &Successor| matches!(successor, Successor::New { .. });
        let fits = match asked.kind {
            ReorganisationKind::Rename => {
                from.len() == 1 && asked.into.len() == 1 && asked.into.iter().all(is_new)
            }
            ReorganisationKind::Merge => {
                let before = from.iter().map(|office| office.id);
                let known = asked.into.iter().filter(|it| !is_new(it)).map(Successor::id);
                asked.into.len() == 1
                    && before.clone().any(|id| !into.contains(&id))
                    && before.chain(known).collect::<BTreeSet<_>>().len() > 1
            }
            ReorganisationKind::Split => from.len() == 1 && asked.into.len() > 1,
        };
        if !fits {
            let counts = format!("{}:{}", from.len(), asked.into.len());
            return Err(invalid(FieldName::Offices, counts, Why::DoesNotFit));
        }
        let ended = from
            .iter()
            .map(|office| office.id)
            .filter(|id| !into.contains(id))
            .collect();
        let plan = Self {
            records,
            asked,
            from,
            ended,
            into,
        };
        plan.check_given()?;
        Ok(plan)
    }

    /// Whether something belongs to an office that is reorganised.
    fn concerns(&self, office: OfficeId) -> bool {
        self.asked.from.contains(&office)
    }

    /// What is named belongs to the offices of before, and goes to those after.
    fn check_given(&self) -> Result<(), Refusal> {
        let known: BTreeSet<StreamRef> = self.things().map(|thing| thing.stream).collect();
        for (thing, to) in &self.asked.given {
            if !known.contains(thing) {
                return Err(invalid(FieldName::Given, thing, Why::NotOfTheseOffices));
            }
            let several = to.len() > 1 && thing.kind != StreamKind::Site;
            if to.is_empty() || several {
                return Err(invalid(FieldName::Given, thing, Why::OneOffice));
            }
            self.check_successors(to)?;
        }
        self.check_successors(&Vec::from_iter(self.asked.rest))
    }

    fn check_successors(&self, to: &[OfficeId]) -> Result<(), Refusal> {
        match to.iter().find(|id| !self.into.contains(id)) {
            Some(stranger) => Err(invalid(FieldName::Given, stranger, Why::NotASuccessor)),
            None => Ok(()),
        }
    }

    /// Everything in use that belongs to an office of before.
    fn things(&self) -> impl Iterator<Item = Thing> + '_ {
        let of = move |office: Option<OfficeId>| office.filter(|office| self.concerns(*office));
        let sites = self
            .records
            .all::<Site>()
            .filter(|site| site.ended_on.is_none())
            .flat_map(move |site| {
                site.offices
                    .iter()
                    .filter(move |office| self.concerns(**office))
                    .map(|office| Thing::new(StreamKind::Site, site.id.0, *office, None))
            });
        let devices = self
            .records
            .all::<Device>()
            .filter(|device| device.in_use())
            .filter_map(move |it| {
                Some(Thing::new(
                    StreamKind::Device,
                    it.id.0,
                    of(it.office)?,
                    Some(it.site),
                ))
            });
        let links = self
            .records
            .all::<Link>()
            .filter(|link| link.ended_on.is_none())
            .filter_map(move |it| {
                Some(Thing::new(
                    StreamKind::Link,
                    it.id.0,
                    of(it.office)?,
                    Some(it.site),
                ))
            });
        let services = self.records.all::<Service>().filter_map(move |it| {
            Some(Thing::new(
                StreamKind::Service,
                it.id.0,
                of(Some(it.owner))?,
                None,
            ))
        });
        let posts = self
            .records
            .all::<Post>()
            .filter_map(move |it| Some(Thing::new(StreamKind::Post, it.id.0, of(it.office)?, None)));
        // A successor below an office of before is not given away: it moves up (see `offices`).
        let below = self
            .records
            .all::<Office>()
            .filter(|office| office.ended_on.is_none() && !self.ended.contains(&office.id))
            .filter(|office| !self.into.contains(&office.id))
            .filter_map(move |it| Some(Thing::new(StreamKind::Office, it.id.0, of(it.parent)?, None)));
        sites
            .chain(devices)
            .chain(links)
            .chain(services)
            .chain(posts)
            .chain(below)
    }

    /// To whom everything in use goes; nothing is left to an office that ends.
    fn moved(&self) -> Result<Moved, Refusal> {
        let only = match self.asked.into.as_slice() {
            [one] => Some(one.id()),
            _ => None,
        };
        let mut moved = Moved::new();
        let mut left: Vec<StreamRef> = Vec::new();
        // Sites come first: what stands there goes with them.
        for thing in self.things() {
            let with_site = || {
                let site = StreamRef {
                    kind: StreamKind::Site,
                    id: thing.site?.0,
                };
                match moved.get(&site).map(Vec::as_slice) {
                    Some([one]) => Some(*one),
                    _ => None,
                }
            };
            let stays = Some(thing.office).filter(|office| !self.ended.contains(office));
            let to = match self.asked.given.get(&thing.stream) {
                Some(given) => given.clone(),
                None => only
                    .or_else(with_site)
                    .or(self.asked.rest)
                    .or(stays)
                    .into_iter()
                    .collect(),
            };
            if to.is_empty() {
                left.push(thing.stream);
            } else {
                moved.insert(thing.stream, to);
            }
        }
        match left.first() {
            Some(first) => Err(Refusal::new(Rule::WithoutOffice)
                .with("count", left.len())
                .with("first", first)),
            None => Ok(moved),
        }
    }

    /// Every office that is new or changes, as it is afterwards.
    fn offices(&self, moved: &Moved) -> Result<BTreeMap<OfficeId, Office>, Refusal> {
        let mut after: BTreeMap<OfficeId, Office> = BTreeMap::new();
        for successor in &self.asked.into {
            let mut office = match successor {
                Successor::Known { id } => self.records.get::<Office>(id.0)?.clone(),
                Successor::New {
                    id,
                    code,
                    name,
                    alias,
                    parent,
                } => {
                    if let Some(above) = parent.filter(|above| !self.into.contains(above)) {
                        existing(self.records, above)?;
                    }
                    Office {
                        id: *id,
                        code: code.clone(),
                        name: name.trim().to_owned(),
                        alias: alias.trim().to_owned(),
                        parent: *parent,
                        predecessors: Vec::new(),
                        ended_on: None,
                    }
                }
            };
            let before = self.from.iter().filter(|before| before.id != office.id);
            office.predecessors.extend(before.map(|before| Predecessor {
                office: before.id,
                name: before.name.clone(),
                since: self.asked.on,
                decree: self.asked.decree.trim().to_owned(),
            }));
            // Above a successor stands nothing that ends.
            while let Some(above) = office.parent.filter(|above| self.ended.contains(above)) {
                office.parent = self.records.get::<Office>(above.0)?.parent;
            }
            after.insert(office.id, office);
        }
        for before in self.from.iter().filter(|before| self.ended.contains(&before.id)) {
            let mut office = (*before).clone();
            office.ended_on = Some(self.asked.on);
            after.insert(office.id, office);
        }
        for (thing, to) in moved.iter().filter(|(thing, _)| thing.kind == StreamKind::Office) {
            let mut office = self.records.get::<Office>(thing.id)?.clone();
            office.parent = to.first().copied();
            after.insert(office.id, office);
        }
        for office in after.values() {
            let mut above = office.parent;
            let mut steps = BTreeSet::from([office.id]);
            while let Some(id) = above {
                if !steps.insert(id) {
                    return Err(invalid(FieldName::Parent, &office.code, Why::LeadsBack));
                }
                above = match after.get(&id) {
                    Some(office) => office.parent,
                    None => self.records.find::<Office>(id.0).and_then(|office| office.parent),
                };
            }
        }
        Ok(after)
    }

    /// The offices of a list as they are afterwards: each of before is replaced at its place, none stands twice.
    fn replaced(&self, offices: &[OfficeId], to: &[OfficeId]) -> Vec<OfficeId> {
        let mut after: Vec<OfficeId> = Vec::new();
        for office in offices {
            let standing = [*office];
            let these = if self.concerns(*office) { to } else { &standing };
            for id in these {
                if !after.contains(id) {
                    after.push(*id);
                }
            }
        }
        after
    }
}

/// Something that belongs to an office.
struct Thing {
    stream: StreamRef,
    office: OfficeId,
    site: Option<SiteId>,
}

impl Thing {
    fn new(kind: StreamKind, id: Uuid, office: OfficeId, site: Option<SiteId>) -> Self {
        let stream = StreamRef { kind, id };
        Self { stream, office, site }
    }
}

/// An office that exists today.
fn existing(records: &Records, id: OfficeId) -> Result<&Office, Refusal> {
    let office = records.get::<Office>(id.0)?;
    match office.ended_on {
        Some(ended) => Err(Refusal::new(Rule::OfficeEnded)
            .with("office", &office.code)
            .with("date", ended)),
        None => Ok(office),
    }
}

/// The day on which an office last came to be what it is, where that is known.
fn since(office: &Office) -> Option<Date> {
    office.predecessors.iter().map(|before| before.since).max()
}

impl Deciding<'_> {
    /// An entry becomes something else, or comes to be.
    fn becomes<T>(&mut self, kind: StreamKind, id: Uuid, after: T)
    where
        T: AsState + Clone + PartialEq,
        Event: From<Edit<T>>,
    {
        let stream = StreamRef { kind, id };
        let before = self.facts.records.find::<T>(id).cloned();
        if before.as_ref() == Some(&after) {
            return;
        }
        let expect = match &before {
            Some(_) => self.facts.records.seen(stream),
            None => Expect::New,
        };
        self.changes.push(stream, expect, Edit { before, after });
    }

    /// A post is an entry of the register of people, whatever the act is called that moves it.
    fn may_move_posts(&self) -> Result<(), Refusal> {
        let mut touched = self.changes.events.iter().map(|change| change.stream.kind);
        if touched.all(|kind| kind != StreamKind::Post) {
            return Ok(());
        }
        let needed = Act::EditPeople;
        self.grant_by(needed.authority().right, Scene::default())
            .map(drop)
            .map_err(|refusal| refusal.with("act", needed.code()))
    }

    fn move_things(&mut self, plan: &Plan<'_>, moved: &Moved) {
        for (thing, to) in moved {
            let Some(first) = to.first().copied() else {
                continue;
            };
            let records = self.facts.records;
            match thing.kind {
                StreamKind::Site => {
                    if let Some(mut site) = records.find::<Site>(thing.id).cloned() {
                        site.offices = plan.replaced(&site.offices, to);
                        self.becomes(thing.kind, thing.id, site);
                    }
                }
                StreamKind::Device => {
                    if let Some(mut device) = records.find::<Device>(thing.id).cloned() {
                        device.office = Some(first);
                        self.becomes(thing.kind, thing.id, device);
                    }
                }
                StreamKind::Link => {
                    if let Some(mut link) = records.find::<Link>(thing.id).cloned() {
                        link.office = Some(first);
                        self.becomes(thing.kind, thing.id, link);
                    }
                }
                StreamKind::Service => {
                    if let Some(mut service) = records.find::<Service>(thing.id).cloned() {
                        service.owner = first;
                        self.becomes(thing.kind, thing.id, service);
                    }
                }
                StreamKind::Post => {
                    if let Some(mut post) = records.find::<Post>(thing.id).cloned() {
                        post.office = Some(first);
                        self.becomes(thing.kind, thing.id, post);
                    }
                }
                // Offices below are among the offices; nothing else belongs to one.
                _ => {}
            }
        }
    }
}
