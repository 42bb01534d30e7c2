//! The life of a procedure's version, and runs that stay on theirs.

use std::collections::BTreeMap;

use rajut_core::act::{Actor, Refusal, Rule};
use rajut_core::flow::{Command, VersionCommand, decide_version};
use rajut_core::id::PersonId;
use rajut_core::procedure::{
    Approval, Lint, LintCode, LintFault, Procedure, ProcedureVersion, Severity, VersionState, effective_on,
};
use rajut_core::run::RunEnd;
use rajut_core::stream::{State, StreamKind};
use rajut_core::visit::Outcome;
use uuid::Uuid;

use crate::world::{COMPLAINT, World, at, day, stream};

const ROUTINE: &str = "pemeliharaan-jaringan";

/// The shipped routine check under another number, with a longer disposition.
fn numbered(version: u32) -> Procedure {
    let text = include_str!("../../../../procedures/pemeliharaan-jaringan.toml")
        .replacen("version = 1", &format!("version = {version}"), 1)
        .replacen("10 menit", "15 menit", 1);
    Procedure::parse(&text).unwrap()
}

fn fault(code: LintCode) -> Lint {
    Lint {
        code,
        severity: code.severity(),
        line: 1,
        fault: LintFault::RecordsEmpty,
        args: BTreeMap::new(),
    }
}

struct Register {
    world: World,
    admin: PersonId,
}

impl Register {
    fn new() -> Self {
        let mut world = World::new(1);
        let post = world.new_post("admin", rajut_core::people::Role::Admin, None, None);
        let admin = world.person("Contoh Admin");
        let kind = rajut_core::people::AssignmentKind::Definitif;
        world.assign(admin, post, kind, "2026-01-02", None);
        world.start = world.records.clone();
        Self { world, admin }
    }

    fn does(
        &mut self,
        by: PersonId,
        when: &str,
        version: u32,
        command: &VersionCommand<'_>,
    ) -> Result<(), Refusal> {
        let now = at(when);
        let envelope = self.world.envelope(Actor::Person(by), now);
        let ids = self.world.ids(now);
        let stream = stream(StreamKind::Procedure, Uuid::from_u128(u128::from(version)));
        let changes = decide_version(self.world.facts(), envelope, ids, stream, command)?;
        self.world.commit(changes);
        Ok(())
    }

    fn rule(&mut self, by: PersonId, when: &str, version: u32, command: &VersionCommand<'_>) -> Rule {
        self.does(by, when, version, command).unwrap_err().rule
    }

    fn version(&self, version: u32) -> &ProcedureVersion {
        self.world
            .records
            .get::<ProcedureVersion>(Uuid::from_u128(u128::from(version)))
            .unwrap()
    }

    fn in_force(&self, on: &str) -> Option<u32> {
        let versions = self.world.records.all::<ProcedureVersion>();
        effective_on(versions, &ROUTINE.parse().unwrap(), day(on))
    }
}

