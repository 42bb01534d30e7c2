//! A run that has gone further: passed down, with a team, with visits, with a report that waits.

use std::collections::BTreeSet;

use rajut_app::{Key, Who};
use rajut_core::flow::{CheckIn, CheckOut, Command, PlannedTarget};
use rajut_core::id::{ReportId, SiteId, TeamId, VisitId};
use rajut_core::run::{BatchRule, Member, Run, Team, Urgency};
use rajut_core::visit::Outcome;

use super::world::World;

impl World {
    /// Does a command as somebody.
    pub async fn act(&self, name: &str, command: Command) {
        let who = Who::person(self.people[name]);
        self.app.act(who, Key::default(), &command).await.unwrap();
    }

    /// The order of the run is issued, with more sites if wanted, and passed down to the Kasi.
    pub async fn disposed(&self, more: Vec<SiteId>) {
        let run: Run = self.app.find(self.run.0).await.unwrap();
        let mut draft = run.order.unwrap().draft;
        if !more.is_empty() {
            draft.scope.extend(more);
            let revised = Command::DraftOrder {
                run: self.run,
                procedure: run.procedure,
                title: run.title,
                draft,
                previous: None,
            };
            self.act("kasi", revised).await;
            self.act("kasi", Command::SubmitOrder { run: self.run }).await;
        }
        let head = Who::person(self.people["kepala"]);
        self.app
            .issue_order(head, Key::default(), self.run)
            .await
            .unwrap();
        let down = Command::Dispose {
            run: self.run,
            to: self.kasi_post,
            instruction: "Laksanakan".to_owned(),
            urgency: Urgency::Ordinary,
            deadline: None,
        };
        self.act("kabid", down).await;
    }

    /// One team goes to every site, and a visit ends at each as told, in the order of the sites' codes.
    pub async fn visited(&self, outcomes: &[Outcome]) -> TeamId {
        self.disposed(Vec::new()).await;
        let bundle = self.app.bundle(self.run).await.unwrap();
        let (team, leader) = (self.app.ids().fresh::<TeamId>(), self.people["teknisi"]);
        let today = bundle.run.order.as_ref().unwrap().draft.valid_from;
        let form = Command::FormTeams {
            run: self.run,
            teams: vec![Team {
                id: team,
                name: "Tim 1".to_owned(),
                leader,
                members: vec![Member {
                    person: leader,
                    from: today,
                    until: None,
                }],
                vehicle: String::new(),
                batch: BatchRule::Day,
            }],
            plan: bundle
                .targets
                .iter()
                .map(|target| PlannedTarget {
                    target: target.id,
                    team,
                    planned_on: Some(today),
                    due_on: target.due_on,
                })
                .collect(),
            reason: String::new(),
        };
        self.act("kasi", form).await;
        let sites = self.app.sites().await.unwrap();
        let mut targets = bundle.targets.clone();
        targets.sort_by_key(|target| sites[&target.site].code.clone());
        for (target, outcome) in targets.iter().zip(outcomes) {
            let visit = self.app.ids().fresh::<VisitId>();
            let arrive = CheckIn {
                visit,
                site: target.site,
                run: self.run,
                team: Some(team),
                targets: BTreeSet::from([target.id]),
                present: BTreeSet::from([leader]),
                at: self.app.now(),
                clock_off_ms: None,
                place: None,
            };
            self.act("teknisi", Command::CheckIn(arrive)).await;
            let leave = CheckOut {
                visit,
                outcome: *outcome,
                met: None,
                personal: Vec::new(),
                note: String::new(),
                at: self.app.now(),
            };
            self.act("teknisi", Command::CheckOut(leave)).await;
        }
        team
    }

    /// The same, and the team has handed in its report.
    pub async fn reported(&self, outcomes: &[Outcome]) -> ReportId {
        let team = self.visited(outcomes).await;
        let report = self.app.ids().fresh::<ReportId>();
        let context = self.app.context().await.unwrap();
        let day = context.agency.zone.date(self.app.now());
        let submit = Command::SubmitReport {
            report,
            run: self.run,
            team,
            from: day,
            until: day,
            results: "semua diperiksa".to_owned(),
            conclusions: String::new(),
        };
        self.act("teknisi", submit).await;
        report
    }
}
