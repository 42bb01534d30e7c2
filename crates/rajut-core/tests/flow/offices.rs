//! Offices are renamed, merged and split; what was stays as it was.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use proptest::prelude::*;
use rajut_core::act::{Act, Actor, Changes, Refusal, Rule};
use rajut_core::flow::reorganise_offices;
use rajut_core::id::{DeviceId, LinkId, OfficeId, PersonId, PostId, ServiceId, SiteId};
use rajut_core::people::{Post, Role};
use rajut_core::register::{
    Device, Link, Office, Reorganisation, ReorganisationKind, Service, ServiceWeekKind, Site, Successor,
};
use rajut_core::stream::{State, StreamKind, StreamRef};
use uuid::Uuid;

use crate::world::{World, at, day, new_device, new_link, stream};

const NOW: &str = "2026-07-07 09:00";
const DECREE: &str = "Perbup 12/2026";

fn on() -> Date {
    day("2026-07-01")
}

/// An office with two sites, on each a device and a link of its own, a service, an office below and a contact.
struct Town {
    world: World,
    /// Who may edit the registers of places and of people.
    admin: PersonId,
    offices: BTreeMap<&'static str, OfficeId>,
}

fn thing(kind: StreamKind, n: u128) -> StreamRef {
    stream(kind, Uuid::from_u128(n))
}

impl Town {
    fn new() -> Self {
        let mut world = World::new(1);
        let mut town = Self {
            admin: world.with_post("admin", Role::Admin, "Contoh Admin"),
            world,
            offices: BTreeMap::new(),
        };
        for (n, code, parent) in [
            (1, "setda", None),
            (2, "dinkes", Some("setda")),
            (3, "disdik", Some("setda")),
            (4, "puskesmas", Some("dinkes")),
        ] {
            town.office(n, code, parent);
        }
        for n in [11, 12, 21] {
            let office = if n < 20 { "dinkes" } else { "disdik" };
            town.site(n, &[office]);
            town.device(n, n, Some(office));
            town.link(n, n, Some(office));
        }
        // A house that both share, with a device that belongs to all and one of each.
        town.site(31, &["disdik", "dinkes"]);
        town.device(31, 31, None);
        town.device(32, 31, Some("dinkes"));
        town.service(41, "dinkes");
        town.contact(51, "dinkes");
        town
    }

    fn id(&self, code: &str) -> OfficeId {
        self.offices[code]
    }

    fn put(&mut self, kind: StreamKind, n: u128, state: State) {
        self.world.preset(kind, Uuid::from_u128(n), state);
    }

    fn office(&mut self, n: u128, code: &'static str, parent: Option<&str>) {
        let office = Office {
            id: OfficeId(Uuid::from_u128(n)),
            code: code.to_owned(),
            name: format!("Kantor {code}"),
            alias: String::new(),
            parent: parent.map(|code| self.id(code)),
            predecessors: Vec::new(),
            ended_on: None,
        };
        self.offices.insert(code, office.id);
        self.put(StreamKind::Office, n, State::Office(Box::new(office)));
    }

    fn site(&mut self, n: u128, offices: &[&str]) {
        let site = Site {
            id: SiteId(Uuid::from_u128(n)),
            code: format!("lokasi-{n}"),
            name: format!("Lokasi {n}"),
            offices: offices.iter().map(|code| self.id(code)).collect(),
            district: "Contoh".to_owned(),
            address: String::new(),
            place: None,
            service_week: ServiceWeekKind::FiveDays,
            parent: None,
            gateway: None,
            public_counter: false,
            contact_name: None,
            contact_phone: None,
            ended_on: None,
        };
        self.put(StreamKind::Site, n, State::Site(Box::new(site)));
    }

    fn device(&mut self, n: u128, site: u128, office: Option<&str>) {
        let device = Device {
            office: office.map(|code| self.id(code)),
            ..new_device(DeviceId(Uuid::from_u128(n)), SiteId(Uuid::from_u128(site)), 1)
        };
        self.put(StreamKind::Device, n, State::Device(Box::new(device)));
    }

