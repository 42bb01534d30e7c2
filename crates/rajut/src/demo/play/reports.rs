//! Step 5: reports of the week, their acceptance, and the end of the run.

use jiff::SignedDuration;
use jiff::civil::Date;
use rajut_app::{AppError, Who};
use rajut_core::clock::Clock as _;
use rajut_core::flow::Command;
use rajut_core::visit::Visit;

use super::Stage;

impl Stage<'_> {
    /// Friday afternoon: each team records its return and reports on its week.
    pub(super) async fn report(
        &self,
        from: Date,
        until: Date,
    ) -> Result<Vec<rajut_core::id::ReportId>, AppError> {
        let bundle = self.app.bundle(self.run).await?;
        let zone = self.context.agency.zone;
        let mut submitted = Vec::new();
        for team in self.teams.values() {
            let in_week = |visit: &&Visit| {
                visit.team == Some(team.id)
                    && visit.check_out.is_some()
                    && visit.check_in.as_ref().is_some_and(|stamp| {
                        let day = zone.date(stamp.at);
                        from <= day && day <= until
                    })
            };
            let visited = bundle.visits.iter().filter(in_week).count();
            if visited == 0 {
                continue;
            }
            let leader = Who::person(team.leader);
            let report = self.app.report_of(self.run, team.id, from, until).await?;
            let (run, team) = (self.run, team.id);
            let back = Command::RecordReturn {
                report,
                run,
                team,
                from,
                until,
            };
            self.app.act(leader, self.moment(until, 15, 56), &back).await?;
            let command = Command::SubmitReport {
                report,
                run,
                team,
                from,
                until,
                results: format!("{visited} kunjungan dilaksanakan sesuai daftar periksa"),
                conclusions: "Jaringan berfungsi; tindak lanjut tercatat".to_owned(),
            };
            self.app.act(leader, self.moment(until, 16, 10), &command).await?;
            submitted.push(report);
        }
        Ok(submitted)
    }

    /// The Kasi accepts reports; one is returned first and submitted anew.
    pub(super) async fn accept(
        &self,
        day: Date,
        waiting: Vec<rajut_core::id::ReportId>,
        strict: bool,
    ) -> Result<(), AppError> {
        let kasi = self.holder("kasi-telematika", day)?;
        let clerk = self.holder("pengadministrasi", day)?;
        let last_day = day == self.quarter.until;
        for (index, report) in waiting.into_iter().enumerate() {
            let (hour, minute) = if last_day { (16, 20) } else { (8, 5) };
            if strict && index == 0 {
                let note = "lengkapi kesimpulan".to_owned();
                let command = Command::ReturnReport { report, note };
                self.app
                    .act(kasi, self.moment(day, hour, minute), &command)
                    .await?;
                let known: rajut_core::run::Report = self.app.find(report.0).await?;
                let rajut_core::run::Batch::Team { team, from, until } = known.batch else {
                    continue;
                };
                let Some(team) = self.teams.get(&team) else {
                    continue;
                };
                let command = Command::SubmitReport {
                    report,
                    run: self.run,
                    team: team.id,
                    from,
                    until,
                    results: "kunjungan dilaksanakan sesuai daftar periksa".to_owned(),
                    conclusions: "Jaringan berfungsi; kesimpulan dilengkapi".to_owned(),
                };
                self.app
                    .act(
                        Who::person(team.leader),
                        self.moment(day, hour, minute + 15),
                        &command,
                    )
                    .await?;
            }
            let command = Command::AcceptReport {
                report,
                note: "diterima".to_owned(),
            };
            self.app
                .act(kasi, self.moment(day, hour, minute + 20), &command)
                .await?;
            if self.quarter.whole {
                self.app
                    .issue_report(clerk, self.moment(day, hour, minute + 25), report)
                    .await?;
            }
        }
        Ok(())
    }

    /// The end: what is left is excused or carried, the final report gathers, the Kasi closes.
    pub(super) async fn close(&mut self) -> Result<(), AppError> {
        self.progress(92, "final report, closing");
        let until = self.quarter.until;
        let kasi = self.holder("kasi-telematika", until)?;
        let bundle = self.app.bundle(self.run).await?;
        for target in &bundle.targets {
            if !target.settled() {
                let reason = "tidak dapat dikunjungi sampai akhir masa surat perintah".to_owned();
                let command = Command::ExcuseTarget {
                    target: target.id,
                    reason,
                };
                self.app.act(kasi, self.moment(until, 16, 41), &command).await?;
            }
            for complaint in target.unanswered() {
                let reason = "masuk setelah kunjungan terakhir".to_owned();
                let command = Command::CarryComplaint {
                    target: target.id,
                    complaint,
                    reason,
                };
                self.app.act(kasi, self.moment(until, 16, 42), &command).await?;
            }
        }
        let view = self.app.run_view(self.run, self.clock.now()).await?;
        for late in &view.late {
            let Some(step) = late.step.clone() else { continue };
            let command = Command::ExplainLateness {
                run: self.run,
                step,
                place: late.place.id,
                cause: "perangkat_banyak".to_owned(),
                note: "jumlah perangkat melebihi waktu baku".to_owned(),
            };
            self.app.act(kasi, self.moment(until, 16, 44), &command).await?;
        }
        let report = self.app.ids().fresh();
        let command = Command::SubmitFinalReport {
            report,
            run: self.run,
            results: "Seluruh sasaran telah dikunjungi atau dikecualikan dengan alasan".to_owned(),
            conclusions: "Tindak lanjut dan pengaduan yang belum selesai diteruskan".to_owned(),
        };
        self.app.act(kasi, self.moment(until, 16, 50), &command).await?;
        let clerk = self.holder("pengadministrasi", until)?;
        self.app
            .issue_report(clerk, self.moment(until, 16, 52), report)
            .await?;
        let instruction = "Diarsipkan; tindak lanjut dipantau sampai selesai".to_owned();
        let command = Command::CloseRun {
            run: self.run,
            instruction,
        };
        self.app.act(kasi, self.moment(until, 16, 55), &command).await?;
        self.clock.set(
            self.at(until, 17, 0)
                .saturating_add(SignedDuration::from_mins(5))
                .unwrap_or(self.clock.now()),
        );
        if self.quarter.whole {
            for _ in 0..3 {
                self.look().await?;
            }
        }
        Ok(())
    }
}
