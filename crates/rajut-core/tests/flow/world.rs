//! An agency to test with: its people, posts and sites, the procedures, and the log of all that was done.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use rajut_core::act::{Act, Actor, Changes, Envelope, Refusal};
use rajut_core::calendar::{Calendar, Zone, default_calendar};
use rajut_core::complaint::{Channel, Complaint, Origin, Reporter, Symptom};
use rajut_core::flow::{
    Agency, CheckIn, CheckOut, Command, ComplaintDraft, Facts, FindingDraft, PlannedTarget, Procedures,
    Receipt, Records, cancel_number, decide, reserve_number,
};
use rajut_core::id::{
    ActId, AssignmentId, ComplaintId, DeviceId, FindingId, FreshIds, LinkId, OfficeId, PersonId, PostId,
    ReportId, RunId, SiteId, TargetId, TeamId, VisitId,
};
use rajut_core::lateness::RunFacts;
use rajut_core::number::{NumberEntry, Templates};
use rajut_core::people::{Assignment, AssignmentKind, CivilStatus, Leave, Person, Post, Role, Sealed};
use rajut_core::procedure::{Approval, Procedure, ProcedureVersion, VersionState};
use rajut_core::register::{
    Device, DeviceCondition, DeviceKind, Identity, Link, Medium, Office, Owner, ServiceWeekKind, Site,
};
use rajut_core::run::{
    BatchRule, DocumentKind, Member, OrderDraft, ProcedureRef, Report, Run, Target, Team, Urgency,
};
use rajut_core::stream::{State, StreamKind, StreamRef};
use rajut_core::visit::{Action, Outcome, Subject, Verdict, Visit};
use uuid::Uuid;

/// A time on the clocks of the agency: `"2026-07-06 08:00"`.
pub fn at(text: &str) -> Timestamp {
    let civil: DateTime = text.replace(' ', "T").parse().expect("a civil time");
    Zone::Wib.instant(civil)
}

pub fn day(text: &str) -> Date {
    text.parse().expect("a date")
}

pub fn minutes(from: Timestamp, minutes: i64) -> Timestamp {
    Timestamp::from_millisecond(from.as_millisecond() + minutes * 60_000).expect("near")
}

pub const SEED: &str = "pemeliharaan-jaringan";
pub const COMPLAINT: &str = "penanganan-pengaduan";
pub const THIRD: &str = "penggantian-perangkat";

/// The people of the agency and where they stand.
#[derive(Debug, Clone)]
pub struct Cast {
    pub head: PersonId,
    pub kabid: PersonId,
    pub kasi: PersonId,
    pub officer: PersonId,
    pub clerk: PersonId,
    pub treasurer: PersonId,
    pub technicians: Vec<PersonId>,
    /// The contact of each site's office.
    pub contacts: Vec<PersonId>,
    /// Somebody who holds no post.
    pub nobody: PersonId,
}

#[derive(Clone)]
pub struct World {
    pub records: Records,
    pub start: Records,
    pub procedures: Procedures,
    pub calendar: Calendar,
    pub agency: Agency,
    pub templates: Templates,
    pub log: Vec<Changes>,
    pub cast: Cast,
    pub sites: Vec<SiteId>,
    pub devices: Vec<DeviceId>,
    pub links: Vec<LinkId>,
    made: u128,
}

pub fn stream(kind: StreamKind, id: Uuid) -> StreamRef {
    StreamRef { kind, id }
}

