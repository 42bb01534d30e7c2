//! The program is killed at random moments, 200 times on SQLite and 50 on PostgreSQL: no act that it told of is lost,
//! none is half done, and the journal holds. And what it tells was first asked of the disk.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, Stdio};

use rajut_core::journal::Hash;
use serde_json::{Value, json};

use crate::procedure::order_with_teams;
use crate::stage::{Stage, text};

/// Entries of a queue: more than are ever told before the end.
const QUEUE: usize = 40;
/// Records of one act: it moves two targets.
const RECORDS: usize = 2;

/// What a round does: it tries again and again to move two sites to other days.
struct Mover {
    run: Value,
    team: Value,
    targets: Vec<Value>,
}

impl Mover {
    /// An order for two sites, disposed, with its team.
    fn of(stage: &Stage) -> Self {
        let run = order_with_teams(stage)["id"].clone();
        let listed = |noun: &str| stage.done(&[noun, "list", "latest", "--format", "json"]).json();
        let (teams, targets) = (listed("team"), listed("target"));
        Self {
            run,
            team: teams[0]["id"].clone(),
            targets: targets
                .as_array()
                .unwrap()
                .iter()
                .map(|it| it["id"].clone())
                .collect(),
        }
    }

    fn entry(&self, round: usize, place: usize) -> Value {
        let day = format!("2026-02-{:02}", 3 + (round + place) % 20);
        let moved: Vec<Value> = self
            .targets
            .iter()
            .map(|target| {
                json!({"target": target, "team": self.team, "planned_on": day, "due_on": "2026-02-27"})
            })
            .collect();
        assert_eq!(moved.len(), RECORDS);
        json!({
            "key": format!("019c1d00-0000-7000-8000-{:012}", round * QUEUE + place),
            "at": "2026-02-02T03:00:00Z",
            "command": {"plan_targets": {"run": self.run, "plan": moved, "reason": "hari dipindah"}},
        })
    }
}

/// Between none and 6, and every round another one: how many acts are told before the end.
fn told_before_the_end(round: usize) -> usize {
    usize::from(Hash::of(&round.to_be_bytes()).bytes()[0]) % 7
}

/// Lets the program work through a queue and kills it, again and again; gives the keys of the acts that it told of.
fn kill(stage: &Stage, mover: &Mover, rounds: usize) -> Vec<String> {
    let mut told = Vec::new();
    let mut killed = 0;
    for round in 0..rounds {
        let queue: Vec<String> = (0..QUEUE)
            .map(|place| mover.entry(round, place).to_string())
            .collect();
        let file = stage.write("antrean.jsonl", queue.join("\n"));
        let mut program = stage
            .command(&["act", &file, "--as", "kasi-telematika", "--format", "json"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(program.stdout.take().unwrap()).lines();
        // A line that was cut off in its middle tells of nothing.
        let mut kept = lines.map_while(Result::ok).filter_map(|line| {
            let line: Value = serde_json::from_str(&line).ok()?;
            assert_eq!(line["outcome"], "done", "{line}");
            line["key"].as_str().map(str::to_owned)
        });
        for _ in 0..told_before_the_end(round) {
            told.push(kept.next().expect("the queue is longer than what is waited for"));
        }
        program.kill().unwrap();
        killed += usize::from(program.wait().unwrap().signal().is_some());
        told.extend(kept);
    }
    assert!(
        killed * 10 > rounds * 9,
        "only {killed} of {rounds} were killed at work"
    );
    told
}

/// All that was told is there as a whole, and so is everything else.
fn whole(stage: &Stage, told: &[String]) {
    assert!(told.len() > 50, "{} acts were told of", told.len());
    let mut records: BTreeMap<String, usize> = BTreeMap::new();
    let mut after = 0;
    loop {
        let page = stage
            .done(&[
                "journal",
                "show",
                "--after",
                &after.to_string(),
                "--limit",
                "500",
                "--format",
                "json",
            ])
            .json();
        let page = page.as_array().unwrap();
        for record in page.iter().filter(|record| record["act"] == "target.plan") {
            *records
                .entry(record["act_key"].as_str().unwrap().to_owned())
                .or_default() += 1;
        }
        after += i64::try_from(page.len()).unwrap();
        if page.len() < 500 {
            break;
        }
    }
    for key in told {
        assert_eq!(records.get(key), Some(&RECORDS), "{key}");
    }
    let half: Vec<_> = records.iter().filter(|(_, many)| **many != RECORDS).collect();
    assert!(half.is_empty(), "{half:?}");
    stage.done(&["journal", "verify", "--deep"]);
}

#[test]
fn two_hundred_kills_on_sqlite_lose_nothing() {
    let stage = Stage::set_up();
    let mover = Mover::of(&stage);
    let told = kill(&stage, &mover, 200);
    whole(&stage, &told);
}

#[test]
fn fifty_kills_on_postgresql_lose_nothing() {
    let here = Stage::set_up();
    let mover = Mover::of(&here);
    let there = here.moved_to_postgresql();
    let told = kill(&there, &mover, 50);
    whole(&there, &told);
}

/// The place of the first line that all of `words` stand in.
fn line(trace: &str, words: &[&str]) -> usize {
    trace
        .lines()
        .position(|line| words.iter().all(|word| line.contains(word)))
        .unwrap_or_else(|| panic!("{words:?} in:\n{trace}"))
}

#[test]
fn the_disk_is_asked_to_keep_an_act_before_it_is_told() {
    let stage = Stage::set_up();
    let mover = Mover::of(&stage);
    let file = stage.write("antrean.jsonl", mover.entry(0, 0).to_string());
    let (trace, traced) = (stage.path("trace.txt"), stage.command(&[]));
    let mut strace = Command::new("strace");
    strace
        .args(["-f", "-y", "-e", "trace=write,pwrite64,fsync,fdatasync", "-o"])
        .arg(&trace)
        .arg(traced.get_program())
        .args(["act", &file, "--as", "kasi-telematika", "--format", "json"]);
    for (name, value) in traced.get_envs() {
        match value {
            Some(value) => strace.env(name, value),
            None => strace.env_remove(name),
        };
    }
    let ended = strace.output().unwrap();
    assert!(ended.status.success(), "{ended:?}");
    let trace = std::fs::read_to_string(text(&trace)).unwrap();
    let trace = rajut_app::store::testkit::whole_calls(&trace).join("\n");
    let told = line(&trace, &["write(1<", "target.plan"]);
    let before: Vec<&str> = trace.lines().take(told).collect();
    let last = |words: &[&str]| {
        before
            .iter()
            .rposition(|line| words.iter().all(|word| line.contains(word)))
            .unwrap_or_else(|| panic!("{words:?} before the act was told:\n{trace}"))
    };
    let written = last(&["pwrite64(", "rajut.db-wal>"]);
    let kept = last(&["sync(", "rajut.db-wal>", ") = 0"]);
    assert!(
        written < kept,
        "the log was written after the disk was last asked to keep it:\n{trace}"
    );
}
