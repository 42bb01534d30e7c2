//! How far a run has come, as its page shows it: bars by team and by kecamatan, figures, what stands in the way, and
//! the targets that the address asks for.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rajut_app::{RunBundle, RunView, TargetLine};
use rajut_core::complaint::Complaint;
use rajut_core::register::Site;
use rajut_core::run::{FollowUpStanding, Standing};
use rajut_core::visit::Outcome;
use serde::Deserialize;

use crate::web::{say, show};
use crate::words::Words;

/// What the address says of a target that no team has.
const NO_TEAM: &str = "-";
/// What the address says of targets past their due date.
const OVERDUE: &str = "lewat";

/// Which targets are wanted.
#[derive(Debug, Default, Clone, Deserialize)]
pub struct Wanted {
    /// What has just been done here.
    pub kabar: Option<String>,
    /// Name of the team.
    #[serde(default)]
    pub tim: String,
    /// The kecamatan.
    #[serde(default)]
    pub kecamatan: String,
    /// Code of the standing, or `lewat`.
    #[serde(default)]
    pub keadaan: String,
}

/// A bar: how much of something is done.
pub struct Bar {
    /// Of what.
    pub name: String,
    /// Where its targets are shown.
    pub href: String,
    /// In words.
    pub told: String,
    /// Share that is met, in hundredths.
    pub met: usize,
    /// Share that is excused, in hundredths.
    pub excused: usize,
    /// Share that was attempted or is under way, in hundredths.
    pub tried: usize,
    /// How many are overdue, in words; empty when none is.
    pub overdue: String,
}

impl Bar {
    /// Where the excused ones begin.
    pub fn after_met(&self) -> usize {
        self.met
    }

    /// Where the attempted ones begin.
    pub fn after_excused(&self) -> usize {
        self.met + self.excused
    }
}

/// A number with its name, which may lead somewhere.
pub struct Figure {
    /// Its name.
    pub term: String,
    /// The number.
    pub value: String,
    /// Where it leads; empty for nowhere.
    pub href: String,
}

/// A line of what stands in the way: where, what, how long already.
pub struct Obstacle {
    /// Where.
    pub place: String,
    /// What.
    pub what: String,
    /// More in small letters.
    pub detail: String,
}