#[test]
fn a_version_is_drafted_signed_and_put_in_force_by_those_who_may() {
    let mut register = Register::new();
    let cast = register.world.cast.clone();
    let (kasi, head, admin) = (cast.kasi, cast.head, register.admin);
    let second = numbered(2);
    let draft = VersionCommand::Draft { procedure: &second };
    let third = numbered(3);
    let ahead = VersionCommand::Draft { procedure: &third };
    assert_eq!(
        register.rule(kasi, "2026-07-01 09:00", 3, &ahead),
        Rule::VersionNotNext
    );
    assert_eq!(
        register.rule(cast.technicians[0], "2026-07-01 09:00", 2, &draft),
        Rule::NoRight
    );
    register.does(kasi, "2026-07-01 09:00", 2, &draft).unwrap();
    // Again while it is a draft; the next number waits until this one is signed.
    register.does(kasi, "2026-07-02 09:00", 2, &draft).unwrap();
    assert_eq!(
        register.rule(kasi, "2026-07-02 09:00", 3, &ahead),
        Rule::VersionNotNext
    );

    let from = day("2026-07-06");
    let activate = VersionCommand::Activate { from };
    assert_eq!(
        register.rule(admin, "2026-07-03 09:00", 2, &activate),
        Rule::VersionNotApproved
    );
    let none = BTreeMap::new();
    let reasons = BTreeMap::from([
        (LintCode::E01, "nomor menyusul".to_owned()),
        (LintCode::E03, "tidak ada".to_owned()),
    ]);
    let blank = BTreeMap::from([(LintCode::E01, " ".to_owned())]);
    let of_chart = BTreeMap::from([(LintCode::E05, "tetap".to_owned())]);
    let (e01, e05, w02) = (
        [fault(LintCode::E01)],
        [fault(LintCode::E05)],
        [fault(LintCode::W02)],
    );
    let sign = |found, accepted| VersionCommand::Approve { found, accepted };
    for (by, when, command, rule) in [
        (
            head,
            "2026-07-03 10:00",
            sign(&e01, &none),
            Rule::FaultsUnacknowledged,
        ),
        (
            head,
            "2026-07-03 10:00",
            sign(&e01, &blank),
            Rule::FaultsUnacknowledged,
        ),
        (
            head,
            "2026-07-03 10:00",
            sign(&e05, &reasons),
            Rule::VersionFaulty,
        ),
        (
            head,
            "2026-07-03 10:00",
            sign(&e05, &of_chart),
            Rule::InvalidValue,
        ),
        (kasi, "2026-07-03 10:00", sign(&w02, &none), Rule::NoRight),
        (admin, "2026-07-03 10:00", sign(&w02, &none), Rule::NoRight),
        (head, "2026-07-01 10:00", sign(&w02, &none), Rule::TimeOutOfBounds),
    ] {
        assert_eq!(register.rule(by, when, 2, &command), rule, "{command:?}");
    }
    register
        .does(head, "2026-07-03 10:00", 2, &sign(&e01, &reasons))
        .unwrap();
    let approval = register.version(2).state.approval().unwrap().clone();
    assert_eq!((approval.by, approval.on), (Some(head), day("2026-07-03")));
    // The reason for a fault that it does not have is not kept.
    assert_eq!(approval.acknowledged.keys().collect::<Vec<_>>(), [&LintCode::E01]);

    // Signed, it takes no other text, until the head takes the signature back.
    assert_eq!(
        register.rule(kasi, "2026-07-03 11:00", 2, &draft),
        Rule::VersionNotDraft
    );
    let back = VersionCommand::Return { note: "perbaiki" };
    assert_eq!(register.rule(admin, "2026-07-03 11:00", 2, &back), Rule::NoRight);
    let empty = VersionCommand::Return { note: "" };
    assert_eq!(
        register.rule(head, "2026-07-03 11:00", 2, &empty),
        Rule::ReasonMissing
    );
    register.does(head, "2026-07-03 11:00", 2, &back).unwrap();
    assert!(
        matches!(&register.version(2).state, VersionState::Draft { returned: Some(it) } if it.note == "perbaiki")
    );
    register.does(kasi, "2026-07-03 12:00", 2, &draft).unwrap();
    register
        .does(head, "2026-07-03 13:00", 2, &sign(&w02, &none))
        .unwrap();

    for (when, from, rule) in [
        ("2026-07-03 14:00", "2026-07-02", Rule::EffectiveBeforeApproval),
        ("2026-07-06 14:00", "2026-07-05", Rule::EffectiveTooEarly),
    ] {
        let command = VersionCommand::Activate { from: day(from) };
        assert_eq!(register.rule(admin, when, 2, &command), rule);
    }
    assert_eq!(
        register.rule(head, "2026-07-03 14:00", 2, &activate),
        Rule::NoRight
    );
    register.does(admin, "2026-07-03 14:00", 2, &activate).unwrap();
    assert_eq!(
        register.rule(admin, "2026-07-03 15:00", 2, &activate),
        Rule::VersionNotApproved
    );
    assert_eq!(
        register.rule(head, "2026-07-03 15:00", 2, &back),
        Rule::VersionNotApproved
    );
    assert_eq!(
        (register.in_force("2026-07-05"), register.in_force("2026-07-06")),
        (Some(1), Some(2))
    );

    // A third that began before the second would have ended before it began.
    register.does(kasi, "2026-07-03 16:00", 3, &ahead).unwrap();
    register
        .does(head, "2026-07-03 16:10", 3, &sign(&[], &none))
        .unwrap();
    let early = VersionCommand::Activate {
        from: day("2026-07-04"),
    };
    assert_eq!(
        register.rule(admin, "2026-07-03 16:20", 3, &early),
        Rule::EffectiveTooEarly
    );
    assert_eq!(register.world.replayed(), register.world.records);
    assert_eq!(fault(LintCode::E05).severity, Severity::Error);
}

