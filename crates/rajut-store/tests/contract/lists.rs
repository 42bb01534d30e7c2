//! Lists: what belongs together, and pages.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use rajut_core::act::{Act, Expect};
use rajut_core::complaint::{ComplaintEvent, Incident, IncidentEvent, Priority, Resolution};
use rajut_core::id::{FollowUpId, IncidentId, PersonId, RunId, SiteId, TargetId, VisitId};
use rajut_core::people::{Access, AccessEvent, PersonalField, Purpose};
use rajut_core::procedure::{
    Approval, LintCode, ProcedureVersion, Returned, VersionAct, VersionEvent, VersionState,
};
use rajut_core::run::{FollowUp, FollowUpEvent, FollowUpStanding, RunEvent, Target, TargetEvent};
use rajut_core::stream::{AsState, StreamKind, StreamRef};
use rajut_core::visit::{Subject, Visit, VisitEvent};
use rajut_store::testkit::TestDb;
use rajut_store::{ComplaintFilter, Cursor, FollowUpFilter, IncidentFilter, Page, RunFilter, StoreError};
use uuid::Uuid;

use crate::fixtures::*;

on_both!(
    complaints_are_filtered_and_paged,
    runs_are_filtered_and_paged,
    follow_ups_come_by_due_date,
    incidents_are_filtered_and_paged,
    versions_of_a_procedure_live_and_race,
    everything_of_a_run_is_found,
    entries_are_found_by_code,
    many_records_are_loaded_at_once,
    looks_at_personal_values_are_paged,
);

async fn looks_at_personal_values_are_paged(db: TestDb) {
    for n in 0..7_u32 {
        let it = fresh(StreamKind::Access);
        let access = Access {
            id: it.id.into(),
            by: PersonId(Uuid::from_u128(u128::from(n % 2))),
            people: BTreeSet::from([PersonId(Uuid::from_u128(9))]),
            fields: BTreeSet::from([PersonalField::Phone]),
            about: None,
            paper: None,
            purpose: Purpose::Reveal,
            reason: n.to_string(),
            values: 1,
            at: now() + SignedDuration::from_mins(i64::from(n / 3)),
        };
        let mut act = changes(Act::RevealPersonal);
        act.push(it, Expect::New, AccessEvent::Granted { access });
        db.store.commit(&act).await.unwrap();
        assert_eq!(db.store.history(it).await.unwrap().len(), 1);
    }
    for (by, expected) in [(None, 7), (Some(0), 4), (Some(1), 3), (Some(2), 0)] {
        let by = by.map(|n| PersonId(Uuid::from_u128(n)));
        let mut found = Vec::new();
        let mut page = Page::first(2);
        loop {
            let listed = db.store.accesses(by, &page).await.unwrap();
            found.extend(listed.items.into_iter().map(|it| it.state));
            let Some(next) = listed.next else { break };
            page.after = Some(next);
        }
        assert!(found.is_sorted_by_key(|access| std::cmp::Reverse(access.at)));
        let reasons: BTreeSet<&str> = found.iter().map(|access| access.reason.as_str()).collect();
        assert_eq!((found.len(), reasons.len()), (expected, expected));
        assert!(found.iter().all(|access| by.is_none_or(|by| access.by == by)));
    }
}

fn site(n: u128) -> SiteId {
    SiteId(Uuid::from_u128(n))
}

/// Twenty complaints, two of them in each minute; every third is closed, every fourth classified.
async fn twenty(db: &TestDb) {
    for n in 0..20_u32 {
        let at = now() + SignedDuration::from_mins(i64::from(n / 2));
        let (act, complaint, run) = register_complaint(n, site(u128::from(n % 5)), at);
        db.store.commit(&act).await.unwrap();
        if n % 3 == 0 {
            db.store.commit(&end_run(run, 2)).await.unwrap();
        }
        if n % 4 == 0 {
            let mut act = changes(Act::ClassifyComplaint);
            let event = ComplaintEvent::Classified {
                category: String::new(),
                priority: Priority::P1,
                duplicate_of: None,
            };
            act.push(complaint, Expect::Version(1), event);
            db.store.commit(&act).await.unwrap();
        }
    }
}

fn number(complaint: &rajut_core::complaint::Complaint) -> u32 {
    complaint.number[9..].parse().unwrap()
}

