//! The complaints of a year: they come in on working days, go the way of their procedure, and some are still open at
//! the end.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use rajut_app::{AppError, Key, NewComplaint, Registered, Who};
use rajut_core::act::Actor;
use rajut_core::complaint::{Channel, Priority, Symptom};
use rajut_core::flow::{Command, Place};
use rajut_core::id::{ComplaintId, RunId};
use rajut_core::procedure::{ExitCode, FieldKind, Step, StepKind};
use rajut_core::register::Site;
use rajut_core::run::Run;

use super::Stage;

/// What people say, and how the desk sorts it.
const TOLD: &[(Symptom, Channel, &str, &str, Priority)] = &[
    (
        Symptom::Slow,
        Channel::Message,
        "Aplikasi kepegawaian lambat dibuka sejak pagi",
        "intranet",
        Priority::P3,
    ),
    (
        Symptom::Wireless,
        Channel::Phone,
        "Wi-Fi ruang pelayanan sering putus",
        "wifi",
        Priority::P3,
    ),
    (
        Symptom::Down,
        Channel::Phone,
        "Tidak ada koneksi sama sekali, pelayanan berhenti",
        "internet",
        Priority::P1,
    ),
    (
        Symptom::Flapping,
        Channel::Message,
        "Koneksi hilang timbul setiap hujan",
        "internet",
        Priority::P2,
    ),
    (
        Symptom::Damage,
        Channel::InPerson,
        "Lampu switch mati setelah listrik padam",
        "perangkat",
        Priority::P2,
    ),
    (
        Symptom::Application,
        Channel::Web,
        "Absensi elektronik tidak terkirim",
        "aplikasi",
        Priority::P3,
    ),
    (
        Symptom::Request,
        Channel::Letter,
        "Permohonan tambahan titik jaringan di ruang rapat",
        "lain",
        Priority::P4,
    ),
    (
        Symptom::Other,
        Channel::Email,
        "Telepon IP tidak berdering",
        "perangkat",
        Priority::P4,
    ),
];

/// How a complaint will go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Solved from the desk.
    Remote,
    /// Solved at the site, by this exit of the repair.
    OnSite(&'static str),
    /// It waits for the provider.
    Escalated,
    /// Not the agency's to solve.
    NotOurs,
    /// It must first be completed by the reporter.
    Incomplete,
    /// The reporter does not find it solved at first.
    Reopened,
    /// The reporter does not answer.
    Silent,
}

/// A complaint under way.
#[derive(Debug, Clone)]
pub(super) struct Case {
    /// What chance knows it by.
    name: String,
    run: RunId,
    complaint: ComplaintId,
    way: Way,
    category: &'static str,
    priority: Priority,
    /// Nothing is done for it before this day.
    rests_until: Date,
}