/// A run keeps the version under which it began; one that begins later takes the new one, and no other.
#[test]
fn a_run_stays_on_its_version() {
    let mut world = World::new(2);
    let (run, team) = world.teamed(0..1);
    let second = numbered(2);
    let named = rajut_core::run::ProcedureRef {
        code: second.code.clone(),
        version: 2,
    };
    world.in_force(&named, second.source(), "2026-07-07");
    world.procedures.insert(named.clone(), second);
    world.visited(run, team, 0, at("2026-07-07 09:00"), Outcome::Complete);
    world.reported(run, team, "2026-07-07", at("2026-07-08 07:50"));
    let last = world.final_report(run);
    world.must(world.cast.kasi, at("2026-07-08 09:00"), &last);
    world.must(world.cast.kasi, at("2026-07-08 09:10"), &World::close(run));
    assert_eq!(world.run(run).procedure.version, 1);
    assert!(matches!(world.run(run).end, Some(RunEnd::Closed { .. })));

    let draft = world.draft(1..2);
    let (old, new) = (world.fresh(), world.fresh());
    let begin = |run, procedure: &rajut_core::run::ProcedureRef| Command::DraftOrder {
        run,
        procedure: procedure.clone(),
        title: "Pengecekan contoh".to_owned(),
        draft: draft.clone(),
        previous: None,
    };
    let kasi = world.cast.kasi;
    let superseded = rajut_core::run::ProcedureRef {
        version: 1,
        ..named.clone()
    };
    let refused = world
        .act(kasi, at("2026-07-08 10:00"), &begin(old, &superseded))
        .unwrap_err();
    assert_eq!(refused.rule, Rule::ProcedureNotEffective);
    // Not before it takes effect either.
    let early = world
        .act(kasi, at("2026-07-06 10:00"), &begin(new, &named))
        .unwrap_err();
    assert_eq!(early.rule, Rule::ProcedureNotEffective);
    world.must(kasi, at("2026-07-08 10:00"), &begin(new, &named));
    assert_eq!(world.run(new).procedure.version, 2);
}

/// A complaint begins a run of its procedure: of the version in force on its day, and no other.
#[test]
fn a_complaint_is_opened_under_the_version_in_force() {
    let mut world = World::new(1);
    let first = world.procedure(COMPLAINT);
    let numbered = |version: u32| {
        let text = include_str!("../../../../procedures/penanganan-pengaduan.toml").replacen(
            "version = 1",
            &format!("version = {version}"),
            1,
        );
        Procedure::parse(&text).unwrap()
    };
    let second = rajut_core::run::ProcedureRef {
        version: 2,
        ..first.clone()
    };
    let signed = rajut_core::run::ProcedureRef {
        version: 3,
        ..first.clone()
    };
    for named in [&second, &signed] {
        world.procedures.insert(named.clone(), numbered(named.version));
    }
    world.in_force(&second, numbered(2).source(), "2026-07-07");
    let id = world.fresh();
    let approval = Approval {
        by: None,
        on: day("2026-07-01"),
        acknowledged: BTreeMap::new(),
    };
    let version = ProcedureVersion {
        code: signed.code.clone(),
        version: 3,
        text: numbered(3).source().to_owned(),
        drafted_by: None,
        drafted_on: day("2026-07-01"),
        state: VersionState::Approved { approval },
    };
    world.preset(StreamKind::Procedure, id, State::Procedure(Box::new(version)));
    let officer = world.cast.officer;
    for (now, procedure, taken) in [
        ("2026-07-06 10:00", &first, true),
        ("2026-07-06 11:00", &second, false),
        ("2026-07-07 10:00", &first, false),
        ("2026-07-07 11:00", &second, true),
        ("2026-07-07 12:00", &signed, false),
    ] {
        let mut draft = world.complaint_draft(0, at(now));
        draft.procedure = procedure.clone();
        let command = Command::RegisterComplaint(Box::new(draft));
        let told = world.act(officer, at(now), &command).map(drop);
        let rule = told.map_err(|refusal| {
            assert_eq!(
                refusal.args["procedure"],
                format!("{} {}", procedure.code, procedure.version)
            );
            refusal.rule
        });
        let expected = if taken {
            Ok(())
        } else {
            Err(Rule::ProcedureNotEffective)
        };
        assert_eq!(rule, expected, "{now} {}", procedure.version);
    }
}