async fn complaints_are_filtered_and_paged(db: TestDb) {
    twenty(&db).await;
    for open in [None, Some(true), Some(false)] {
        for at in [None, Some(2)] {
            for priority in [None, Some(Priority::P1), Some(Priority::P2)] {
                let filter = ComplaintFilter {
                    open,
                    site: at.map(site),
                    office: None,
                    priority,
                };
                let expected: BTreeSet<u32> = (0..20)
                    .filter(|n| open.is_none_or(|open| open == (n % 3 != 0)))
                    .filter(|n| at.is_none_or(|at| u128::from(n % 5) == at))
                    .filter(|n| priority.is_none_or(|priority| priority == Priority::P1 && n % 4 == 0))
                    .collect();
                let mut found = Vec::new();
                let mut page = Page::first(3);
                loop {
                    let listed = db.store.complaints(&filter, &page).await.unwrap();
                    assert!(listed.items.len() <= 3);
                    found.extend(listed.items.into_iter().map(|complaint| complaint.state));
                    let Some(next) = listed.next else { break };
                    page.after = Some(next.to_string().parse::<Cursor>().unwrap());
                }
                assert!(found.is_sorted_by_key(|complaint| std::cmp::Reverse(complaint.received_at)));
                let numbers: Vec<u32> = found.iter().map(number).collect();
                assert_eq!(numbers.len(), expected.len(), "{filter:?} {numbers:?}");
                assert_eq!(
                    numbers.into_iter().collect::<BTreeSet<_>>(),
                    expected,
                    "{filter:?}"
                );
            }
        }
    }
    let open = db
        .store
        .open_complaints(&[site(2), site(4), site(2)])
        .await
        .unwrap();
    let numbers: Vec<u32> = open.iter().map(|complaint| number(&complaint.state)).collect();
    assert_eq!(numbers, [2, 4, 7, 14, 17, 19]);
    assert_eq!(db.store.open_complaints(&[]).await.unwrap(), []);
    let it = db
        .store
        .complaint_by_number("ADU-2026-00007")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        db.store.complaint_of_run(it.state.run).await.unwrap().unwrap(),
        it
    );
    assert_eq!(
        db.store.complaint_by_number("ADU-2026-00099").await.unwrap(),
        None
    );
    let foreign: Cursor = format!("x~{}", Uuid::nil()).parse().unwrap();
    let error = db
        .store
        .complaints(
            &ComplaintFilter::default(),
            &Page {
                after: Some(foreign),
                limit: 3,
            },
        )
        .await;
    assert!(matches!(error, Err(StoreError::Cursor { .. })), "{error:?}");
}

async fn runs_are_filtered_and_paged(db: TestDb) {
    twenty(&db).await;
    let it = fresh(StreamKind::Run);
    let mut act = changes(Act::DraftOrder);
    act.push(
        it,
        Expect::New,
        RunEvent::Opened {
            run: Box::new(run(it, "Triwulan", None, now())),
        },
    );
    db.store.commit(&act).await.unwrap();
    for (open, procedure, for_complaint, expected) in [
        (None, None, None, 21),
        (Some(true), None, None, 14),
        (Some(false), None, Some(true), 7),
        (Some(true), Some(procedure_code()), Some(true), 13),
        (None, Some(procedure_code()), Some(false), 1),
        (None, Some(serde_json::from_str("\"lain\"").unwrap()), None, 0),
    ] {
        let filter = RunFilter {
            open,
            procedure,
            for_complaint,
        };
        let mut found = BTreeSet::new();
        let mut page = Page::first(4);
        loop {
            let listed = db.store.runs(&filter, &page).await.unwrap();
            found.extend(listed.items.iter().map(|run| run.state.id));
            let Some(next) = listed.next else { break };
            page.after = Some(next);
        }
        assert_eq!(found.len(), expected, "{filter:?}");
    }
}

fn follow_up(n: i8, run: Option<RunId>) -> FollowUp {
    FollowUp {
        id: ids().fresh::<FollowUpId>(),
        site: site(u128::from(n.unsigned_abs() % 2)),
        subject: Subject::Site,
        visit: None,
        run,
        complaint: None,
        what: "Ganti adaptor".to_owned(),
        owner: (n % 3 == 0).then(|| PersonId(Uuid::from_u128(1))),
        due_on: jiff::civil::date(2026, 12, 1 + n),
        part: None,
        opened_at: now(),
        standing: FollowUpStanding::Open,
    }
}

