//! A small agency: the centre, three offices with a router each, and the people of the procedure.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use jiff::Timestamp;
use jiff::civil::{Date, date};
use rajut_app::{App, Defaults, Entropy, Key, NewPerson, Personal, Who};
use rajut_core::act::Act;
use rajut_core::clock::Clock;
use rajut_core::flow::{CheckIn, Command, PlannedTarget};
use rajut_core::id::{
    DeviceId, OfficeId, PersonId, PostId, RunId, ServiceId, SiteId, TargetId, TeamId, VisitId,
};
use rajut_core::people::{CivilStatus, Post, Role};
use rajut_core::register::{
    Device, DeviceCondition, DeviceKind, Edit, Endpoint, Identity, Office, Owner, Service, ServiceWeekKind,
    Site,
};
use rajut_core::run::{BatchRule, Member, OrderDraft, Team, Urgency};

/// The network behind the register, for the simulator and the lab.
pub const OFFICES: &str = r#"
[[link]]
name = "setda"

[[link]]
name = "kecamatan"

[[link]]
name = "puskesmas"
parent = "kecamatan"

[[host]]
name = "noc-rt1"
address = "10.9.0.1"

[[host]]
name = "setda-rt1"
address = "10.9.1.1"
link = "setda"

[[host]]
name = "kecamatan-rt1"
address = "10.9.2.1"
link = "kecamatan"

[[host]]
name = "puskesmas-rt1"
address = "10.9.3.1"
link = "puskesmas"
"#;

/// Site, the site above it, address of its router.
const SITES: [(&str, Option<&str>, &str); 4] = [
    ("noc", None, "10.9.0.1"),
    ("setda", Some("noc"), "10.9.1.1"),
    ("kecamatan", Some("noc"), "10.9.2.1"),
    ("puskesmas", Some("kecamatan"), "10.9.3.1"),
];

/// Posts with their roles; the first three stand above one another.
const POSTS: [(&str, Role); 7] = [
    ("kepala", Role::AgencyHead),
    ("kabid-telematika", Role::DivisionHead),
    ("kasi-telematika", Role::SectionHead),
    ("teknisi-1", Role::Technician),
    ("teknisi-2", Role::Technician),
    ("petugas-layanan-1", Role::ServiceOfficer),
    ("admin", Role::Admin),
];

/// The day on which the world begins, a Monday.
pub const DAY: Date = date(2026, 11, 2);

/// From Monday 08.00 WIB on; a millisecond later each time somebody asks, and set forward by hand.
pub struct Hand(AtomicI64);

impl Hand {
    /// Sets the clock forward.
    pub fn forward(&self, minutes: i64) {
        self.0.fetch_add(minutes * 60_000, Ordering::SeqCst);
    }
}

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        let begin: Timestamp = "2026-11-02T01:00:00Z".parse().unwrap();
        let passed = self.0.fetch_add(1, Ordering::SeqCst);
        Timestamp::from_millisecond(begin.as_millisecond() + passed).unwrap()
    }
}

/// Randomness of one node: no two nodes draw the same.
fn entropy(node: u8) -> Entropy {
    let drawn = AtomicU64::new(0);
    Arc::new(move || {
        let mut seed = [node; 32];
        seed[..8].copy_from_slice(&drawn.fetch_add(1, Ordering::SeqCst).to_be_bytes());
        seed
    })
}

fn new<T>(entries: impl IntoIterator<Item = T>) -> Vec<Edit<T>> {
    entries
        .into_iter()
        .map(|after| Edit { before: None, after })
        .collect()
}

pub struct World {
    pub app: App,
    pub clock: Arc<Hand>,
    pub sites: BTreeMap<&'static str, SiteId>,
    pub routers: BTreeMap<&'static str, DeviceId>,
    pub people: BTreeMap<&'static str, PersonId>,
    posts: BTreeMap<&'static str, PostId>,
    url: String,
}

/// A run whose teams are formed.
pub struct Teamed {
    pub run: RunId,
    pub team: TeamId,
    pub targets: BTreeMap<SiteId, TargetId>,
}

impl World {
    /// Sets an empty database up and fills it.
    pub async fn on(url: &str) -> Self {
        Self::with(url, &Defaults::demo()).await
    }

