//! A small agency on a database of its own: posts with people who are plainly samples.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use jiff::Timestamp;
use jiff::civil::{Date, date};
use rajut_core::act::Act;
use rajut_core::clock::Clock;
use rajut_core::flow::{CheckIn, Command, PlannedTarget};
use rajut_core::id::{OfficeId, PersonId, PostId, RunId, SiteId, VisitId};
use rajut_core::people::{CivilStatus, Post, Role};
use rajut_core::register::{Edit, Office, ServiceWeekKind, Site};
use rajut_core::run::{BatchRule, Member, OrderDraft, Target, Team, Urgency};
use rajut_store::testkit::TestDb;

use crate::{App, Defaults, Entropy, Key, NewPerson, Personal, Who};

/// A Monday: the day on which the tests begin, 08.00 WIB.
pub const DAY: Date = date(2026, 3, 2);

/// Code of the post, role, NIP, telephone; the holder is called "Contoh" and the code.
const STAFF: [(&str, Role, Option<&str>); 9] = [
    ("kepala", Role::AgencyHead, Some("197001011995011001")),
    ("kabid-telematika", Role::DivisionHead, Some("197501012000012002")),
    ("kasi-telematika", Role::SectionHead, Some("198001012005011003")),
    ("teknisi-1", Role::Technician, None),
    ("teknisi-2", Role::Technician, None),
    ("petugas-layanan-1", Role::ServiceOfficer, None),
    ("pengadministrasi", Role::Clerk, None),
    ("pemeriksa", Role::Auditor, None),
    ("admin", Role::Admin, None),
];

/// A register entry that is new.
pub fn new<T: Clone>(after: &T) -> Vec<Edit<T>> {
    vec![Edit {
        before: None,
        after: after.clone(),
    }]
}

pub fn office(id: OfficeId, code: &str, name: &str) -> Office {
    Office {
        id,
        code: code.to_owned(),
        name: name.to_owned(),
        alias: String::new(),
        parent: None,
        predecessors: Vec::new(),
        ended_on: None,
    }
}

pub fn site(id: SiteId, code: &str, office: OfficeId) -> Site {
    Site {
        id,
        code: code.to_owned(),
        name: format!("Kantor {code}"),
        offices: vec![office],
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
    }
}

/// Moves only when it is told to.
struct TestClock(AtomicI64);

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.0.load(Ordering::SeqCst)).unwrap()
    }
}

fn entropy() -> Entropy {
    let drawn = AtomicU64::new(0);
    Arc::new(move || {
        let n = drawn.fetch_add(1, Ordering::SeqCst);
        *rajut_core::journal::Hash::of(&n.to_be_bytes()).bytes()
    })
}

pub struct World {
    pub app: App,
    pub db: TestDb,
    pub people: BTreeMap<&'static str, PersonId>,
    pub posts: BTreeMap<&'static str, PostId>,
    clock: Arc<TestClock>,
}

impl World {
    /// Set up, with nobody in it.
    pub async fn bare(db: TestDb) -> Self {
        let begin = rajut_core::calendar::Zone::Wib.instant(DAY.at(8, 0, 0, 0));
        let clock = Arc::new(TestClock(AtomicI64::new(begin.as_millisecond())));
        let app = App::new(db.store.clone(), Arc::clone(&clock) as _, entropy());
        app.set_up(&Defaults::demo(), date(2021, 1, 4), &Defaults::demo_reasons())
            .await
            .unwrap();
        Self {
            app,
            db,
            people: BTreeMap::new(),
            posts: BTreeMap::new(),
            clock,
        }
    }

    /// With its people.
    pub async fn new(db: TestDb) -> Self {
        let mut world = Self::bare(db).await;
        let mut ids = world.app.ids();
        let posts = STAFF.map(|(code, role, _)| Post {
            id: ids.fresh(),
            code: code.to_owned(),
            title: format!("Jabatan {code}"),
            unit: "Diskominfo".to_owned(),
            superior: None,
            role,
            office: None,
            former: Vec::new(),
        });
        let edits = posts.iter().map(|post| Edit {
            before: None,
            after: post.clone(),
        });
        let system = Who::system();
        world
            .app
            .edit_posts(system, Act::EditPeople, edits.collect())
            .await
            .unwrap();
        let people = STAFF
            .iter()
            .zip(&posts)
            .zip(1..)
            .map(|(((code, _, nip), post), n)| NewPerson {
                name: format!("Contoh {code}"),
                titles_before: String::new(),
                titles_after: String::new(),
                status: if nip.is_some() {
                    CivilStatus::Pns
                } else {
                    CivilStatus::NonAsn
                },
                rank: None,
                personal: Personal {
                    nip: nip.map(str::to_owned),
                    address: Some(format!("Jl. Contoh No. {n}")),
                    phone: Some(format!("+62800000{n}")),
                },
                post: Some((post.id, date(2025, 1, 2), "800/CONTOH/2025".to_owned())),
            });
        let entered = world.app.enter_people(system, people.collect()).await.unwrap();
        world.people = STAFF.iter().map(|(code, ..)| *code).zip(entered).collect();
        world.posts = STAFF
            .iter()
            .zip(&posts)
            .map(|((code, ..), post)| (*code, post.id))
            .collect();
        world
    }