async fn incidents_are_filtered_and_paged(db: TestDb) {
    for n in 0..20_u32 {
        let stream = fresh(StreamKind::Incident);
        // Two begin in each minute; every third is over, every fourth is for want of power.
        let began_at = now() + SignedDuration::from_mins(i64::from(n / 2));
        let incident = Incident {
            id: IncidentId(stream.id),
            cause: if n % 4 == 0 { "power" } else { "cable" }.to_owned(),
            what: format!("gangguan {n}"),
            sites: [site(u128::from(n))].into(),
            links: BTreeSet::new(),
            devices: BTreeSet::new(),
            began_at,
            complaints: BTreeSet::new(),
            tickets: Vec::new(),
            resolution: None,
        };
        let mut act = changes(Act::OpenIncident);
        let opened = IncidentEvent::Opened {
            incident: Box::new(incident),
        };
        act.push(stream, Expect::New, opened);
        if n % 3 == 0 {
            let resolution = Resolution {
                at: began_at,
                by: PersonId(Uuid::from_u128(1)),
                what: "pulih".to_owned(),
            };
            act.push(stream, Expect::New, IncidentEvent::Resolved { resolution });
        }
        db.store.commit(&act).await.unwrap();
    }
    for open in [None, Some(true), Some(false)] {
        for cause in [None, Some("power"), Some("cable"), Some("petir")] {
            let filter = IncidentFilter {
                open,
                cause: cause.map(str::to_owned),
            };
            let fits = |n: u32| {
                open.is_none_or(|open| open != n.is_multiple_of(3))
                    && cause.is_none_or(|cause| cause == if n.is_multiple_of(4) { "power" } else { "cable" })
            };
            let mut expected: Vec<String> = (0..20)
                .filter(|n| fits(*n))
                .map(|n| format!("gangguan {n}"))
                .collect();
            let (mut found, mut began, mut page) = (Vec::new(), Vec::new(), Page::first(3));
            loop {
                let listed = db.store.incidents(&filter, &page).await.unwrap();
                assert!(listed.items.len() <= 3);
                began.extend(listed.items.iter().map(|it| it.state.began_at));
                found.extend(listed.items.into_iter().map(|it| it.state.what));
                match listed.next {
                    Some(next) => page.after = Some(next.to_string().parse::<Cursor>().unwrap()),
                    None => break,
                }
            }
            assert!(began.is_sorted_by(|a, b| a >= b), "newest first");
            found.sort();
            expected.sort();
            assert_eq!(found, expected, "{filter:?}");
        }
    }
}

async fn follow_ups_come_by_due_date(db: TestDb) {
    for n in [4, 2, 0, 5, 3, 1] {
        let it = follow_up(n, None);
        let stream = stream(StreamKind::FollowUp, it.id.0);
        let mut act = changes(Act::OpenFollowUp);
        act.push(
            stream,
            Expect::New,
            FollowUpEvent::Opened {
                follow_up: Box::new(it),
            },
        );
        if n == 5 {
            let standing = FollowUpStanding::Done {
                at: now(),
                by: PersonId(Uuid::nil()),
                note: String::new(),
            };
            act.push(stream, Expect::New, FollowUpEvent::Settled { standing });
        }
        db.store.commit(&act).await.unwrap();
    }
    let person = PersonId(Uuid::from_u128(1));
    for (open, at, owner, expected) in [
        (None, None, None, vec![1, 2, 3, 4, 5, 6]),
        (Some(true), None, None, vec![1, 2, 3, 4, 5]),
        (Some(true), Some(site(1)), None, vec![2, 4]),
        (None, None, Some(person), vec![1, 4]),
        (Some(false), Some(site(1)), Some(person), vec![]),
    ] {
        let filter = FollowUpFilter {
            open,
            site: at,
            owner,
        };
        let mut days = Vec::new();
        let mut page = Page::first(2);
        loop {
            let listed = db.store.follow_ups(&filter, &page).await.unwrap();
            days.extend(listed.items.iter().map(|it| it.state.due_on.day()));
            let Some(next) = listed.next else { break };
            page.after = Some(next);
        }
        assert_eq!(days, expected, "{filter:?}");
    }
}