    fn link(&mut self, n: u128, site: u128, office: Option<&str>) {
        let link = Link {
            office: office.map(|code| self.id(code)),
            ..new_link(LinkId(Uuid::from_u128(n)), SiteId(Uuid::from_u128(site)), 1)
        };
        self.put(StreamKind::Link, n, State::Link(Box::new(link)));
    }

    fn service(&mut self, n: u128, owner: &str) {
        let service = Service {
            id: ServiceId(Uuid::from_u128(n)),
            code: format!("layanan-{n}"),
            name: format!("Layanan {n}"),
            owner: self.id(owner),
            sites: Vec::new(),
            hosted_at: None,
        };
        self.put(StreamKind::Service, n, State::Service(Box::new(service)));
    }

    fn contact(&mut self, n: u128, office: &str) {
        let post = Post {
            id: PostId(Uuid::from_u128(n)),
            code: "kontak-dinkes".to_owned(),
            title: "Kontak".to_owned(),
            unit: "Dinas Contoh".to_owned(),
            superior: None,
            role: Role::OfficeUser,
            office: Some(self.id(office)),
            former: Vec::new(),
        };
        self.put(StreamKind::Post, n, State::Post(Box::new(post)));
    }

    fn asked(&self, kind: ReorganisationKind, from: &[&str], into: Vec<Successor>) -> Reorganisation {
        Reorganisation {
            kind,
            from: from.iter().map(|code| self.id(code)).collect(),
            into,
            on: on(),
            decree: DECREE.to_owned(),
            given: BTreeMap::new(),
            rest: None,
        }
    }

    fn decide(&mut self, asked: &Reorganisation) -> Result<Changes, Refusal> {
        self.decide_as(Actor::Person(self.admin), asked)
    }

    fn decide_as(&mut self, by: Actor, asked: &Reorganisation) -> Result<Changes, Refusal> {
        let now = at(NOW);
        let (envelope, ids) = (self.world.envelope(by, now), self.world.ids(now));
        reorganise_offices(self.world.facts(), envelope, ids, asked)
    }

    fn does(&mut self, asked: &Reorganisation) -> Changes {
        let changes = self.decide(asked).unwrap();
        assert_eq!(changes.envelope.act, Act::ReorganiseOffices);
        self.world.commit(changes)
    }

    fn rule(&mut self, asked: &Reorganisation) -> Rule {
        self.decide(asked).unwrap_err().rule
    }

    fn of(&self, id: OfficeId) -> &Office {
        self.world.records.get(id.0).unwrap()
    }

    /// To whom each thing belongs.
    fn owners(&self) -> BTreeMap<StreamRef, Vec<OfficeId>> {
        let mut owners = BTreeMap::new();
        for (stream, _, state) in self.world.records.iter() {
            let of = match state {
                State::Site(site) => site.offices.clone(),
                State::Device(device) => device.office.into_iter().collect(),
                State::Link(link) => link.office.into_iter().collect(),
                State::Service(service) => vec![service.owner],
                State::Post(post) => post.office.into_iter().collect(),
                State::Office(office) if office.ended_on.is_none() => office.parent.into_iter().collect(),
                _ => continue,
            };
            owners.insert(*stream, of);
        }
        owners
    }
}

type Change = fn(&mut Reorganisation);

fn new(n: u128, code: &str) -> Successor {
    Successor::New {
        id: OfficeId(Uuid::from_u128(n)),
        code: code.to_owned(),
        name: format!("Kantor {code}"),
        alias: String::new(),
        parent: Some(OfficeId(Uuid::from_u128(1))),
    }
}