    /// The same with other settings or procedures.
    pub async fn with(url: &str, defaults: &Defaults) -> Self {
        let clock = Arc::new(Hand(AtomicI64::new(0)));
        let app = App::open(url, Arc::clone(&clock) as _, entropy(1)).await.unwrap();
        app.set_up(defaults, date(2026, 1, 1), &Defaults::demo_reasons())
            .await
            .unwrap();
        let mut world = Self {
            app,
            clock,
            sites: BTreeMap::new(),
            routers: BTreeMap::new(),
            people: BTreeMap::new(),
            posts: BTreeMap::new(),
            url: url.to_owned(),
        };
        world.places().await;
        world.staff().await;
        world
    }

    /// Another program on the same database.
    pub async fn node(&self, number: u8) -> App {
        App::open(&self.url, Arc::clone(&self.clock) as _, entropy(number))
            .await
            .unwrap()
    }

    async fn places(&mut self) {
        let (app, mut ids, who) = (&self.app, self.app.ids(), Who::system());
        let office: OfficeId = ids.fresh();
        for (code, ..) in SITES {
            self.sites.insert(code, ids.fresh());
            self.routers.insert(code, ids.fresh());
        }
        let it = Office {
            id: office,
            code: "contoh".to_owned(),
            name: "Dinas Contoh".to_owned(),
            alias: String::new(),
            parent: None,
            predecessors: Vec::new(),
            ended_on: None,
        };
        app.edit_offices(who, Act::Import, new([it])).await.unwrap();
        let sites = SITES.map(|(code, parent, _)| Site {
            id: self.sites[code],
            code: code.to_owned(),
            name: format!("Lokasi {code}"),
            offices: vec![office],
            district: "Contoh".to_owned(),
            address: String::new(),
            place: None,
            service_week: ServiceWeekKind::FiveDays,
            parent: parent.map(|parent| self.sites[parent]),
            gateway: Some(self.routers[code]),
            public_counter: false,
            contact_name: None,
            contact_phone: None,
            ended_on: None,
        });
        app.edit_sites(who, Act::Import, new(sites)).await.unwrap();
        let routers = SITES.map(|(code, _, address)| Device {
            id: self.routers[code],
            code: format!("{code}-rt1"),
            site: self.sites[code],
            office: None,
            kind: DeviceKind::Router,
            brand: "Contoh".to_owned(),
            model: "R1".to_owned(),
            serial: Identity::Unknown,
            inventory_number: Identity::Unknown,
            owner: Owner::Agency,
            endpoint: Some(Endpoint {
                address: address.parse().unwrap(),
                tcp_port: None,
            }),
            condition: DeviceCondition::Good,
            installed_on: None,
            replaces: None,
            removed_on: None,
        });
        app.edit_devices(who, Act::Import, new(routers)).await.unwrap();
        let simpus = Service {
            id: ids.fresh::<ServiceId>(),
            code: "simpus".to_owned(),
            name: "SIMPUS contoh".to_owned(),
            owner: office,
            sites: vec![self.sites["puskesmas"]],
            hosted_at: None,
        };
        app.edit_services(who, Act::Import, new([simpus])).await.unwrap();
    }

    async fn staff(&mut self) {
        let (app, mut ids, who) = (&self.app, self.app.ids(), Who::system());
        let mut posts: Vec<Post> = Vec::new();
        for (code, role) in POSTS {
            let superior = posts.get(posts.len().min(3).wrapping_sub(1)).map(|post| post.id);
            posts.push(Post {
                id: ids.fresh(),
                code: code.to_owned(),
                title: format!("Jabatan {code}"),
                unit: "Diskominfo".to_owned(),
                superior,
                role,
                office: None,
                former: Vec::new(),
            });
        }
        self.posts = POSTS
            .iter()
            .map(|it| it.0)
            .zip(posts.iter().map(|it| it.id))
            .collect();
        app.edit_posts(who, Act::EditPeople, new(posts)).await.unwrap();
        let people = POSTS.map(|(code, _)| NewPerson {
            name: format!("Contoh {code}"),
            titles_before: String::new(),
            titles_after: String::new(),
            status: CivilStatus::NonAsn,
            rank: None,
            personal: Personal {
                nip: None,
                address: Some("Jl. Contoh 1".to_owned()),
                phone: Some("0800-001-0001".to_owned()),
            },
            post: Some((self.posts[code], date(2026, 1, 2), "800/CONTOH/2026".to_owned())),
        });
        let entered = app.enter_people(who, people.to_vec()).await.unwrap();
        self.people = POSTS.iter().map(|it| it.0).zip(entered).collect();
    }