/// A choice of a filter.
pub struct Choice {
    /// What the address says.
    pub value: String,
    /// What the page says.
    pub label: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// A target as a row.
pub struct TargetRow {
    /// Code of the site.
    pub code: String,
    /// Name of the site.
    pub site: String,
    /// Kecamatan.
    pub district: String,
    /// Team.
    pub team: String,
    /// Planned day.
    pub planned: String,
    /// Last day.
    pub due: String,
    /// Whether that is past.
    pub overdue: bool,
    /// Where it stands.
    pub standing: String,
    /// The colour of that.
    pub colour: &'static str,
    /// Complaints without a verdict, in words.
    pub complaints: String,
}

/// What stands beside the steps.
pub struct Board {
    /// The run as one bar.
    pub whole: Option<Bar>,
    /// By team.
    pub teams: Vec<Bar>,
    /// By kecamatan.
    pub districts: Vec<Bar>,
    /// Numbers.
    pub figures: Vec<Figure>,
    /// Pace and forecast.
    pub outlook: Vec<String>,
    /// Visits that met nothing, by outcome.
    pub failed: Vec<String>,
    /// Complaints without a verdict.
    pub complaints: Vec<Obstacle>,
    /// Parts that are waited for.
    pub parts: Vec<Obstacle>,
    /// The targets asked for.
    pub targets: Vec<TargetRow>,
    /// How many of how many, where not all are shown.
    pub shown: Option<String>,
    /// Teams to choose from.
    pub of_team: Vec<Choice>,
    /// Kecamatan to choose from.
    pub of_district: Vec<Choice>,
    /// Standings to choose from.
    pub of_standing: Vec<Choice>,
}

/// Everything beside the steps, on a day.
pub fn board(
    words: &Words,
    today: Date,
    bundle: &RunBundle,
    view: &RunView,
    sites: &BTreeMap<rajut_core::id::SiteId, Site>,
    complaints: &[Complaint],
    wanted: &Wanted,
) -> Board {
    let here = format!("/pelaksanaan/{}", view.id);
    let targets = rows(words, today, view, wanted);
    let all = view.targets.len();
    let shown = (targets.len() < all).then(|| {
        say(
            words,
            "web-targets-shown",
            &[("shown", targets.len().into()), ("all", all.into())],
        )
    });
    let lines: Vec<&TargetLine> = view.targets.iter().collect();
    Board {
        whole: (!lines.is_empty())
            .then(|| bar(words, today, words.say("web-progress"), here.clone(), &lines)),
        teams: bars(words, today, &here, "tim", view, team_of),
        districts: bars(words, today, &here, "kecamatan", view, |line| {
            line.district.clone()
        }),
        figures: figures(words, &here, bundle, view),
        outlook: outlook(words, view),
        failed: failed(words, bundle),
        complaints: unanswered(words, bundle, sites, complaints),
        parts: parts(words, bundle, sites),
        shown,
        of_team: choices(view.targets.iter().map(team_of), &wanted.tim, |name| {
            if name == NO_TEAM {
                words.say("web-team-none")
            } else {
                name.to_owned()
            }
        }),
        of_district: choices(
            view.targets.iter().map(|line| line.district.clone()),
            &wanted.kecamatan,
            str::to_owned,
        ),
        of_standing: standings(words, &wanted.keadaan),
        targets,
    }
}

fn team_of(line: &TargetLine) -> String {
    line.team.clone().unwrap_or_else(|| NO_TEAM.to_owned())
}

/// Whether a target is past its last day and not settled.
pub fn overdue(line: &TargetLine, today: Date) -> bool {
    !matches!(line.standing, Standing::Met | Standing::Excused) && line.due_on < today
}

fn bar(words: &Words, today: Date, name: String, href: String, lines: &[&TargetLine]) -> Bar {
    let all = lines.len().max(1);
    let count = |wanted: &[Standing]| {
        lines
            .iter()
            .filter(|line| wanted.contains(&line.standing))
            .count()
    };
    let (met, excused) = (count(&[Standing::Met]), count(&[Standing::Excused]));
    let tried = count(&[Standing::Attempted, Standing::UnderWay]);
    let late = lines.iter().filter(|line| overdue(line, today)).count();
    let args = [("met", met.into()), ("targets", lines.len().into())];
    Bar {
        name,
        href,
        told: say(words, "web-bar-of", &args),
        met: met * 100 / all,
        excused: excused * 100 / all,
        tried: tried * 100 / all,
        overdue: if late > 0 {
            say(words, "web-bar-overdue", &[("count", late.into())])
        } else {
            String::new()
        },
    }
}

/// One bar for each value that the targets have.
fn bars(
    words: &Words,
    today: Date,
    here: &str,
    filter: &str,
    view: &RunView,
    value: impl Fn(&TargetLine) -> String,
) -> Vec<Bar> {
    let mut groups: BTreeMap<String, Vec<&TargetLine>> = BTreeMap::new();
    for line in &view.targets {
        groups.entry(value(line)).or_default().push(line);
    }
    groups
        .into_iter()
        .map(|(value, lines)| {
            let href = format!("{here}?{filter}={}#sasaran", escaped(&value));
            let name = if value == NO_TEAM {
                words.say("web-team-none")
            } else {
                value
            };
            bar(words, today, name, href, &lines)
        })
        .collect()
}

/// A value as an address has it.
pub fn escaped(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'-' | b'_' | b'.' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

fn figures(words: &Words, here: &str, bundle: &RunBundle, view: &RunView) -> Vec<Figure> {
    let totals = &view.totals;
    let missing = bundle
        .follow_ups
        .iter()
        .filter(|it| it.standing == FollowUpStanding::Open && it.part.is_some())
        .count();
    let to = |filter: &str, count: usize| {
        if count > 0 {
            format!("{here}{filter}")
        } else {
            String::new()
        }
    };
    [
        (
            "web-figure-met",
            format!("{} / {}", totals.met, totals.targets),
            String::new(),
        ),
        (
            "web-figure-overdue",
            totals.overdue.to_string(),
            to(&format!("?keadaan={OVERDUE}#sasaran"), totals.overdue),
        ),
        (
            "web-figure-failed",
            totals.failed_visits.to_string(),
            to("#hambatan", totals.failed_visits),
        ),
        (
            "web-figure-complaints",
            totals.complaints_open.to_string(),
            to("#hambatan", totals.complaints_open),
        ),
        ("web-figure-parts", missing.to_string(), to("#hambatan", missing)),
        (
            "web-figure-reports",
            format!("{} / {}", totals.reports_accepted, totals.reports),
            to("/laporan", totals.reports),
        ),
    ]
    .into_iter()
    .map(|(key, value, href)| Figure {
        term: words.say(key),
        value,
        href,
    })
    .collect()
}

/// The pace needed and the day on which it ends, in sentences.
fn outlook(words: &Words, view: &RunView) -> Vec<String> {
    let forecast = &view.forecast;
    if view.standing != "open" || view.totals.targets == 0 {
        return Vec::new();
    }
    let mut sentences = Vec::new();
    if let Some(needed) = forecast.pace_needed {
        let args = [
            ("pace", show::decimal(words, needed).into()),
            ("days", forecast.working_days_left.into()),
        ];
        sentences.push(say(words, "web-pace-needed", &args));
    }
    if let (Some(pace), Some(day)) = (forecast.pace, forecast.ends_on) {
        let args = [
            ("pace", show::decimal(words, pace).into()),
            ("day", show::date(words, day).into()),
        ];
        sentences.push(say(words, "web-pace-now", &args));
    }
    let args = [
        ("planned", show::hours(words, forecast.planned_minutes).into()),
        ("forecast", show::hours(words, forecast.forecast_minutes).into()),
    ];
    sentences.push(say(words, "web-minutes-planned", &args));
    sentences
}

/// The word for how a visit ended.
pub fn outcome(words: &Words, outcome: Outcome) -> String {
    words.say(&format!("outcome-{}", outcome.code().replace('_', "-")))
}

/// "terkunci: 3", for every way in which visits met nothing.
fn failed(words: &Words, bundle: &RunBundle) -> Vec<String> {
    let accepted: std::collections::BTreeSet<_> = bundle
        .targets
        .iter()
        .flat_map(|target| target.visits.iter().filter(|it| it.accepted).map(|it| it.visit))
        .collect();
    let mut counts: BTreeMap<Outcome, usize> = BTreeMap::new();
    for visit in bundle.visits.iter().filter(|visit| !accepted.contains(&visit.id)) {
        if let Some(outcome) = visit.outcome.filter(|outcome| *outcome != Outcome::Complete) {
            *counts.entry(outcome).or_default() += 1;
        }
    }
    counts
        .into_iter()
        .map(|(how, count)| format!("{}: {count}", outcome(words, how)))
        .collect()
}

fn unanswered(
    words: &Words,
    bundle: &RunBundle,
    sites: &BTreeMap<rajut_core::id::SiteId, Site>,
    complaints: &[Complaint],
) -> Vec<Obstacle> {
    let open: std::collections::BTreeSet<_> = bundle
        .targets
        .iter()
        .flat_map(rajut_core::run::Target::unanswered)
        .collect();
    complaints
        .iter()
        .filter(|complaint| open.contains(&complaint.id))
        .map(|complaint| Obstacle {
            place: sites
                .get(&complaint.site)
                .map(|site| site.name.clone())
                .unwrap_or_default(),
            what: show::coded(words, "symptom", complaint.symptom.code()),
            detail: complaint.number.clone(),
        })
        .collect()
}

fn parts(words: &Words, bundle: &RunBundle, sites: &BTreeMap<rajut_core::id::SiteId, Site>) -> Vec<Obstacle> {
    let mut waiting: Vec<_> = bundle
        .follow_ups
        .iter()
        .filter(|it| it.standing == FollowUpStanding::Open)
        .filter_map(|it| Some((it, it.part.as_ref()?)))
        .collect();
    waiting.sort_by_key(|(it, _)| (it.due_on, it.id));
    waiting
        .into_iter()
        .map(|(it, part)| Obstacle {
            place: sites
                .get(&it.site)
                .map(|site| site.name.clone())
                .unwrap_or_default(),
            what: format!("{} × {}", part.quantity, part.name),
            detail: say(
                words,
                "web-until",
                &[("what", show::day_and_month(words, it.due_on).into())],
            ),
        })
        .collect()
}

fn choices(
    values: impl Iterator<Item = String>,
    chosen: &str,
    label: impl Fn(&str) -> String,
) -> Vec<Choice> {
    values
        .collect::<std::collections::BTreeSet<_>>()
        .into_iter()
        .map(|value| Choice {
            label: label(&value),
            chosen: value == chosen,
            value,
        })
        .collect()
}

/// The standings by their codes in an address.
const STANDINGS: [(&str, Standing); 5] = [
    ("rencana", Standing::Planned),
    ("dikunjungi", Standing::UnderWay),
    ("gagal", Standing::Attempted),
    ("terpenuhi", Standing::Met),
    ("dikecualikan", Standing::Excused),
];

fn standings(words: &Words, chosen: &str) -> Vec<Choice> {
    let named = STANDINGS.map(|(code, standing)| (code, words.say(target_standing(standing).0)));
    named
        .into_iter()
        .chain([(OVERDUE, words.say("web-figure-overdue"))])
        .map(|(code, label)| Choice {
            value: code.to_owned(),
            label,
            chosen: code == chosen,
        })
        .collect()
}

fn rows(words: &Words, today: Date, view: &RunView, wanted: &Wanted) -> Vec<TargetRow> {
    let is = |wanted: &str, value: &str| wanted.is_empty() || wanted == value;
    let stands = |line: &TargetLine| match wanted.keadaan.as_str() {
        "" => true,
        OVERDUE => overdue(line, today),
        code => STANDINGS.contains(&(code, line.standing)),
    };
    view.targets
        .iter()
        .filter(|line| is(&wanted.tim, &team_of(line)) && is(&wanted.kecamatan, &line.district))
        .filter(|line| stands(line))
        .map(|line| {
            let (standing, colour) = target_standing(line.standing);
            TargetRow {
                code: line.site_code.clone(),
                site: line.site.clone(),
                district: line.district.clone(),
                team: line.team.clone().unwrap_or_default(),
                planned: line
                    .planned_on
                    .map(|day| show::day_and_month(words, day))
                    .unwrap_or_default(),
                due: show::day_and_month(words, line.due_on),
                overdue: overdue(line, today),
                standing: words.say(standing),
                colour,
                complaints: if line.complaints_open > 0 {
                    format!("{} {}", line.complaints_open, words.say("web-complaints-short"))
                } else {
                    String::new()
                },
            }
        })
        .collect()
}

/// Key of the word and colour of where a target stands.
pub fn target_standing(standing: Standing) -> (&'static str, &'static str) {
    match standing {
        Standing::Planned => ("web-target-planned", "secondary"),
        Standing::UnderWay => ("web-target-under-way", "blue"),
        Standing::Attempted => ("web-target-attempted", "yellow"),
        Standing::Met => ("web-target-met", "green"),
        Standing::Excused => ("web-target-excused", "secondary"),
    }
}