#[test]
fn a_renamed_office_hands_everything_to_its_successor() {
    let mut town = Town::new();
    let (old, after) = (town.id("dinkes"), OfficeId(Uuid::from_u128(100)));
    let (before, owners) = (town.of(old).clone(), town.owners());
    // What is out of use belongs to the past.
    town.device(13, 11, Some("dinkes"));
    let Ok(mut gone) = town.world.records.get::<Device>(Uuid::from_u128(13)).cloned() else {
        panic!("it was put there")
    };
    gone.removed_on = Some(day("2026-01-01"));
    town.put(StreamKind::Device, 13, State::Device(Box::new(gone)));

    let asked = town.asked(
        ReorganisationKind::Rename,
        &["dinkes"],
        vec![new(100, "badan-sehat")],
    );
    town.does(&asked);
    let now = town.of(after);
    assert_eq!((now.code.as_str(), now.ended_on), ("badan-sehat", None));
    let [from] = now.predecessors.as_slice() else {
        panic!("{now:?}")
    };
    assert_eq!(
        (from.office, from.name.as_str(), from.since, from.decree.as_str()),
        (old, "Kantor dinkes", on(), DECREE)
    );
    // The old one is what it was, and ended.
    assert_eq!(
        *town.of(old),
        Office {
            ended_on: Some(on()),
            ..before
        }
    );
    for (thing, of) in town.owners() {
        match owners.get(&thing) {
            Some(then) => {
                let expected: Vec<OfficeId> = then
                    .iter()
                    .map(|id| if *id == old { after } else { *id })
                    .collect();
                assert_eq!(of, expected, "{thing}");
            }
            None if thing.id == Uuid::from_u128(13) => assert_eq!(of, [old]),
            None => assert_eq!(thing.id, after.0),
        }
    }
    assert_eq!(town.world.replayed(), town.world.records);
    // It is over: nothing happens to it any more.
    let again = town.asked(ReorganisationKind::Rename, &["dinkes"], vec![new(101, "lain")]);
    assert_eq!(town.rule(&again), Rule::OfficeEnded);
}

#[test]
fn merged_offices_share_a_site_once() {
    let shared = thing(StreamKind::Site, 31);
    let mut town = Town::new();
    let asked = town.asked(
        ReorganisationKind::Merge,
        &["dinkes", "disdik"],
        vec![new(100, "gabung")],
    );
    town.does(&asked);
    let after = OfficeId(Uuid::from_u128(100));
    assert_eq!(town.owners()[&shared], [after]);
    let from: Vec<OfficeId> = town.of(after).predecessors.iter().map(|it| it.office).collect();
    assert_eq!(from, [town.id("dinkes"), town.id("disdik")]);

    // One takes the other in, and stays. What was below the other, itself included, moves.
    let mut town = Town::new();
    let known = Successor::Known {
        id: town.id("puskesmas"),
    };
    let asked = town.asked(ReorganisationKind::Merge, &["dinkes"], vec![known]);
    town.does(&asked);
    let stays = town.of(town.id("puskesmas"));
    assert_eq!((stays.parent, stays.ended_on), (Some(town.id("setda")), None));
    assert_eq!(town.owners()[&thing(StreamKind::Service, 41)], [stays.id]);
    assert_eq!(town.owners()[&shared], [town.id("disdik"), stays.id]);
}

