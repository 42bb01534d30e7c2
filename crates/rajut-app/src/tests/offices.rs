//! Offices change; complaints and papers of before stay as they were and are found.

use std::collections::BTreeMap;

use jiff::civil::date;
use rajut_core::act::{Act, Rule};
use rajut_core::complaint::{Channel, Complaint, Symptom};
use rajut_core::flow::Command;
use rajut_core::id::{ActId, OfficeId};
use rajut_core::people::{Post, Role};
use rajut_core::register::{Office, Reorganisation, ReorganisationKind, Service, Site, Successor};
use rajut_core::run::{Document, Run};
use rajut_core::stream::{StreamKind, StreamRef};
use rajut_core::visit::{Verdict, Visit};
use rajut_store::testkit::TestDb;
use rajut_store::{ComplaintFilter, Page};

use super::on_both;
use super::world::{DAY, World, new, office, site};
use crate::{AppError, Key, NewComplaint, Paper, Signing, Who, paper_text};

on_both!(
    a_complaint_and_a_paper_of_before_stay_as_they_were,
    a_split_is_all_or_nothing,
);

struct Town {
    world: World,
    office: Office,
    site: Site,
    service: Service,
    contact: Post,
}

impl Town {
    async fn new(db: TestDb) -> Self {
        let world = World::new(db).await;
        let app = &world.app;
        let mut ids = app.ids();
        let office = office(ids.fresh(), "disdik", "Dinas Pendidikan Contoh");
        let site = site(ids.fresh(), "kantor-disdik", office.id);
        let service = Service {
            id: ids.fresh(),
            code: "dapodik".to_owned(),
            name: "Dapodik".to_owned(),
            owner: office.id,
            sites: vec![site.id],
            hosted_at: None,
        };
        let contact = Post {
            id: ids.fresh(),
            code: "kontak-disdik".to_owned(),
            title: "Kontak".to_owned(),
            unit: office.name.clone(),
            superior: None,
            role: Role::OfficeUser,
            office: Some(office.id),
            former: Vec::new(),
        };
        let officer = world.who("petugas-layanan-1");
        world.enters(&office, &site).await;
        app.edit_services(officer, Act::EditRegister, new(&service))
            .await
            .unwrap();
        app.edit_posts(world.who("admin"), Act::EditPeople, new(&contact))
            .await
            .unwrap();
        Self {
            world,
            office,
            site,
            service,
            contact,
        }
    }

    fn complaint(&self) -> NewComplaint {
        NewComplaint {
            channel: Channel::Phone,
            happened_at: None,
            office: Some(self.office.id),
            site: self.site.id,
            reporter: "Contoh Pelapor".to_owned(),
            contact: None,
            post: String::new(),
            symptom: Symptom::Slow,
            text: "lambat".to_owned(),
            users_affected: None,
            services: std::collections::BTreeSet::from([self.service.id]),
        }
    }

    fn asked(&self, kind: ReorganisationKind, into: Vec<Successor>) -> Reorganisation {
        Reorganisation {
            kind,
            from: vec![self.office.id],
            into,
            on: DAY,
            decree: "Perbup 1/2026".to_owned(),
            given: BTreeMap::new(),
            rest: None,
        }
    }
}

fn successor(id: OfficeId, code: &str) -> Successor {
    Successor::New {
        id,
        code: code.to_owned(),
        name: format!("Badan {code}"),
        alias: String::new(),
        parent: None,
    }
}