    /// The holder of a post.
    pub fn person(&self, post: &str) -> PersonId {
        self.people[post]
    }

    /// The holder of a post acts.
    pub fn who(&self, post: &str) -> Who {
        Who::person(self.person(post))
    }

    /// Sets the clock, which stands still otherwise.
    pub fn set(&self, day: Date, hour: i8, minute: i8) {
        let at = rajut_core::calendar::Zone::Wib.instant(day.at(hour, minute, 0, 0));
        self.clock.0.store(at.as_millisecond(), Ordering::SeqCst);
    }

    /// An office with its site comes into the registers.
    pub async fn enters(&self, office: &Office, site: &Site) {
        let officer = self.who("petugas-layanan-1");
        self.app
            .edit_offices(officer, Act::EditRegister, new(office))
            .await
            .unwrap();
        self.app
            .edit_sites(officer, Act::EditRegister, new(site))
            .await
            .unwrap();
    }

    /// An order over sites, issued and disposed at 08.00 of the first day, for a month.
    pub async fn ordered(&self, sites: &[SiteId]) -> RunId {
        let context = self.app.context().await.unwrap();
        let run: RunId = self.app.ids().fresh();
        let draft = OrderDraft {
            scope: sites.to_vec(),
            valid_from: DAY,
            valid_until: date(2026, 3, 31),
            addressee: self.posts["kabid-telematika"],
            named: Vec::new(),
            purpose: "pengecekan".to_owned(),
            basis: String::new(),
        };
        let command = Command::DraftOrder {
            run,
            procedure: context
                .procedure_on(&context.agency_file.procedures.routine, DAY)
                .unwrap(),
            title: "Pengecekan contoh".to_owned(),
            draft,
            previous: None,
        };
        self.does("kasi-telematika", &command).await;
        self.does("kasi-telematika", &Command::SubmitOrder { run }).await;
        self.app
            .issue_order(self.who("kepala"), Key::default(), run)
            .await
            .unwrap();
        let dispose = Command::Dispose {
            run,
            to: self.posts["kasi-telematika"],
            instruction: "Laksanakan".to_owned(),
            urgency: Urgency::Ordinary,
            deadline: None,
        };
        self.does("kabid-telematika", &dispose).await;
        run
    }

    /// A team of the two technicians.
    pub fn team(&self) -> Team {
        let members = ["teknisi-1", "teknisi-2"].map(|post| Member {
            person: self.person(post),
            from: DAY,
            until: None,
        });
        Team {
            id: self.app.ids().fresh(),
            name: "Tim 1".to_owned(),
            leader: members[0].person,
            members: members.to_vec(),
            vehicle: String::new(),
            batch: BatchRule::Day,
        }
    }

    /// The plan of every target of a run for one team on one day.
    pub async fn plan(&self, run: RunId, team: &Team, day: Date) -> Vec<PlannedTarget> {
        let targets = self.app.bundle(run).await.unwrap().targets;
        let planned = targets.iter().map(|target| PlannedTarget {
            target: target.id,
            team: team.id,
            planned_on: Some(day),
            due_on: date(2026, 3, 31),
        });
        planned.collect()
    }

    /// What must succeed.
    pub async fn does(&self, post: &str, command: &Command) {
        self.app
            .act(self.who(post), Key::default(), command)
            .await
            .unwrap_or_else(|error| panic!("{:?}: {error}", command.act()));
    }

    /// The team arrives at the site of a target.
    pub async fn arrives(&self, run: RunId, team: &Team, target: &Target, at: Timestamp) -> VisitId {
        let visit: VisitId = self.app.ids().fresh();
        let check_in = CheckIn {
            visit,
            site: target.site,
            run,
            team: Some(team.id),
            targets: BTreeSet::from([target.id]),
            present: team.members.iter().map(|member| member.person).collect(),
            at,
            clock_off_ms: None,
            place: None,
        };
        self.does("teknisi-1", &Command::CheckIn(check_in)).await;
        visit
    }

    /// How long the journal is.
    pub async fn records(&self) -> i64 {
        self.app.store().head().await.unwrap().seq
    }

    /// Replays the journal and compares everything with it.
    pub async fn verify(&self) {
        let report = self.app.store().verify(Vec::new(), true, |_| ()).await.unwrap();
        assert_eq!(report.faults, Vec::new());
    }
}