impl World {
    pub fn new(sites: usize) -> Self {
        let (mut procedures, mut versions) = (Procedures::new(), Vec::new());
        for text in [
            include_str!("../../../../procedures/pemeliharaan-jaringan.toml"),
            include_str!("../../../../procedures/penanganan-pengaduan.toml"),
            include_str!("../fixtures/penggantian-perangkat.toml"),
        ] {
            let procedure = Procedure::parse(text).unwrap();
            let named = ProcedureRef {
                code: procedure.code.clone(),
                version: procedure.version,
            };
            versions.push((named.clone(), text));
            procedures.insert(named, procedure);
        }
        let nobody = PersonId(Uuid::nil());
        let mut world = Self {
            records: Records::new(),
            start: Records::new(),
            procedures,
            calendar: Calendar::parse(default_calendar()).unwrap(),
            agency: Agency::default(),
            templates: Templates::parse(include_str!("../../../../data/numbers.toml")).unwrap(),
            log: Vec::new(),
            cast: Cast {
                head: nobody,
                kabid: nobody,
                kasi: nobody,
                officer: nobody,
                clerk: nobody,
                treasurer: nobody,
                technicians: Vec::new(),
                contacts: Vec::new(),
                nobody,
            },
            sites: Vec::new(),
            devices: Vec::new(),
            links: Vec::new(),
            made: 0,
        };
        for (named, text) in versions {
            world.in_force(&named, text, "2021-01-04");
        }
        world.people();
        for number in 0..sites {
            world.site(number);
        }
        let lane = |lane: &str| (THIRD.parse().unwrap(), lane.parse().unwrap());
        let kasi = world.post("kasi-telematika");
        world.agency.lanes.insert(lane("kasi"), kasi);
        world.start = world.records.clone();
        world
    }

    /// A version that was drafted, signed and put in force on one day.
    pub fn in_force(&mut self, named: &ProcedureRef, text: &str, from: &str) {
        let (id, on) = (self.fresh(), day(from));
        let version = ProcedureVersion {
            code: named.code.clone(),
            version: named.version,
            text: text.to_owned(),
            drafted_by: None,
            drafted_on: on,
            state: VersionState::Effective {
                approval: Approval {
                    by: None,
                    on,
                    acknowledged: BTreeMap::new(),
                },
                from: on,
            },
        };
        self.preset(StreamKind::Procedure, id, State::Procedure(Box::new(version)));
    }

    fn people(&mut self) {
        let head_post = self.new_post("kepala-dinas", Role::AgencyHead, None, None);
        let kabid_post = self.new_post(
            "kabid-telematika-persandian",
            Role::DivisionHead,
            Some(head_post),
            None,
        );
        let kasi_post = self.new_post("kasi-telematika", Role::SectionHead, Some(kabid_post), None);
        let officer_post = self.new_post("petugas-layanan", Role::ServiceOfficer, Some(kasi_post), None);
        let clerk_post = self.new_post("tata-usaha", Role::Clerk, Some(head_post), None);
        let treasurer_post = self.new_post("bendahara", Role::Clerk, Some(head_post), None);
        self.cast.head = self.hold(head_post, "Contoh Kepala");
        self.cast.kabid = self.hold(kabid_post, "Contoh Kabid");
        self.cast.kasi = self.hold(kasi_post, "Contoh Kasi");
        self.cast.officer = self.hold(officer_post, "Contoh Petugas");
        self.cast.clerk = self.hold(clerk_post, "Contoh Staf");
        self.cast.treasurer = self.hold(treasurer_post, "Contoh Bendahara");
        for number in 1..=9 {
            let post = self.new_post(
                &format!("teknisi-{number}"),
                Role::Technician,
                Some(kasi_post),
                None,
            );
            let person = self.hold(post, &format!("Contoh Teknisi {number}"));
            self.cast.technicians.push(person);
        }
        self.cast.nobody = self.person("Contoh Tamu");
    }

    fn site(&mut self, number: usize) {
        let office: OfficeId = self.fresh();
        self.put(
            StreamKind::Office,
            office.0,
            State::Office(Box::new(Office {
                id: office,
                code: format!("opd-{number}"),
                name: format!("Perangkat Daerah Contoh {number}"),
                alias: String::new(),
                parent: None,
                predecessors: Vec::new(),
                ended_on: None,
            })),
        );
        let post = self.new_post(&format!("kontak-{number}"), Role::OfficeUser, None, Some(office));
        let contact = self.hold(post, &format!("Contoh Kontak {number}"));
        let (site, device, link) = (self.fresh(), self.fresh(), self.fresh());
        self.put(
            StreamKind::Site,
            site_id(site),
            State::Site(Box::new(Site {
                id: site,
                code: format!("lok-{number}"),
                name: format!("Lokasi Contoh {number}"),
                offices: vec![office],
                district: format!("Kecamatan Contoh {}", number % 27),
                address: String::new(),
                place: None,
                service_week: ServiceWeekKind::FiveDays,
                parent: None,
                gateway: Some(device),
                public_counter: false,
                contact_name: None,
                contact_phone: None,
                ended_on: None,
            })),
        );
        self.put(
            StreamKind::Device,
            device_id(device),
            State::Device(Box::new(new_device(device, site, number))),
        );
        self.put(
            StreamKind::Link,
            link_id(link),
            State::Link(Box::new(new_link(link, site, number))),
        );
        self.cast.contacts.push(contact);
        self.sites.push(site);
        self.devices.push(device);
        self.links.push(link);
    }