async fn a_complaint_and_a_paper_of_before_stay_as_they_were(db: TestDb) {
    let town = Town::new(db).await;
    let (world, app) = (&town.world, &town.world.app);
    let officer = world.who("petugas-layanan-1");
    let told = app
        .register_complaint(officer, Key::default(), town.complaint())
        .await
        .unwrap();
    let stream = StreamRef {
        kind: StreamKind::Complaint,
        id: told.complaint.0,
    };
    // An order whose paper names the office, and a visit at 09.00.
    let run = world.ordered(&[town.site.id]).await;
    let team = world.team();
    let form = Command::FormTeams {
        run,
        teams: vec![team.clone()],
        plan: world.plan(run, &team, DAY).await,
        reason: String::new(),
    };
    world.does("kasi-telematika", &form).await;
    let target = app.bundle(run).await.unwrap().targets.remove(0);
    assert!(target.complaints.contains(&told.complaint));
    world.set(DAY, 9, 0);
    let visit = world.arrives(run, &team, &target, app.now()).await;
    let of_run = StreamRef {
        kind: StreamKind::Run,
        id: run.0,
    };
    let papers = app.store().documents_of(of_run).await.unwrap();
    let paper = papers[0].state.clone();
    let bytes = app.document_bytes(paper.id).await.unwrap();
    let text = paper_text(&app.copy_of_document(&paper).await.unwrap()).to_owned();
    assert!(paper.data.contains("Dinas Pendidikan Contoh"), "{}", paper.data);
    let record = || async {
        let paper = app.visit_record_paper(visit, Signing::default()).await.unwrap();
        match paper {
            Paper::VisitRecord(record) => record.office,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(record().await, "Dinas Pendidikan Contoh");
    let before: Complaint = app.find(told.complaint.0).await.unwrap();
    let visited: Visit = app.find(visit.0).await.unwrap();
    assert_eq!(visited.offices, [town.office.id]);
    let history = app.store().history(stream).await.unwrap();

    let after: OfficeId = app.ids().fresh();
    // The office has a contact, whose post moves along: that takes the right to edit people.
    let admin = world.who("admin");
    let asked = town.asked(ReorganisationKind::Rename, vec![successor(after, "bapdik")]);
    let key = Key {
        key: Some(app.ids().fresh::<ActId>()),
        occurred_at: None,
    };
    let done = app.reorganise_offices(admin, key, &asked).await.unwrap();
    let records = world.records().await;
    // The same key again is the same act.
    let again = app.reorganise_offices(admin, key, &asked).await.unwrap();
    assert!(again.committed.repeated);
    assert_eq!(again.committed.first_seq, done.committed.first_seq);
    assert_eq!(world.records().await, records);

    let site: Site = app.find(town.site.id.0).await.unwrap();
    let service: Service = app.find(town.service.id.0).await.unwrap();
    let contact: Post = app.find(town.contact.id.0).await.unwrap();
    assert_eq!(
        (site.offices, service.owner, contact.office),
        (vec![after], after, Some(after))
    );

    // What was, is.
    assert_eq!(app.find::<Complaint>(told.complaint.0).await.unwrap(), before);
    assert_eq!(app.find::<Visit>(visit.0).await.unwrap(), visited);
    assert_eq!(app.store().history(stream).await.unwrap(), history);
    assert_eq!(app.find::<Document>(paper.id.0).await.unwrap().data, paper.data);
    assert_eq!(app.document_bytes(paper.id).await.unwrap(), bytes);
    assert_eq!(paper_text(&app.copy_of_document(&paper).await.unwrap()), text);
    assert_eq!(record().await, "Dinas Pendidikan Contoh");
    // And it is found: by the old office, by the place, by its number; its procedure goes on.
    for filter in [
        ComplaintFilter {
            open: Some(true),
            office: Some(town.office.id),
            ..ComplaintFilter::default()
        },
        ComplaintFilter {
            open: Some(true),
            site: Some(town.site.id),
            ..ComplaintFilter::default()
        },
    ] {
        let listed = app.store().complaints(&filter, &Page::first(10)).await.unwrap();
        let found: Vec<_> = listed.items.iter().map(|it| it.state.id).collect();
        assert_eq!(found, [told.complaint], "{filter:?}");
    }
    let by_number = app.store().complaint_by_number(&told.number).await.unwrap();
    assert_eq!(by_number.unwrap().state.id, told.complaint);
    // Its procedure goes on: the team that is there gives its verdict.
    world.set(DAY, 9, 40);
    let verdict = Command::GiveVerdict {
        visit,
        complaint: told.complaint,
        verdict: Verdict::Recovered,
        note: String::new(),
        at: app.now(),
    };
    world.does("teknisi-1", &verdict).await;
    let run: Run = app.find(told.run.0).await.unwrap();
    assert!(!run.progress.done.is_empty());
    world.verify().await;
}

async fn a_split_is_all_or_nothing(db: TestDb) {
    let town = Town::new(db).await;
    let (world, app) = (&town.world, &town.world.app);
    let admin = world.who("admin");
    let (a, b): (OfficeId, OfficeId) = (app.ids().fresh(), app.ids().fresh());
    let mut asked = town.asked(
        ReorganisationKind::Split,
        vec![successor(a, "paud"), successor(b, "sd-smp")],
    );
    let records = world.records().await;
    let refused = |error: AppError| match error {
        AppError::Refused(refusal) => refusal.rule,
        other => panic!("{other}"),
    };
    for (who, rule) in [
        (admin, Rule::WithoutOffice),
        (world.who("teknisi-1"), Rule::NoRight),
        (Who::system(), Rule::NoRight),
    ] {
        let error = app
            .reorganise_offices(who, Key::default(), &asked)
            .await
            .unwrap_err();
        assert_eq!(refused(error), rule);
    }
    assert_eq!(world.records().await, records);
    let site = StreamRef {
        kind: StreamKind::Site,
        id: town.site.id.0,
    };
    asked.given.insert(site, vec![b, a]);
    asked.rest = Some(a);
    app.reorganise_offices(admin, Key::default(), &asked)
        .await
        .unwrap();
    let site: Site = app.find(town.site.id.0).await.unwrap();
    let service: Service = app.find(town.service.id.0).await.unwrap();
    assert_eq!((site.offices, service.owner), (vec![b, a], a));
    let old: Office = app.find(town.office.id.0).await.unwrap();
    assert_eq!(
        (old.ended_on, old.name.as_str()),
        (Some(DAY), "Dinas Pendidikan Contoh")
    );
    let new: Office = app.find(b.0).await.unwrap();
    assert_eq!(
        (new.predecessors[0].office, new.predecessors[0].since),
        (town.office.id, DAY)
    );
    // The code of an office that ended is not given again.
    let mut next = asked.clone();
    next.kind = ReorganisationKind::Rename;
    next.from = vec![a];
    next.into = vec![successor(app.ids().fresh(), "disdik")];
    next.given.clear();
    next.rest = None;
    world.set(date(2026, 3, 4), 8, 0);
    next.on = date(2026, 3, 4);
    let error = app
        .reorganise_offices(admin, Key::default(), &next)
        .await
        .unwrap_err();
    assert_eq!(refused(error), Rule::CodeTaken);
    world.verify().await;
}