/// A run with three targets, a foreign target, two visits and a follow-up.
async fn one_run(db: &TestDb) -> (StreamRef, BTreeSet<Uuid>) {
    let (of, other) = (fresh(StreamKind::Run), fresh(StreamKind::Run));
    let mut act = changes(Act::FormTeams);
    act.push(
        of,
        Expect::New,
        RunEvent::Opened {
            run: Box::new(run(of, "Triwulan", None, now())),
        },
    );
    let mut targets = Vec::new();
    for n in 0..3 {
        let it = fresh(StreamKind::Target);
        let target = Target::new(
            TargetId(it.id),
            RunId(of.id),
            site(n),
            jiff::civil::date(2026, 12, 1),
        );
        act.push(
            it,
            Expect::New,
            TargetEvent::Scoped {
                target: Box::new(target),
            },
        );
        targets.push(it);
    }
    let foreign = fresh(StreamKind::Target);
    let target = Target::new(
        TargetId(foreign.id),
        RunId(other.id),
        site(0),
        jiff::civil::date(2026, 12, 1),
    );
    act.push(
        foreign,
        Expect::New,
        TargetEvent::Scoped {
            target: Box::new(target),
        },
    );
    // One visit under this run, and one under another run that serves a target of this one.
    for (visit, under) in [(1, of), (2, other)] {
        let it = stream(StreamKind::Visit, Uuid::from_u128(visit));
        let mut began = Visit::unannounced(VisitId(it.id), site(0));
        began.run = Some(RunId(under.id));
        act.push(
            it,
            Expect::Any,
            VisitEvent::CheckedIn {
                visit: Box::new(began),
            },
        );
        act.push(
            targets[0],
            Expect::New,
            TargetEvent::VisitBegan {
                visit: VisitId(it.id),
                at: now(),
            },
        );
    }
    let due = follow_up(1, Some(RunId(of.id)));
    let stream = stream(StreamKind::FollowUp, due.id.0);
    act.push(
        stream,
        Expect::New,
        FollowUpEvent::Opened {
            follow_up: Box::new(due),
        },
    );
    db.store.commit(&act).await.unwrap();
    (of, targets.iter().map(|target| target.id).collect())
}

async fn everything_of_a_run_is_found(db: TestDb) {
    let (of, targets) = one_run(&db).await;
    let found = db.store.of_run(RunId(of.id)).await.unwrap();
    assert_eq!(
        found
            .targets
            .iter()
            .map(|t| t.state.id.0)
            .collect::<BTreeSet<_>>(),
        targets
    );
    assert_eq!(
        found
            .visits
            .iter()
            .map(|v| v.state.id.0.as_u128())
            .collect::<BTreeSet<_>>(),
        BTreeSet::from([1, 2])
    );
    assert_eq!((found.reports.len(), found.follow_ups.len()), (0, 1));
    let at_site = db.store.targets_of_site(site(0)).await.unwrap();
    assert_eq!(at_site.len(), 2);
    let visits = db.store.visits_of_site(site(0), &Page::first(1)).await.unwrap();
    assert_eq!(visits.items.len(), 1);
    let rest = db
        .store
        .visits_of_site(
            site(0),
            &Page {
                after: visits.next,
                limit: 9,
            },
        )
        .await
        .unwrap();
    assert_eq!((rest.items.len(), rest.next), (1, None));
}

async fn entries_are_found_by_code(db: TestDb) {
    let it = fresh(StreamKind::Office);
    db.store.commit(&new_office(it, "dinas-contoh")).await.unwrap();
    let (found, held) = db
        .store
        .by_code(StreamKind::Office, "dinas-contoh")
        .await
        .unwrap()
        .unwrap();
    assert_eq!((found, held.version), (it, 1));
    assert_eq!(
        db.store
            .by_code(StreamKind::Office, "Dinas-Contoh")
            .await
            .unwrap(),
        None
    );
    assert_eq!(
        db.store
            .by_code(StreamKind::Person, "dinas-contoh")
            .await
            .unwrap(),
        None
    );
}