#[test]
fn a_split_leaves_nothing_without_an_office() {
    let mut town = Town::new();
    let (a, b) = (OfficeId(Uuid::from_u128(100)), OfficeId(Uuid::from_u128(101)));
    let mut asked = town.asked(
        ReorganisationKind::Split,
        &["dinkes"],
        vec![new(100, "sehat-a"), new(101, "sehat-b")],
    );
    let refusal = town.decide(&asked).unwrap_err();
    // Three sites, three devices, two links, a service, a contact, an office below.
    assert_eq!(
        (refusal.rule, refusal.args["count"].as_str()),
        (Rule::WithoutOffice, "11")
    );
    asked.given = BTreeMap::from([
        (thing(StreamKind::Site, 11), vec![a]),
        (thing(StreamKind::Site, 12), vec![b]),
        (thing(StreamKind::Site, 31), vec![b, a]),
        (thing(StreamKind::Service, 41), vec![b]),
        (thing(StreamKind::Post, 51), vec![a]),
        (thing(StreamKind::Office, 4), vec![b]),
    ]);
    // The device in the shared house belongs to one of the two, and nobody said to which.
    let refusal = town.decide(&asked).unwrap_err();
    let first = refusal.args["first"].clone();
    assert_eq!(first, thing(StreamKind::Device, 32).to_string());
    asked.given.insert(thing(StreamKind::Device, 32), vec![a]);
    // One goes elsewhere than its site.
    asked.given.insert(thing(StreamKind::Link, 12), vec![a]);
    town.does(&asked);
    let owners = town.owners();
    for (kind, n, of) in [
        (StreamKind::Device, 11, vec![a]),
        (StreamKind::Link, 11, vec![a]),
        (StreamKind::Device, 12, vec![b]),
        (StreamKind::Link, 12, vec![a]),
        (StreamKind::Site, 31, vec![town.id("disdik"), b, a]),
        (StreamKind::Device, 31, vec![]),
        (StreamKind::Device, 32, vec![a]),
        (StreamKind::Service, 41, vec![b]),
        (StreamKind::Post, 51, vec![a]),
        (StreamKind::Office, 4, vec![b]),
        (StreamKind::Device, 21, vec![town.id("disdik")]),
    ] {
        assert_eq!(owners[&thing(kind, n)], of, "{kind:?} {n}");
    }

    // The office goes on: what is not named stays with it.
    let mut town = Town::new();
    let goes_on = Successor::Known {
        id: town.id("dinkes"),
    };
    let mut asked = town.asked(
        ReorganisationKind::Split,
        &["dinkes"],
        vec![goes_on, new(100, "baru")],
    );
    asked.given.insert(thing(StreamKind::Site, 12), vec![a]);
    town.does(&asked);
    let (owners, stays) = (town.owners(), town.id("dinkes"));
    assert_eq!(town.of(stays).ended_on, None);
    assert!(town.of(stays).predecessors.is_empty());
    assert_eq!(town.of(a).predecessors[0].office, stays);
    assert_eq!(owners[&thing(StreamKind::Site, 11)], [stays]);
    assert_eq!(owners[&thing(StreamKind::Link, 12)], [a]);
    assert_eq!(owners[&thing(StreamKind::Service, 41)], [stays]);
}

