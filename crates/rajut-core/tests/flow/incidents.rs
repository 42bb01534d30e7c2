//! One cause of several complaints.

use std::collections::BTreeSet;

use rajut_core::act::{Refusal, Rule};
use rajut_core::complaint::{Complaint, Incident};
use rajut_core::flow::{Command, IncidentDraft};
use rajut_core::id::{ComplaintId, IncidentId, PersonId};

use crate::world::{World, at};

pub fn draft(world: &mut World, complaints: &[ComplaintId]) -> IncidentDraft {
    IncidentDraft {
        id: world.fresh(),
        cause: "cable".to_owned(),
        what: "kabel induk putus".to_owned(),
        sites: [world.sites[0], world.sites[1]].into(),
        links: BTreeSet::new(),
        devices: BTreeSet::new(),
        began_at: at("2026-07-06 08:30"),
        complaints: complaints.to_vec(),
    }
}

fn rule(world: &mut World, by: PersonId, when: &str, command: &Command) -> Rule {
    world.act(by, at(when), command).unwrap_err().rule
}

fn incident(world: &World, id: IncidentId) -> &Incident {
    world.records.get::<Incident>(id.0).unwrap()
}

fn joined(world: &World, complaint: ComplaintId) -> Option<IncidentId> {
    world.records.get::<Complaint>(complaint.0).unwrap().incident
}

#[test]
fn complaints_join_one_cause_and_are_not_closed_with_it() {
    let mut world = World::new(3);
    let officer = world.cast.officer;
    let [one, two, three] = [0, 1, 2].map(|site| world.complained(site, at("2026-07-06 09:00")));
    let draft = draft(&mut world, &[one]);
    let id = draft.id;
    world.must(
        officer,
        at("2026-07-06 09:30"),
        &Command::OpenIncident(Box::new(draft)),
    );
    assert_eq!(joined(&world, one), Some(id));
    let attach = |complaints: &[ComplaintId]| Command::AttachComplaints {
        incident: id,
        complaints: complaints.to_vec(),
    };
    // Several in one act, all or none; nobody joins two.
    assert_eq!(
        rule(&mut world, officer, "2026-07-06 09:40", &attach(&[two, one])),
        Rule::ComplaintJoined
    );
    assert_eq!(joined(&world, two), None);
    assert_eq!(
        rule(&mut world, officer, "2026-07-06 09:40", &attach(&[two, two])),
        Rule::InvalidValue
    );
    assert_eq!(
        rule(&mut world, officer, "2026-07-06 09:40", &attach(&[])),
        Rule::InvalidValue
    );
    assert_eq!(
        rule(&mut world, officer, "2026-07-06 08:50", &attach(&[two])),
        Rule::TimeOutOfBounds
    );
    world.must(officer, at("2026-07-06 09:40"), &attach(&[two, three]));
    assert_eq!(incident(&world, id).complaints, [one, two, three].into());

    let detach = |complaints: &[ComplaintId], reason: &str| Command::DetachComplaints {
        incident: id,
        complaints: complaints.to_vec(),
        reason: reason.to_owned(),
    };
    assert_eq!(
        rule(&mut world, officer, "2026-07-06 09:50", &detach(&[three], "")),
        Rule::ReasonMissing
    );
    world.must(officer, at("2026-07-06 09:50"), &detach(&[three], "adaptor"));
    assert_eq!(
        (joined(&world, three), incident(&world, id).complaints.len()),
        (None, 2)
    );
    assert_eq!(
        rule(&mut world, officer, "2026-07-06 09:51", &detach(&[three], "lagi")),
        Rule::NotFound
    );

    let ticket = Command::NoteTicket {
        incident: id,
        provider: "Penyedia Contoh".to_owned(),
        number: "TKT-1".to_owned(),
    };
    world.must(officer, at("2026-07-06 10:00"), &ticket);
    assert_eq!(incident(&world, id).tickets[0].number, "TKT-1");
    let resolve = |what: &str| Command::ResolveIncident {
        incident: id,
        what: what.to_owned(),
    };
    assert_eq!(
        rule(&mut world, officer, "2026-07-06 11:00", &resolve(" ")),
        Rule::ReasonMissing
    );
    assert_eq!(
        rule(&mut world, officer, "2026-07-06 08:00", &resolve("disambung")),
        Rule::TimeOutOfBounds
    );
    world.must(world.cast.kasi, at("2026-07-06 11:00"), &resolve("disambung"));
    // What it caused is each reporter's to confirm.
    for complaint in [one, two, three] {
        let run = world.complaint(complaint).run;
        assert!(world.run(run).end.is_none());
    }
    for command in [attach(&[three]), detach(&[one], "x"), ticket, resolve("lagi")] {
        assert_eq!(
            rule(&mut world, officer, "2026-07-06 12:00", &command),
            Rule::IncidentOver
        );
    }
    assert_eq!(world.replayed(), world.records);
}

#[test]
fn an_incident_has_a_known_cause_and_hits_a_place_that_exists() {
    let mut world = World::new(2);
    let officer = world.cast.officer;
    let good = draft(&mut world, &[]);
    let with = |change: &dyn Fn(&mut IncidentDraft)| {
        let mut draft = good.clone();
        change(&mut draft);
        Command::OpenIncident(Box::new(draft))
    };
    let now = "2026-07-06 09:00";
    let nowhere = rajut_core::id::SiteId(uuid::Uuid::nil());
    let cases: [(Command, Rule); 5] = [
        (with(&|it| it.cause = "hantu".to_owned()), Rule::InvalidValue),
        (with(&|it| it.what = " ".to_owned()), Rule::ReasonMissing),
        (with(&|it| it.sites.clear()), Rule::InvalidValue),
        (with(&|it| it.sites = [nowhere].into()), Rule::NotFound),
        (
            with(&|it| it.began_at = at("2026-07-06 09:01")),
            Rule::TimeOutOfBounds,
        ),
    ];
    for (command, expected) in cases {
        assert_eq!(rule(&mut world, officer, now, &command), expected, "{command:?}");
    }
    let refused: Refusal = world
        .act(world.cast.technicians[0], at(now), &with(&|_| {}))
        .unwrap_err();
    assert_eq!(refused.rule, Rule::NoRight);
    assert!(refused.who_could.contains(&world.post("petugas-layanan")));
    // What it is about says where it hits.
    let (link, device) = (world.links[0], world.devices[1]);
    let about = with(&|it| {
        it.sites.clear();
        it.links = [link].into();
        it.devices = [device].into();
    });
    world.must(officer, at(now), &about);
    let sites = &incident(&world, good.id).sites;
    assert_eq!(*sites, world.sites.iter().copied().collect());
}