    /// A fresh id: ids of one kind ascend in the order in which they are made.
    pub fn fresh<T: From<Uuid>>(&mut self) -> T {
        self.made += 1;
        T::from(Uuid::from_u128(
            (0x0190_0000_0000_7000_u128 << 64) | (0x8000_u128 << 48) | self.made,
        ))
    }

    fn put(&mut self, kind: StreamKind, id: Uuid, state: State) {
        self.records.insert(stream(kind, id), 1, state);
    }

    /// Puts a register entry in place as if it had been there from the start.
    pub fn preset(&mut self, kind: StreamKind, id: Uuid, state: State) {
        self.put(kind, id, state.clone());
        self.start.insert(stream(kind, id), 1, state);
    }

    pub fn new_post(
        &mut self,
        code: &str,
        role: Role,
        superior: Option<PostId>,
        office: Option<OfficeId>,
    ) -> PostId {
        let id: PostId = self.fresh();
        self.preset(
            StreamKind::Post,
            id.0,
            State::Post(Box::new(Post {
                id,
                code: code.to_owned(),
                title: code.to_owned(),
                unit: "Diskominfo".to_owned(),
                superior,
                role,
                office,
                former: Vec::new(),
            })),
        );
        id
    }

    pub fn person(&mut self, name: &str) -> PersonId {
        let id: PersonId = self.fresh();
        let sealed = |value: &str| Some(Sealed::commit([1; 16], value));
        self.preset(
            StreamKind::Person,
            id.0,
            State::Person(Box::new(Person {
                id,
                name: name.to_owned(),
                titles_before: String::new(),
                titles_after: String::new(),
                status: CivilStatus::NonAsn,
                rank: None,
                nip: None,
                address: sealed("alamat"),
                phone: sealed("telepon"),
            })),
        );
        id
    }

    fn hold(&mut self, post: PostId, name: &str) -> PersonId {
        let person = self.person(name);
        self.assign(person, post, AssignmentKind::Definitif, "2020-01-01", None);
        person
    }

    /// A post of its own with somebody who holds it.
    pub fn with_post(&mut self, code: &str, role: Role, name: &str) -> PersonId {
        let post = self.new_post(code, role, None, None);
        self.hold(post, name)
    }

    /// Gives a post to a person by decree.
    pub fn assign(
        &mut self,
        person: PersonId,
        post: PostId,
        kind: AssignmentKind,
        from: &str,
        until: Option<&str>,
    ) {
        let id: AssignmentId = self.fresh();
        self.preset(
            StreamKind::Assignment,
            id.0,
            State::Assignment(Box::new(Assignment {
                id,
                person,
                post,
                kind,
                from: day(from),
                until: until.map(day),
                decree: "contoh".to_owned(),
            })),
        );
    }

    /// Ends what somebody holds.
    pub fn end_assignments(&mut self, person: PersonId, until: &str) {
        let held: Vec<Assignment> = self
            .records
            .all::<Assignment>()
            .filter(|held| held.person == person)
            .cloned()
            .collect();
        for mut held in held {
            held.until = Some(day(until));
            self.preset(
                StreamKind::Assignment,
                held.id.0,
                State::Assignment(Box::new(held)),
            );
        }
    }

    pub fn on_leave(&mut self, person: PersonId, from: &str, until: &str) {
        let id: Uuid = self.fresh();
        let (from, until) = (day(from), day(until));
        let leave = Leave {
            person,
            from,
            until,
            reason: "sakit".to_owned(),
        };
        self.preset(StreamKind::Leave, id, State::Leave(Box::new(leave)));
    }

    pub fn edit_person(&mut self, id: PersonId, edit: impl Fn(&mut Person)) {
        let mut person = self.records.get::<Person>(id.0).unwrap().clone();
        edit(&mut person);
        self.preset(StreamKind::Person, id.0, State::Person(Box::new(person)));
    }