#[test]
fn what_does_not_fit_is_refused() {
    use ReorganisationKind::{Merge, Rename, Split};
    let mut town = Town::new();
    let known = |town: &Town, code: &str| Successor::Known { id: town.id(code) };
    let stranger = Successor::Known {
        id: OfficeId(Uuid::from_u128(999)),
    };
    let rename = |town: &Town| town.asked(Rename, &["dinkes"], vec![new(100, "baru")]);
    let changes: [(Change, Rule); 11] = [
        (|it| it.decree = " ".to_owned(), Rule::ReasonMissing),
        (|it| it.decree = "a".repeat(10_001), Rule::TooLong),
        (|it| it.on = day("2026-07-08"), Rule::InvalidValue),
        (
            |it| it.from = vec![OfficeId(Uuid::from_u128(999))],
            Rule::NotFound,
        ),
        (|it| it.from.push(it.from[0]), Rule::InvalidValue),
        (|it| it.from.clear(), Rule::InvalidValue),
        (|it| it.into.clear(), Rule::InvalidValue),
        (|it| it.into = vec![new(100, "disdik")], Rule::CodeTaken),
        (|it| it.into = vec![new(100, "Kode Buruk")], Rule::InvalidValue),
        (|it| it.into.push(new(101, "dua")), Rule::InvalidValue),
        (
            |it| {
                it.given
                    .insert(thing(StreamKind::Site, 21), vec![OfficeId(Uuid::from_u128(100))]);
            },
            Rule::InvalidValue,
        ),
    ];
    for (n, (change, rule)) in changes.into_iter().enumerate() {
        let mut asked = rename(&town);
        change(&mut asked);
        assert_eq!(town.rule(&asked), rule, "{n}");
    }
    let cases = [
        (
            Rename,
            vec!["dinkes"],
            vec![known(&town, "disdik")],
            Rule::InvalidValue,
        ),
        (Rename, vec!["dinkes"], vec![stranger.clone()], Rule::NotFound),
        (Merge, vec!["dinkes"], vec![new(100, "baru")], Rule::InvalidValue),
        (
            Merge,
            vec!["dinkes"],
            vec![known(&town, "dinkes")],
            Rule::InvalidValue,
        ),
        (
            Merge,
            vec!["dinkes", "disdik"],
            vec![new(100, "a"), new(101, "b")],
            Rule::InvalidValue,
        ),
        (Split, vec!["dinkes"], vec![new(100, "a")], Rule::InvalidValue),
        (
            Split,
            vec!["dinkes", "disdik"],
            vec![new(100, "a"), new(101, "b")],
            Rule::InvalidValue,
        ),
        (
            Split,
            vec!["dinkes"],
            vec![new(100, "a"), new(101, "a")],
            Rule::CodeTaken,
        ),
        (
            Split,
            vec!["dinkes"],
            vec![new(100, "a"), new(100, "b")],
            Rule::InvalidValue,
        ),
    ];
    for (kind, from, into, rule) in cases {
        let asked = town.asked(kind, &from, into.clone());
        assert_eq!(town.rule(&asked), rule, "{kind} {from:?} {into:?}");
    }
    // A device goes to one office, and only to a successor.
    let mut asked = town.asked(Split, &["dinkes"], vec![new(100, "a"), new(101, "b")]);
    asked.rest = Some(town.id("disdik"));
    assert_eq!(town.decide(&asked).unwrap_err().args["why"], "not_a_successor");
    asked.rest = Some(OfficeId(Uuid::from_u128(100)));
    let both = vec![OfficeId(Uuid::from_u128(100)), OfficeId(Uuid::from_u128(101))];
    asked.given.insert(thing(StreamKind::Device, 11), both);
    assert_eq!(town.decide(&asked).unwrap_err().args["why"], "one_office");
    // Below itself an office cannot stand.
    let below = Successor::New {
        id: OfficeId(Uuid::from_u128(100)),
        code: "baru".to_owned(),
        name: "Baru".to_owned(),
        alias: String::new(),
        parent: Some(town.id("puskesmas")),
    };
    let asked = town.asked(Rename, &["dinkes"], vec![below]);
    assert_eq!(town.decide(&asked).unwrap_err().args["why"], "leads_back");
    // Only whom the table names.
    let fine = rename(&town);
    let (technician, clerk) = (town.world.cast.technicians[0], town.world.cast.clerk);
    for by in [
        Actor::Person(technician),
        Actor::Person(clerk),
        Actor::System,
        Actor::Outsider,
    ] {
        assert_eq!(town.decide_as(by, &fine).unwrap_err().rule, Rule::NoRight);
    }
    // Not before it came to be, nor on that very day.
    town.does(&fine);
    town.offices.insert("baru", OfficeId(Uuid::from_u128(100)));
    for (on, rule) in [("2026-06-30", true), ("2026-07-01", true), ("2026-07-02", false)] {
        let mut next = town.asked(Rename, &["baru"], vec![new(102, "lebih-baru")]);
        next.on = day(on);
        let decided = town.decide(&next);
        assert_eq!(
            decided.is_err_and(|it| it.args["why"] == "before_the_office"),
            rule,
            "{on}"
        );
    }
}

