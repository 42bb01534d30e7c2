//! The shipped procedures and the one of the tests: as written, with exactly their known faults.

#![allow(clippy::unwrap_used, reason = "a helper of a test may panic as the test may")]

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::civil::{Date, date};
use proptest::prelude::*;
use rajut_core::procedure::{
    DEFAULT_REGULATIONS, Goal, KnownProcedure, Lint, LintCode, LintFacts, LintFault, Procedure, Scope,
    StepKind, activation, diff, lint, parse_regulations,
};

const ROUTINE: &str = include_str!("../../../procedures/pemeliharaan-jaringan.toml");
const COMPLAINT: &str = include_str!("../../../procedures/penanganan-pengaduan.toml");
const REPLACEMENT: &str = include_str!("fixtures/penggantian-perangkat.toml");
const TODAY: Date = date(2026, 11, 23);

static KNOWN: LazyLock<Vec<KnownProcedure>> = LazyLock::new(|| {
    [ROUTINE, COMPLAINT, REPLACEMENT]
        .map(|text| Procedure::parse(text).unwrap())
        .into_iter()
        .map(|procedure| KnownProcedure {
            code: procedure.code,
            title: procedure.identity.title,
        })
        .collect()
});

fn lint_read(procedure: &Procedure) -> Vec<Lint> {
    let facts = LintFacts {
        today: TODAY,
        known_procedures: &KNOWN,
        regulations: &parse_regulations(DEFAULT_REGULATIONS).unwrap(),
        nip_ok: &|nip| nip.chars().filter(char::is_ascii_digit).count() == 18,
    };
    lint(procedure, &facts)
}

fn lint_shipped(text: &str) -> Vec<Lint> {
    lint_read(&Procedure::parse(text).unwrap())
}

fn codes(lints: &[Lint]) -> String {
    let mut codes: Vec<String> = lints.iter().map(|lint| lint.code.to_string()).collect();
    codes.sort();
    codes.dedup();
    codes.join(" ")
}

#[test]
fn the_routine_check_is_as_the_paper_has_it() {
    let procedure = Procedure::parse(ROUTINE).unwrap();
    assert_eq!(procedure.total_standard_minutes(), 130);
    assert_eq!(procedure.longest_path_minutes(), Some(130));
    let rows: Vec<_> = procedure
        .steps
        .iter()
        .map(|step| {
            let view = procedure.standard_of(&step.id, None).unwrap();
            (
                step.number,
                step.kind,
                step.scope,
                view.time.to_string(),
                view.first_of_group,
                view.last_of_group,
            )
        })
        .collect();
    let row = |n, kind, scope, time: &str, first, last| (n, kind, scope, time.to_owned(), first, last);
    assert_eq!(
        rows,
        [
            row(1, StepKind::Order, Scope::Run, "10 menit", true, false),
            row(2, StepKind::Disposition, Scope::Run, "10 menit", false, true),
            row(3, StepKind::Team, Scope::Run, "30 menit", true, true),
            row(4, StepKind::Visit, Scope::Site, "1 jam", true, true),
            row(5, StepKind::Report, Scope::Team, "30 menit", true, true),
        ]
    );
    let identity = &procedure.identity;
    assert!(identity.number.is_empty() && identity.records.is_empty() && identity.revised.is_none());
    assert!(identity.legal_basis[3].starts_with("Peraturan Kominsi Informasi"));
    assert_eq!(procedure.groups[0].output, ["Nama", "NIP", "Alamat", "No. Telpn"]);
    assert_eq!(procedure.steps[4].standard.output, ["Disposisi"]);
    assert_eq!(
        procedure.steps[3].starts.as_ref().unwrap().as_str(),
        "penanganan-pengaduan"
    );
}

#[test]
fn the_faults_of_the_paper_are_found_and_no_others() {
    let lints = lint_shipped(ROUTINE);
    assert_eq!(
        codes(&lints),
        "E01 I01 I03 W01 W02 W03 W04 W05 W06 W07 W08 W09 W11"
    );
    let of = |code| lints.iter().filter(|lint| lint.code == code).collect::<Vec<_>>();
    let line = |lint: &Lint| ROUTINE.lines().nth(lint.line as usize - 1).unwrap();

    assert_eq!(of(LintCode::E01).len(), 1);
    assert_eq!(line(of(LintCode::E01)[0]), "number = \"\"");
    assert!(of(LintCode::W01)[0].args["lane"].contains("Perangkat Daerah"));
    assert!(of(LintCode::W02)[0].args["number"] == "4");
    assert_eq!(of(LintCode::W03).len(), 1);
    assert_eq!(line(of(LintCode::W05)[0]), "records = []");
    assert!(of(LintCode::W06).iter().any(|lint| {
        lint.args
            .values()
            .any(|it| it.contains("Semua Pengembangan Aplikasi"))
    }));
    assert!(
        of(LintCode::W06)
            .iter()
            .any(|lint| lint.args.values().any(|it| it.contains("penanganan-pengaduan")))
    );
    assert!(
        of(LintCode::W08)
            .iter()
            .any(|lint| lint.args.values().any(|it| it.contains("PerKI 1/2010")))
    );
    assert_eq!(of(LintCode::W09).len(), 1);
    assert!(of(LintCode::W09)[0].args["number"] == "5");
    assert!(line(of(LintCode::W11)[0]).contains("\"NIP\""));
    assert!(!lints.iter().any(|lint| lint.fault == LintFault::TimeEmpty));
    assert!(of(LintCode::I01)[0].args["minutes"] == "130");

    assert_eq!(
        activation(&lints, &BTreeMap::new())
            .unwrap_err()
            .unacknowledged
            .len(),
        1
    );
    let blank = BTreeMap::from([(LintCode::E01, "  ".to_owned())]);
    assert!(activation(&lints, &blank).is_err());
    let reason = BTreeMap::from([(LintCode::E01, "the paper of 2021 bears no number".to_owned())]);
    assert_eq!(activation(&lints, &reason), Ok(()));
}