impl Stage<'_> {
    /// What comes in on a morning, and what is done that day for what came in before.
    pub(super) async fn desk(&mut self, day: Date) -> Result<(), AppError> {
        let Some(mut cases) = self.cases.take() else {
            return Ok(());
        };
        let mut at = self.at(day, 7, 35);
        self.clock.set(at);
        for n in 0..self.arrivals(day) {
            at = self.tick(at);
            let case = self.tell(day, n, at).await?;
            cases.push(case);
        }
        let mut open = Vec::with_capacity(cases.len());
        for mut case in cases {
            if case.rests_until > day || self.work_on(&mut case, day, &mut at).await? {
                open.push(case);
            }
        }
        self.cases = Some(open);
        Ok(())
    }

    /// The desk takes over what the teams have found.
    pub(super) fn adopt(&mut self, day: Date, team: &str, opened: Vec<Registered>) {
        let Some(cases) = &mut self.cases else { return };
        cases.extend(opened.into_iter().enumerate().map(|(n, told)| Case {
            name: format!("{day} {team} {n}"),
            run: told.run,
            complaint: told.complaint,
            way: Way::Remote,
            category: "perangkat",
            priority: Priority::P3,
            rests_until: later(day, 1),
        }));
    }

    /// Between none and three complaints a day, the more the longer nobody looked: about 320 in a year.
    fn arrivals(&self, day: Date) -> usize {
        match self.chance("arrivals", day, 0) {
            0..200 => 0,
            200..550 => 1,
            550..850 => 2,
            _ => 3,
        }
    }

    /// A few seconds later: the desk works through its morning.
    fn tick(&self, at: Timestamp) -> Timestamp {
        let next = at.saturating_add(SignedDuration::from_secs(4)).unwrap_or(at);
        self.clock.set(next);
        next
    }

    async fn tell(&self, day: Date, n: usize, at: Timestamp) -> Result<Case, AppError> {
        let served: Vec<&Site> = self
            .regency
            .sites
            .iter()
            .filter(|site| site.parent.is_some())
            .collect();
        let draw = |what: &str| usize::try_from(self.chance(what, day, n)).unwrap_or(0);
        // A few places complain much more than others.
        let place = if draw("weak") < 250 {
            draw("which") % 7
        } else {
            draw("which") % served.len()
        };
        let site = served[place];
        let (symptom, channel, text, category, priority) = TOLD[draw("told") % TOLD.len()];
        let new = NewComplaint {
            channel,
            happened_at: at.checked_sub(SignedDuration::from_mins(20)).ok(),
            office: site.offices.first().copied(),
            site: site.id,
            reporter: format!("Contoh Pelapor {}", draw("reporter")),
            contact: Some(format!("0800-001-{:04}", draw("contact"))),
            post: "Staf".to_owned(),
            symptom,
            text: text.to_owned(),
            users_affected: u32::try_from(1 + draw("users") % 40).ok(),
            services: std::collections::BTreeSet::new(),
        };
        let officer = self.holder("petugas-layanan-1", day)?;
        let told = self.app.register_complaint(officer, Key::at(at), new).await?;
        let way = match draw("way") {
            0..420 => Way::Remote,
            420..600 => Way::OnSite("konfigurasi"),
            600..660 => Way::OnSite("pointing"),
            660..760 => Way::OnSite("kabel"),
            760..830 => Way::Escalated,
            830..880 => Way::NotOurs,
            880..920 => Way::Incomplete,
            920..955 => Way::Reopened,
            _ => Way::Silent,
        };
        Ok(Case {
            name: format!("{day} {n}"),
            run: told.run,
            complaint: told.complaint,
            way,
            category,
            priority,
            rests_until: day,
        })
    }

    /// Works on a complaint until it has to wait; whether it is still open.
    async fn work_on(&self, case: &mut Case, day: Date, at: &mut Timestamp) -> Result<bool, AppError> {
        loop {
            let run: Run = self.app.find(case.run.0).await?;
            let Some(open) = run.progress.open.first().filter(|_| run.end.is_none()) else {
                return Ok(false);
            };
            let procedure = &self.context.procedures[&run.procedure];
            let Some(step) = procedure.step(&open.step) else {
                return Ok(false);
            };
            *at = self.tick(*at);
            if case.way == Way::Silent && step.kind == StepKind::Confirm {
                // The timer of the step answers once its day is over.
                let proceed = Command::Proceed { run: run.id };
                self.app.act(Who::system(), Key::at(*at), &proceed).await?;
                let after: Run = self.app.find(run.id.0).await?;
                if after.progress.is_open(&step.id) {
                    case.rests_until = later(day, 1);
                    return Ok(true);
                }
                continue;
            }
            if self.waits(case, &run, step, day, *at).await? {
                return Ok(true);
            }
            self.finish_step(case, &run, step, open.round, *at).await?;
            // What needs a way to the site is done on another day.
            if matches!(
                step.id.as_str(),
                "jarak-jauh" | "penugasan" | "perbaikan" | "pengujian"
            ) {
                let days =
                    1 + self.chance("travel", &case.name, usize::try_from(open.round).unwrap_or(0)) / 500;
                case.rests_until = later(day, i32::try_from(days).unwrap_or(1));
                return Ok(true);
            }
        }
    }

    /// Whether the clock of the complaint stands still today; it is stopped and set going as the way asks.
    async fn waits(
        &self,
        case: &mut Case,
        run: &Run,
        step: &Step,
        day: Date,
        at: Timestamp,
    ) -> Result<bool, AppError> {
        let officer = self.holder("petugas-layanan-1", day)?;
        if step.id.as_str() != "eskalasi" {
            return Ok(false);
        }
        if run.progress.pause.is_some() {
            self.app
                .act(officer, Key::at(at), &Command::ResumeRun { run: run.id })
                .await?;
            return Ok(false);
        }
        let stood = run
            .progress
            .paused
            .iter()
            .any(|pause| pause.reason.as_str() == "penyedia");
        if stood {
            return Ok(false);
        }
        let Some(reason) = step.pauses.iter().find(|pause| pause.code.as_str() == "penyedia") else {
            return Ok(false);
        };
        let pause = Command::PauseRun {
            run: run.id,
            reason: reason.code.clone(),
        };
        self.app.act(officer, Key::at(at), &pause).await?;
        let days = 2 + self.chance("provider", &case.name, 0) / 120;
        case.rests_until = later(day, i32::try_from(days).unwrap_or(2));
        Ok(true)
    }

    async fn finish_step(
        &self,
        case: &Case,
        run: &Run,
        step: &Step,
        round: u32,
        at: Timestamp,
    ) -> Result<(), AppError> {
        let day = self.context.agency.zone.date(at);
        let officer = self.holder("petugas-layanan-1", day)?;
        if step.id.as_str() == "pemilahan" {
            let classify = Command::ClassifyComplaint {
                complaint: case.complaint,
                category: case.category.to_owned(),
                priority: case.priority,
                duplicate_of: None,
            };
            self.app.act(officer, Key::at(at), &classify).await?;
        }
        let technician = self.technician(case, day)?;
        let who = match step.from.first().map(rajut_core::procedure::LaneId::as_str) {
            Some("teknisi") => technician,
            Some("kasi") => self.holder("kasi-telematika", day)?,
            // What a reporter says is keyed in by the officer.
            Some("pelapor") => Who {
                done_by: Actor::Outsider,
                entered_by: officer.entered_by,
                scan: None,
            },
            _ => officer,
        };
        let mut values = BTreeMap::new();
        for field in &step.fields {
            if let Some(value) = self.value(case, field.kind, &field.id, technician) {
                let known = field.choices.is_empty() || field.choices.iter().any(|it| it.code == value);
                let first = || field.choices.first().map(|it| it.code.clone());
                values.extend(
                    Some(value)
                        .filter(|_| known)
                        .or_else(first)
                        .map(|value| (field.id.clone(), value)),
                );
            }
        }
        let (place, exit) = (Place::Run(run.id), exit(case, step, round));
        self.app
            .complete_step(who, Key::at(at), place, step.id.clone(), exit, values)
            .await?;
        Ok(())
    }

    /// The technicians take turns.
    fn technician(&self, case: &Case, day: Date) -> Result<Who, AppError> {
        let turn = 1 + self.chance("technician", &case.name, 0) % 9;
        self.holder(&format!("teknisi-{turn}"), day)
    }

    fn value(&self, case: &Case, kind: FieldKind, id: &str, technician: Who) -> Option<String> {
        Some(match (kind, id) {
            (FieldKind::Choice, "kategori") => case.category.to_owned(),
            (FieldKind::Choice, "prioritas") => case.priority.code().to_owned(),
            (FieldKind::Choice, _) => "penyedia".to_owned(),
            (FieldKind::Person, _) => technician.done_by.person()?.to_string(),
            (FieldKind::Name, _) => "Contoh Pelapor".to_owned(),
            (FieldKind::Text, "sebelum") => "loss 35 %".to_owned(),
            (FieldKind::Text, "sesudah") => "loss 0 %, 4 ms".to_owned(),
            (FieldKind::Text, "tiket_penyedia") => format!("CTH-{:04}", self.chance("ticket", &case.name, 0)),
            (FieldKind::Number, _) => "1".to_owned(),
            (FieldKind::Text, "surat_tugas" | "nomor") | (FieldKind::Date | FieldKind::Money, _) => {
                return None;
            }
            (FieldKind::Text, _) => "diperiksa dan dicatat".to_owned(),
        })
    }
}

/// By which exit a step is left, as the way of the complaint asks.
fn exit(case: &Case, step: &Step, round: u32) -> Option<ExitCode> {
    let wanted = match (step.id.as_str(), case.way) {
        ("kelengkapan", Way::Incomplete) | ("konfirmasi", Way::Reopened) if round == 1 => "tidak",
        ("kewenangan", Way::NotOurs)
        | ("jarak-jauh", Way::OnSite(_) | Way::Escalated)
        | ("perbaikan", Way::Escalated) => "tidak",
        ("perbaikan", Way::OnSite(how)) => how,
        ("perbaikan", _) => "konfigurasi",
        _ => "ya",
    };
    let exits = step.exits();
    exits
        .iter()
        .find(|exit| exit.code.as_str() == wanted)
        .or(exits.first())
        .map(|exit| exit.code.clone())
}

fn later(day: Date, days: i32) -> Date {
    day.saturating_add(jiff::Span::new().days(days))
}