proptest! {
    /// Whatever is given to whom: afterwards nothing in use belongs to an office that ended, nothing of other
    /// offices moved, and every successor knows where it came from.
    #[test]
    fn nothing_is_lost_in_a_split(
        gifts in proptest::collection::vec((0_usize..11, 0_u128..3), 0..12),
        rest in proptest::option::of(0_u128..3),
        goes_on in any::<bool>(),
    ) {
        let mut town = Town::new();
        let old = town.id("dinkes");
        let things = [
            thing(StreamKind::Site, 11), thing(StreamKind::Site, 12), thing(StreamKind::Site, 31),
            thing(StreamKind::Device, 11), thing(StreamKind::Device, 12), thing(StreamKind::Device, 32),
            thing(StreamKind::Link, 11), thing(StreamKind::Link, 12), thing(StreamKind::Service, 41),
            thing(StreamKind::Post, 51), thing(StreamKind::Office, 4),
        ];
        let third = if goes_on { Successor::Known { id: old } } else { new(102, "c") };
        let into = [new(100, "a"), new(101, "b"), third];
        let to = |n: u128| into[usize::try_from(n).unwrap()].id();
        let mut asked = town.asked(ReorganisationKind::Split, &["dinkes"], into.to_vec());
        for (place, n) in gifts {
            asked.given.insert(things[place], vec![to(n)]);
        }
        asked.rest = rest.map(to);
        let before = town.owners();
        match town.decide(&asked) {
            Err(refusal) => {
                prop_assert_eq!(refusal.rule, Rule::WithoutOffice);
                prop_assert!(!goes_on && rest.is_none());
                prop_assert!(things.iter().any(|thing| !asked.given.contains_key(thing)));
            }
            Ok(changes) => {
                town.world.commit(changes);
                let after = town.owners();
                let successors: BTreeSet<OfficeId> = into.iter().map(Successor::id).collect();
                for (stream, of) in &before {
                    // The old office itself left the list of what is in use.
                    let Some(now) = after.get(stream) else {
                        prop_assert_eq!(stream.id, old.0);
                        continue;
                    };
                    prop_assert_eq!(of.len(), now.len());
                    for (then, now) in of.iter().zip(now) {
                        if *then == old {
                            prop_assert!(successors.contains(now), "{}", stream);
                        } else if stream.id != old.0 {
                            prop_assert_eq!(then, now);
                        }
                    }
                    if let Some(given) = asked.given.get(stream) {
                        prop_assert!(given.iter().all(|id| now.contains(id)));
                    }
                }
                prop_assert_eq!(town.of(old).ended_on.is_none(), goes_on);
                for id in successors.iter().filter(|id| **id != old) {
                    prop_assert_eq!(town.of(*id).predecessors[0].office, old);
                }
                prop_assert_eq!(&town.world.replayed(), &town.world.records);
            }
        }
    }
}

#[test]
fn a_post_moves_only_by_whom_people_may_be_edited() {
    let mut town = Town::new();
    let cast = town.world.cast.clone();
    // The registrars of places may give "disdik", which has no post, another name; not an office with one.
    let without = town.asked(ReorganisationKind::Rename, &["disdik"], vec![new(100, "baru")]);
    let with = town.asked(ReorganisationKind::Rename, &["dinkes"], vec![new(100, "baru")]);
    for by in [cast.kasi, cast.officer] {
        let by = Actor::Person(by);
        assert!(town.decide_as(by, &without).is_ok());
        let refusal = town.decide_as(by, &with).unwrap_err();
        assert_eq!(
            (refusal.rule, refusal.args["act"].as_str()),
            (Rule::NoRight, "people.edit")
        );
        assert!(!refusal.who_could.is_empty());
    }
    // Whoever may edit people may not yet reorganise offices.
    let clerk = Actor::Person(cast.clerk);
    let refusal = town.decide_as(clerk, &with).unwrap_err();
    assert_eq!(refusal.args["act"], "office.reorganise");
    assert!(town.decide_as(Actor::Person(town.admin), &with).is_ok());
}