#[test]
fn the_complaint_procedure_has_fifteen_steps_and_lacks_only_its_adoption() {
    let procedure = Procedure::parse(COMPLAINT).unwrap();
    assert_eq!(procedure.steps.len(), 15);
    assert!(procedure.steps.iter().all(|step| step.scope == Scope::Run));
    let number = |goal: Option<&Goal>| match goal? {
        Goal::Step(step) => procedure.step(step).map(|step| step.number),
        Goal::End => Some(0),
    };
    for (verdict, step) in [
        ("proven_repaired", Some(12)),
        ("proven_not_repaired", Some(11)),
        ("escalate", Some(11)),
        ("not_found", Some(13)),
        ("recovered", Some(13)),
        ("duplicate", Some(0)),
        ("not_ours", Some(0)),
        ("unknown", None),
    ] {
        assert_eq!(number(procedure.verdict_goal(verdict)), step, "{verdict}");
    }
    let repair = &procedure.steps[9];
    let minutes = |exit: &str| {
        procedure
            .standard_of(&repair.id, Some(&exit.parse().unwrap()))
            .map(|view| view.time.working_minutes())
    };
    assert_eq!(
        ["konfigurasi", "pointing", "kabel", "tidak"].map(minutes),
        [Some(60), Some(180), Some(450), None]
    );
    // 5, {2,3} 10, {4,5} 15, {6,7} 30, 30, 60, cable 450, 30, 15, 450, 15, 30.
    assert_eq!(procedure.total_standard_minutes(), 1_140);
    // The same without the escalation, which excludes the repair on the spot.
    assert_eq!(procedure.longest_path_minutes(), Some(1_110));

    let lints = lint_shipped(COMPLAINT);
    assert_eq!(codes(&lints), "E01 E03 I01 W12", "{lints:#?}");
}

#[test]
fn the_procedure_of_the_tests_is_clean() {
    let procedure = Procedure::parse(REPLACEMENT).unwrap();
    assert_eq!(procedure.zone, Some(rajut_core::calendar::Zone::Wit));
    assert_eq!(procedure.labels.lanes.as_deref(), Some("Aktor"));
    assert_eq!(
        procedure.total_standard_minutes(),
        30 + 900 + 60 + 2_250 + 30 + 450 + 450
    );
    let lints = lint_shipped(REPLACEMENT);
    assert_eq!(codes(&lints), "I01", "{lints:#?}");
    assert_eq!(activation(&lints, &BTreeMap::new()), Ok(()));
}

#[test]
fn a_diff_names_each_change_once_and_a_comment_is_none() {
    let before = Procedure::parse(ROUTINE).unwrap();
    assert!(
        diff(
            &before,
            &Procedure::parse(&format!("# another comment\n{ROUTINE}")).unwrap()
        )
        .is_empty()
    );

    let text = ROUTINE
        .replace("number = \"\"", "number = \"01/SOP\"")
        .replace("time = \"1 jam\"", "time = \"90 menit\"")
        .replace("  \"Keterlambatan penanganan\",\n", "")
        .replace("next = \"pelaporan\"", "next = \"tanda-tangan\"")
        + r#"
[[steps]]
id = "tanda-tangan"
kind = "confirm"
scope = "site"
from = ["perangkat-daerah"]
activity = "Menandatangani hasil pengecekan"
time = "5 menit"
output = ["Tanda tangan"]
symbol = "process"
next = "pelaporan"
"#;
    let changes: Vec<_> = diff(&before, &Procedure::parse(&text).unwrap())
        .into_iter()
        .map(|d| (d.path, d.before.unwrap_or_default(), d.after.unwrap_or_default()))
        .collect();
    let change =
        |path: &str, before: &str, after: &str| (path.to_owned(), before.to_owned(), after.to_owned());
    assert_eq!(
        changes,
        [
            change("identity.number", "", "01/SOP"),
            change("identity.warnings", "Keterlambatan penanganan", ""),
            change("steps.pengecekan.next.step", "pelaporan", "tanda-tangan"),
            change("steps.pengecekan.standard.time", "1 jam", "90 menit"),
            change("steps.tanda-tangan", "", "Menandatangani hasil pengecekan"),
        ]
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    /// Whatever an editor does to a file, it is read and linted, or refused at a place within it.
    #[test]
    fn a_damaged_file_never_breaks_the_reader(
        which in 0_usize..3,
        cut in any::<prop::sample::Index>(),
        length in 0_usize..40,
        insert in "[\\PC\n\"\\[\\]=]{0,6}",
    ) {
        let text: Vec<char> = [ROUTINE, COMPLAINT, REPLACEMENT][which].chars().collect();
        let from = cut.index(text.len());
        let to = (from + length).min(text.len());
        let damaged: String = text[..from].iter().copied().chain(insert.chars()).chain(text[to..].iter().copied()).collect();
        match Procedure::parse(&damaged) {
            Ok(procedure) => {
                prop_assert_eq!(procedure.source(), damaged.as_str());
                let lines = damaged.lines().count();
                prop_assert!(lint_read(&procedure).iter().all(|lint| (1..=lines).contains(&(lint.line as usize))));
            }
            Err(error) => {
                let line = damaged.split('\n').nth(error.line as usize - 1);
                let columns = line.map(|line| line.chars().count() + 1);
                prop_assert!(columns.is_some_and(|last| (1..=last).contains(&(error.column as usize))), "{}", error);
                prop_assert!(!error.expected.is_empty() && !error.found.is_empty());
            }
        }
    }
}