    /// The holder of a post.
    pub fn who(&self, post: &str) -> Who {
        Who::person(self.people[post])
    }

    pub fn post(&self, code: &str) -> PostId {
        self.posts[code]
    }

    /// Does a command as the holder of a post, now.
    pub async fn does(&self, post: &str, command: &Command) {
        self.app
            .act(self.who(post), Key::default(), command)
            .await
            .unwrap();
    }

    /// An order for some sites, up to the head's desk.
    pub async fn submitted(&self, sites: &[&str]) -> RunId {
        self.submitted_by("kasi-telematika", sites).await
    }

    /// The same drafted by the holder of another post.
    pub async fn submitted_by(&self, post: &str, sites: &[&str]) -> RunId {
        let context = self.app.context().await.unwrap();
        let run: RunId = self.app.ids().fresh();
        let routine = &context.agency_file.procedures.routine;
        let draft = Command::DraftOrder {
            run,
            procedure: context.procedure_on(routine, DAY).unwrap(),
            title: "Pengecekan contoh".to_owned(),
            draft: OrderDraft {
                scope: sites.iter().map(|code| self.sites[code]).collect(),
                valid_from: DAY,
                valid_until: date(2026, 11, 27),
                addressee: self.posts["kabid-telematika"],
                named: Vec::new(),
                purpose: "pengecekan rutin".to_owned(),
                basis: String::new(),
            },
            previous: None,
        };
        self.does(post, &draft).await;
        self.does(post, &Command::SubmitOrder { run }).await;
        run
    }

    /// An order that is issued, disposed and given to one team of both technicians.
    pub async fn teamed(&self, sites: &[&str]) -> Teamed {
        let run = self.submitted(sites).await;
        self.app
            .issue_order(self.who("kepala"), Key::default(), run)
            .await
            .unwrap();
        let dispose = Command::Dispose {
            run,
            to: self.posts["kasi-telematika"],
            instruction: "laksanakan".to_owned(),
            urgency: Urgency::Urgent,
            deadline: None,
        };
        self.does("kabid-telematika", &dispose).await;
        let team: TeamId = self.app.ids().fresh();
        let member = |post: &str| Member {
            person: self.people[post],
            from: DAY,
            until: None,
        };
        let bundle = self.app.bundle(run).await.unwrap();
        let targets: BTreeMap<SiteId, TargetId> = bundle
            .targets
            .iter()
            .map(|target| (target.site, target.id))
            .collect();
        let form = Command::FormTeams {
            run,
            teams: vec![Team {
                id: team,
                name: "Tim 1".to_owned(),
                leader: self.people["teknisi-1"],
                members: vec![member("teknisi-1"), member("teknisi-2")],
                vehicle: "Z 1 CONTOH".to_owned(),
                batch: BatchRule::Day,
            }],
            plan: targets
                .values()
                .map(|target| PlannedTarget {
                    target: *target,
                    team,
                    planned_on: Some(DAY),
                    due_on: date(2026, 11, 27),
                })
                .collect(),
            reason: String::new(),
        };
        self.does("kasi-telematika", &form).await;
        Teamed { run, team, targets }
    }

    /// Both technicians arrive.
    pub async fn check_in(&self, teamed: &Teamed, site: &str, visit: VisitId) {
        let site = self.sites[site];
        let check_in = CheckIn {
            visit,
            site,
            run: teamed.run,
            team: Some(teamed.team),
            targets: teamed.targets.get(&site).copied().into_iter().collect(),
            present: [self.people["teknisi-1"], self.people["teknisi-2"]].into(),
            at: self.app.now(),
            clock_off_ms: None,
            place: None,
        };
        self.does("teknisi-1", &Command::CheckIn(check_in)).await;
    }
}