async fn many_records_are_loaded_at_once(db: TestDb) {
    let mut act = changes(Act::Import);
    let mut wanted = Vec::new();
    for n in 0..120 {
        let it = fresh(StreamKind::Office);
        let code = format!("{}{n}", if n % 2 == 0 { "A" } else { "a" });
        act.push(
            it,
            Expect::New,
            rajut_core::register::Edit {
                before: None,
                after: office(it, &code, "Contoh"),
            },
        );
        wanted.push(it);
    }
    db.store.commit(&act).await.unwrap();
    wanted.sort();
    wanted.push(fresh(StreamKind::Office));
    wanted.push(fresh(StreamKind::Run));
    let found = db.store.load_many(&wanted).await.unwrap();
    assert_eq!(found.keys().copied().collect::<Vec<_>>(), &wanted[..120]);
    let all: Vec<_> = db
        .store
        .all(StreamKind::Office)
        .await
        .unwrap()
        .into_iter()
        .map(|(it, _)| it)
        .collect();
    assert_eq!(all, &wanted[..120]);
    assert_eq!(db.store.load_many(&[]).await.unwrap().len(), 0);
    // Page by page it is the same, and the last page says that it is.
    let (mut page, mut paged) = (Page::first(50), Vec::new());
    loop {
        let listed = db
            .store
            .page_of::<rajut_core::register::Office>(&page)
            .await
            .unwrap();
        paged.push(listed.items.len());
        match listed.next {
            Some(next) => page.after = Some(next.to_string().parse().unwrap()),
            None => break,
        }
    }
    assert_eq!(paged, [50, 50, 20]);
}

fn drafted(text: &str) -> VersionEvent {
    VersionEvent::Drafted {
        code: "contoh".parse().unwrap(),
        version: 2,
        text: text.to_owned(),
        by: None,
        on: jiff::civil::date(2026, 11, 23),
    }
}

async fn versions_of_a_procedure_live_and_race(db: TestDb) {
    let stream = fresh(StreamKind::Procedure);
    let on = jiff::civil::date(2026, 11, 23);
    let moved = |seen: i64, act: VersionAct| {
        let mut changes = changes(Act::ApproveProcedure);
        changes.push(stream, Expect::Version(seen), VersionEvent::Moved(act));
        changes
    };
    let sign = |seen| {
        let approval = Approval {
            by: Some(PersonId(Uuid::from_u128(1))),
            on,
            acknowledged: [(LintCode::E01, "nomor menyusul".to_owned())].into(),
        };
        moved(seen, VersionAct::Approve { approval })
    };
    let mut first = changes(Act::DraftProcedure);
    first.push(stream, Expect::New, drafted("a"));
    db.store.commit(&first).await.unwrap();
    // The same version under another id, and a draft that replaces one which somebody has signed meanwhile.
    let mut twin = changes(Act::DraftProcedure);
    twin.push(fresh(StreamKind::Procedure), Expect::New, drafted("b"));
    assert!(matches!(
        db.store.commit(&twin).await,
        Err(StoreError::Conflict { .. })
    ));
    db.store.commit(&sign(1)).await.unwrap();
    let mut late = changes(Act::DraftProcedure);
    late.push(stream, Expect::Version(1), drafted("c"));
    assert!(matches!(
        db.store.commit(&late).await,
        Err(StoreError::Conflict { .. })
    ));
    // Not even one who has seen the signature puts another text under it.
    let mut under = changes(Act::DraftProcedure);
    under.push(stream, Expect::Version(2), drafted("c"));
    assert!(db.store.commit(&under).await.is_err());
    let returned = Returned {
        by: PersonId(Uuid::from_u128(1)),
        on,
        note: "lengkapi".to_owned(),
    };
    db.store
        .commit(&moved(2, VersionAct::Return { returned }))
        .await
        .unwrap();
    let mut again = changes(Act::DraftProcedure);
    again.push(stream, Expect::Version(3), drafted("d"));
    db.store.commit(&again).await.unwrap();
    db.store.commit(&sign(4)).await.unwrap();
    db.store
        .commit(&moved(5, VersionAct::Activate { from: on }))
        .await
        .unwrap();
    let all = db.store.all(StreamKind::Procedure).await.unwrap();
    assert_eq!(all.len(), 1);
    let known: &ProcedureVersion = AsState::of(&all[0].1.state).unwrap();
    assert_eq!((known.text.as_str(), all[0].1.version), ("d", 6));
    assert!(matches!(&known.state, VersionState::Effective { from, .. } if *from == on));
    let report = db.store.verify(Vec::new(), true, |_| ()).await.unwrap();
    assert_eq!(report.faults, []);
}
