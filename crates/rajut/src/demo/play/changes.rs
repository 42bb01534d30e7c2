//! What changes under way: somebody falls ill, a team is split.

use std::collections::BTreeSet;

use jiff::civil::Date;
use rajut_app::AppError;
use rajut_core::flow::{Command, PlannedTarget};
use rajut_core::id::{PersonId, TeamId};
use rajut_core::people::Leave;
use rajut_core::run::{BatchRule, Member, Team};

use super::Stage;

impl Stage<'_> {
    /// One of a team falls ill for a week: leave is entered and somebody else takes the place.
    pub(super) async fn sickness(&mut self, day: Date) -> Result<(), AppError> {
        let sick = self.context.holder("teknisi-2", day)?.id;
        let healthy = self.context.holder("teknisi-9", day)?.id;
        let until = day.saturating_add(jiff::Span::new().days(4));
        let clerk = self.holder("pengadministrasi", day)?;
        self.moment(day, 7, 35);
        let leave = Leave {
            person: sick,
            from: day,
            until,
            reason: "sakit".to_owned(),
        };
        self.app.enter_leave(clerk, leave).await?;
        let back = until.saturating_add(jiff::Span::new().days(1));
        self.change("Tim 1", day, "sakit", |team| {
            for member in &mut team.members {
                if member.person == sick {
                    member.until = day.yesterday().ok();
                }
            }
            team.members.push(Member {
                person: healthy,
                from: day,
                until: Some(until),
            });
            team.members.push(Member {
                person: sick,
                from: back,
                until: None,
            });
        })
        .await?;
        self.context = self.app.context().await?;
        Ok(())
    }

    /// A team of four becomes two teams of two, and its remaining sites are shared.
    pub(super) async fn split(&mut self, day: Date, plan: &mut [PlannedTarget]) -> Result<(), AppError> {
        let moved: BTreeSet<PersonId> = ["teknisi-5", "teknisi-8"]
            .iter()
            .map(|post| self.context.holder(post, day).map(|person| person.id))
            .collect::<Result<_, _>>()?;
        let old = self
            .change("Tim 2", day, "dibagi dua agar lebih cepat", |team| {
                for member in &mut team.members {
                    if moved.contains(&member.person) {
                        member.until = day.yesterday().ok();
                    }
                }
            })
            .await?;
        let members: Vec<Member> = moved
            .iter()
            .map(|person| Member {
                person: *person,
                from: day,
                until: None,
            })
            .collect();
        let team = Team {
            id: self.app.ids().fresh(),
            name: "Tim 4".to_owned(),
            leader: members[0].person,
            members,
            vehicle: "Z 1003 CONTOH".to_owned(),
            batch: BatchRule::Week,
        };
        let kasi = self.holder("kasi-telematika", day)?;
        let reason = "dibagi dua agar lebih cepat".to_owned();
        let command = Command::ChangeTeam {
            run: self.run,
            team: team.clone(),
            reason: reason.clone(),
        };
        self.app.act(kasi, self.moment(day, 7, 45), &command).await?;
        let mut shared = Vec::new();
        for (index, planned) in plan
            .iter_mut()
            .filter(|planned| planned.team == old && planned.planned_on.is_some_and(|on| on >= day))
            .enumerate()
        {
            if index % 2 == 1 {
                planned.team = team.id;
                shared.push(planned.clone());
            }
        }
        let new = team.id;
        self.teams.insert(new, team);
        let command = Command::PlanTargets {
            run: self.run,
            plan: shared,
            reason,
        };
        self.app.act(kasi, self.moment(day, 7, 50), &command).await?;
        self.app
            .issue_task_letter(kasi, self.moment(day, 7, 55), self.run, new)
            .await?;
        Ok(())
    }

    pub(super) async fn change(
        &mut self,
        name: &str,
        day: Date,
        reason: &str,
        edit: impl FnOnce(&mut Team),
    ) -> Result<TeamId, AppError> {
        let mut team = self
            .teams
            .values()
            .find(|team| team.name == name)
            .cloned()
            .ok_or_else(|| AppError::not_found("team", name))?;
        edit(&mut team);
        let id = team.id;
        let command = Command::ChangeTeam {
            run: self.run,
            team: team.clone(),
            reason: reason.to_owned(),
        };
        let kasi = self.holder("kasi-telematika", day)?;
        self.app.act(kasi, self.moment(day, 7, 40), &command).await?;
        self.teams.insert(id, team);
        Ok(id)
    }
}