    pub fn post(&self, code: &str) -> PostId {
        self.records
            .all::<Post>()
            .find(|post| post.code == code)
            .expect("the post")
            .id
    }

    pub fn procedure(&self, code: &str) -> ProcedureRef {
        self.procedures
            .keys()
            .find(|named| named.code.as_str() == code)
            .expect("the procedure")
            .clone()
    }

    pub fn facts(&self) -> Facts<'_> {
        Facts {
            records: &self.records,
            procedures: &self.procedures,
            calendar: &self.calendar,
            agency: &self.agency,
        }
    }

    pub fn envelope(&mut self, done_by: Actor, at: Timestamp) -> Envelope {
        let key: ActId = self.fresh();
        Envelope {
            key,
            act: Act::Proceed,
            occurred_at: at,
            received_at: at,
            done_by,
            entered_by: done_by,
            scan: None,
        }
    }

    /// Ids that the next decision may use.
    pub fn ids(&mut self, at: Timestamp) -> FreshIds {
        let seed: Uuid = self.fresh();
        let mut bytes = [0; 32];
        bytes[..16].copy_from_slice(seed.as_bytes());
        FreshIds::new(at, bytes)
    }

    /// Decides without doing.
    pub fn decide(&mut self, done_by: Actor, at: Timestamp, command: &Command) -> Result<Changes, Refusal> {
        let envelope = self.envelope(done_by, at);
        self.decide_in(envelope, command)
    }

    pub fn decide_in(&mut self, envelope: Envelope, command: &Command) -> Result<Changes, Refusal> {
        let ids = self.ids(envelope.received_at);
        decide(self.facts(), envelope, ids, command)
    }

    /// Applies what was decided and logs it.
    pub fn commit(&mut self, changes: Changes) -> Changes {
        self.records
            .apply(&changes)
            .expect("what was just decided applies");
        self.log.push(changes.clone());
        changes
    }

    /// Decides and does.
    pub fn try_as(&mut self, done_by: Actor, at: Timestamp, command: &Command) -> Result<Changes, Refusal> {
        let changes = self.decide(done_by, at, command)?;
        Ok(self.commit(changes))
    }

    pub fn act(&mut self, person: PersonId, at: Timestamp, command: &Command) -> Result<Changes, Refusal> {
        self.try_as(Actor::Person(person), at, command)
    }

    /// What must succeed.
    #[track_caller]
    pub fn must(&mut self, person: PersonId, at: Timestamp, command: &Command) -> Changes {
        match self.act(person, at, command) {
            Ok(changes) => changes,
            Err(refusal) => panic!("{:?} was refused: {refusal}", command.act()),
        }
    }

    /// Lets the program do what follows by itself, until nothing does.
    pub fn proceed(&mut self, run: RunId, at: Timestamp) {
        for _ in 0..1000 {
            let changes = self.try_as(Actor::System, at, &Command::Proceed { run }).unwrap();
            if changes.events.is_empty() {
                return;
            }
        }
        panic!("the program never comes to rest");
    }

    /// Folds the whole log anew.
    pub fn replayed(&self) -> Records {
        let mut records = self.start.clone();
        for changes in &self.log {
            records.apply(changes).expect("the log applies");
        }
        records
    }

    pub fn run(&self, id: RunId) -> &Run {
        self.records.get(id.0).unwrap()
    }

    pub fn visit(&self, id: VisitId) -> &Visit {
        self.records.get(id.0).unwrap()
    }

    pub fn report(&self, id: ReportId) -> &Report {
        self.records.get(id.0).unwrap()
    }

    pub fn complaint(&self, id: ComplaintId) -> &Complaint {
        self.records.get(id.0).unwrap()
    }

    pub fn target(&self, id: TargetId) -> &Target {
        self.records.get(id.0).unwrap()
    }

    pub fn targets(&self, run: RunId) -> Vec<&Target> {
        self.records
            .all::<Target>()
            .filter(|target| target.run == run)
            .collect()
    }

    /// The target of a site, by the number of the site.
    pub fn target_at(&self, run: RunId, site: usize) -> TargetId {
        self.targets(run)
            .into_iter()
            .find(|target| target.site == self.sites[site])
            .expect("in scope")
            .id
    }

    pub fn with_facts<T>(&self, run: RunId, look: impl FnOnce(RunFacts<'_>) -> T) -> T {
        let run = self.run(run);
        let targets = self.targets(run.id);
        let visits: Vec<&Visit> = self
            .records
            .all()
            .filter(|visit: &&Visit| visit.run == Some(run.id))
            .collect();
        let reports: Vec<&Report> = self
            .records
            .all()
            .filter(|report: &&Report| report.run == run.id)
            .collect();
        look(RunFacts {
            run,
            procedure: &self.procedures[&run.procedure],
            targets: &targets,
            visits: &visits,
            reports: &reports,
            calendar: &self.calendar,
            zone: self.agency.zone,
        })
    }

    // --- what people do

    pub fn reserve(
        &mut self,
        person: PersonId,
        at: Timestamp,
        register: &str,
        record: StreamRef,
    ) -> NumberEntry {
        let seq = self
            .records
            .all::<NumberEntry>()
            .filter(|entry| entry.register == register)
            .map(|entry| entry.seq)
            .max()
            .unwrap_or(0)
            + 1;
        let envelope = self.envelope(Actor::Person(person), at);
        let ids = self.ids(at);
        let (entry, changes) = reserve_number(
            self.facts(),
            envelope,
            ids,
            &self.templates,
            register,
            seq,
            record,
        )
        .unwrap();
        self.commit(changes);
        entry
    }

    pub fn cancel_number(
        &mut self,
        person: PersonId,
        at: Timestamp,
        number: Uuid,
        why: &str,
    ) -> Result<(), Refusal> {
        let envelope = self.envelope(Actor::Person(person), at);
        let ids = self.ids(at);
        let changes = cancel_number(self.facts(), envelope, ids, number, why)?;
        self.commit(changes);
        Ok(())
    }

    pub fn draft(&self, sites: std::ops::Range<usize>) -> OrderDraft {
        OrderDraft {
            scope: self.sites[sites].to_vec(),
            valid_from: day("2026-07-06"),
            valid_until: day("2026-08-28"),
            addressee: self.post("kabid-telematika-persandian"),
            named: Vec::new(),
            purpose: "Pengecekan rutin jaringan intra".to_owned(),
            basis: "SOP".to_owned(),
        }
    }

    pub fn draft_order(&self, run: RunId, draft: OrderDraft) -> Command {
        Command::DraftOrder {
            run,
            procedure: self.procedure(SEED),
            title: "Pengecekan triwulan III".to_owned(),
            draft,
            previous: None,
        }
    }

    /// The command by which somebody issues the order, with a number reserved for it.
    pub fn issue_order(&mut self, run: RunId, by: PersonId, at: Timestamp) -> Command {
        let entry = self.reserve(self.cast.clerk, at, "order", stream(StreamKind::Run, run.0));
        let document = Box::new(self.paper(run, DocumentKind::Order, &entry.text, by, at));
        Command::IssueOrder {
            run,
            number: entry.id,
            document,
        }
    }

    pub fn addendum(
        &mut self,
        run: RunId,
        at: Timestamp,
        add_sites: Vec<SiteId>,
        until: Option<Date>,
    ) -> Command {
        let entry = self.reserve(self.cast.clerk, at, "addendum", stream(StreamKind::Run, run.0));
        let head = self.cast.head;
        let document = Box::new(self.paper(run, DocumentKind::Addendum, &entry.text, head, at));
        Command::AddendOrder {
            run,
            number: entry.id,
            document,
            add_sites,
            valid_until: until,
            named: None,
            reason: "lokasi tambahan".to_owned(),
        }
    }

    pub fn dispose(&self, run: RunId) -> Command {
        Command::Dispose {
            run,
            to: self.post("kasi-telematika"),
            instruction: "Laksanakan pengecekan dan laporkan".to_owned(),
            urgency: Urgency::Ordinary,
            deadline: None,
        }
    }

    /// Drafts, submits and issues an order over sites at eight o'clock of the first day.
    pub fn ordered(&mut self, sites: std::ops::Range<usize>) -> RunId {
        let run: RunId = self.fresh();
        let Cast { head, clerk, .. } = self.cast.clone();
        let draft = self.draft_order(run, self.draft(sites));
        self.must(clerk, at("2026-07-06 07:40"), &draft);
        self.must(clerk, at("2026-07-06 08:00"), &Command::SubmitOrder { run });
        let issue = self.issue_order(run, head, at("2026-07-06 08:03"));
        self.must(head, at("2026-07-06 08:03"), &issue);
        run
    }

    /// The id of a run that does not exist yet.
    pub fn no_run() -> RunId {
        RunId(Uuid::from_u128(7))
    }

    pub fn disposed(&mut self, sites: std::ops::Range<usize>) -> RunId {
        let run = self.ordered(sites);
        let dispose = self.dispose(run);
        self.must(self.cast.kabid, at("2026-07-06 08:08"), &dispose);
        run
    }

    pub fn team(&mut self, name: &str, members: &[usize], batch: BatchRule) -> Team {
        let person = |number: &usize| self.cast.technicians[*number];
        let from = day("2026-07-06");
        let members: Vec<Member> = members
            .iter()
            .map(|number| Member {
                person: person(number),
                from,
                until: None,
            })
            .collect();
        Team {
            id: self.fresh(),
            name: name.to_owned(),
            leader: members[0].person,
            members,
            vehicle: "Z 1234 XX".to_owned(),
            batch,
        }
    }

    pub fn planned(&self, run: RunId, site: usize, team: TeamId, on: &str) -> PlannedTarget {
        PlannedTarget {
            target: self.target_at(run, site),
            team,
            planned_on: Some(day(on)),
            due_on: day("2026-08-28"),
        }
    }

    /// One team of two for all sites, planned on the first Tuesday.
    pub fn teamed(&mut self, sites: std::ops::Range<usize>) -> (RunId, TeamId) {
        let run = self.disposed(sites.clone());
        let team = self.team("Tim 1", &[0, 1], BatchRule::Day);
        let plan = sites
            .map(|site| self.planned(run, site, team.id, "2026-07-07"))
            .collect();
        let id = team.id;
        let form = Command::FormTeams {
            run,
            teams: vec![team],
            plan,
            reason: String::new(),
        };
        self.must(self.cast.kasi, at("2026-07-06 08:35"), &form);
        (run, id)
    }

    pub fn check_in(&self, visit: VisitId, run: RunId, team: TeamId, site: usize, at: Timestamp) -> CheckIn {
        let members = |team: &Team| team.members_on(Zone::Wib.date(at)).collect();
        CheckIn {
            visit,
            site: self.sites[site],
            run,
            team: Some(team),
            targets: BTreeSet::from([self.target_at(run, site)]),
            present: self.run(run).teams.get(&team).map(members).unwrap_or_default(),
            at,
            clock_off_ms: None,
            place: None,
        }
    }

    pub fn check_out(visit: VisitId, outcome: Outcome, at: Timestamp) -> CheckOut {
        CheckOut {
            visit,
            outcome,
            met: None,
            personal: Vec::new(),
            note: String::new(),
            at,
        }
    }

    /// A visit of fifty minutes by the leader of the team.
    pub fn visited(
        &mut self,
        run: RunId,
        team: TeamId,
        site: usize,
        from: Timestamp,
        outcome: Outcome,
    ) -> VisitId {
        let visit: VisitId = self.fresh();
        let leader = self.run(run).teams[&team].leader;
        let check_in = Command::CheckIn(self.check_in(visit, run, team, site, from));
        self.must(leader, from, &check_in);
        let until = minutes(from, 50);
        self.must(
            leader,
            until,
            &Command::CheckOut(Self::check_out(visit, outcome, until)),
        );
        visit
    }

    pub fn finding(
        &mut self,
        subject: Subject,
        condition: DeviceCondition,
        action: Action,
        at: Timestamp,
    ) -> FindingDraft {
        FindingDraft {
            id: self.fresh::<FindingId>(),
            subject,
            item: "daya".to_owned(),
            condition,
            action,
            repair_minutes: None,
            replacement: None,
            note: String::new(),
            photos: Vec::new(),
            awaits: None,
            corrects: None,
            at,
        }
    }

    pub fn submit_report(
        &mut self,
        run: RunId,
        team: TeamId,
        from: &str,
        until: &str,
    ) -> (ReportId, Command) {
        let report: ReportId = self.fresh();
        let command = Command::SubmitReport {
            report,
            run,
            team,
            from: day(from),
            until: day(until),
            results: "Semua lokasi dicek".to_owned(),
            conclusions: "Baik".to_owned(),
        };
        (report, command)
    }

    /// The team reports a day next morning and the Kasi accepts.
    pub fn reported(&mut self, run: RunId, team: TeamId, on: &str, submitted: Timestamp) -> ReportId {
        let (report, submit) = self.submit_report(run, team, on, on);
        let leader = self.run(run).teams[&team].leader;
        self.must(leader, submitted, &submit);
        let accept = Command::AcceptReport {
            report,
            note: String::new(),
        };
        self.must(self.cast.kasi, minutes(submitted, 5), &accept);
        report
    }

    pub fn final_report(&mut self, run: RunId) -> Command {
        Command::SubmitFinalReport {
            report: self.fresh(),
            run,
            results: "Selesai".to_owned(),
            conclusions: "Baik".to_owned(),
        }
    }

    pub fn close(run: RunId) -> Command {
        Command::CloseRun {
            run,
            instruction: "Arsipkan; pantau tindak lanjut".to_owned(),
        }
    }

    /// A complaint of a site, ready to be registered.
    pub fn complaint_draft(&mut self, site: usize, at: Timestamp) -> ComplaintDraft {
        let id: ComplaintId = self.fresh();
        let entry = self.reserve(
            self.cast.officer,
            at,
            "complaint",
            stream(StreamKind::Complaint, id.0),
        );
        ComplaintDraft {
            id,
            run: self.fresh(),
            procedure: self.procedure(COMPLAINT),
            number: entry.id,
            channel: Channel::Phone,
            happened_at: None,
            office: None,
            site: self.sites[site],
            reporter: Reporter {
                name: Sealed::commit([2; 16], "Contoh Pelapor"),
                contact: None,
                post: "staf".to_owned(),
            },
            personal: Vec::new(),
            symptom: Symptom::Down,
            text: "Internet mati".to_owned(),
            users_affected: Some(12),
            services: BTreeSet::new(),
            origin: Origin::Reported,
            receipt: Receipt::of(&entry.text, "ABCD2345"),
            target: None,
        }
    }

    pub fn complained(&mut self, site: usize, at: Timestamp) -> ComplaintId {
        let draft = self.complaint_draft(site, at);
        let id = draft.id;
        self.must(
            self.cast.officer,
            at,
            &Command::RegisterComplaint(Box::new(draft)),
        );
        id
    }

    pub fn judge(&mut self, visit: VisitId, complaint: ComplaintId, verdict: Verdict, at: Timestamp) {
        let by = *self.visit(visit).present.first().expect("somebody was there");
        let command = Command::GiveVerdict {
            visit,
            complaint,
            verdict,
            note: String::new(),
            at,
        };
        self.must(by, at, &command);
    }

    /// The ids of the open steps of a run.
    pub fn open_steps(&self, run: RunId) -> Vec<String> {
        self.run(run)
            .progress
            .open_steps()
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    pub fn values(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }
}

fn site_id(id: SiteId) -> Uuid {
    id.0
}

fn device_id(id: DeviceId) -> Uuid {
    id.0
}

fn link_id(id: LinkId) -> Uuid {
    id.0
}

pub fn new_device(id: DeviceId, site: SiteId, number: usize) -> Device {
    Device {
        id,
        code: format!("rtr-{number}"),
        site,
        office: None,
        kind: DeviceKind::Router,
        brand: "Contoh".to_owned(),
        model: "R1".to_owned(),
        serial: Identity::Known(format!("SN{number}")),
        inventory_number: Identity::None,
        owner: Owner::Agency,
        endpoint: None,
        condition: DeviceCondition::Good,
        installed_on: None,
        replaces: None,
        removed_on: None,
    }
}

pub fn new_link(id: LinkId, site: SiteId, number: usize) -> Link {
    Link {
        id,
        code: format!("link-{number}"),
        site,
        office: None,
        medium: Medium::Fibre,
        provider: "Penyedia Contoh".to_owned(),
        customer_number: String::new(),
        subscribed_mbps: Some(50),
        contract: String::new(),
        contract_until: None,
        upstream: None,
        demarcation: String::new(),
        ended_on: None,
    }
}
