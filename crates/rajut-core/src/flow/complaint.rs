//! Complaints and follow-ups.

use super::plan::target_stream;
use super::rights::Scene;
use super::{Command, ComplaintDraft, Deciding, FollowUpDraft, reason};
use crate::act::{Expect, FieldName, Refusal, Right, Rule, Wanted, Why};
use crate::complaint::{Complaint, ComplaintEvent};
use crate::engine::Progress;
use crate::id::{ComplaintId, FollowUpId, RunId, TargetId};
use crate::register::Site;
use crate::run::{FollowUp, FollowUpEvent, FollowUpStanding, Run, RunEvent, Standing, Target, TargetEvent};
use crate::stream::{StreamKind, StreamRef};

/// The register in which complaints are numbered.
const REGISTER: &str = "complaint";

fn complaint_stream(id: ComplaintId) -> StreamRef {
    StreamRef {
        kind: StreamKind::Complaint,
        id: id.0,
    }
}

fn follow_up_stream(id: FollowUpId) -> StreamRef {
    StreamRef {
        kind: StreamKind::FollowUp,
        id: id.0,
    }
}

impl Deciding<'_> {
    pub(super) fn complaint(&mut self, command: &Command) -> Result<(), Refusal> {
        match command {
            Command::RegisterComplaint(draft) => self.register_complaint(draft),
            Command::ClassifyComplaint {
                complaint,
                category,
                priority,
                duplicate_of,
            } => {
                self.grant(Scene::default())?;
                let known = self.facts.records.get::<Complaint>(complaint.0)?;
                self.not_before(known.received_at)?;
                if *duplicate_of == Some(*complaint) {
                    return Err(super::invalid(FieldName::DuplicateOf, &known.number, Why::Itself));
                }
                let stream = complaint_stream(*complaint);
                let seen = self.facts.records.seen(stream);
                let event = ComplaintEvent::Classified {
                    category: category.clone(),
                    priority: *priority,
                    duplicate_of: *duplicate_of,
                };
                self.changes.push(stream, seen, event);
                Ok(())
            }
            Command::CarryComplaint {
                target,
                complaint,
                reason,
            } => self.carry(*target, *complaint, reason),
            Command::OpenFollowUp(draft) => self.open_follow_up(draft),
            Command::AssignFollowUp {
                follow_up,
                owner,
                due_on,
            } => {
                self.grant(Scene::default())?;
                self.open_one(*follow_up)?;
                let stream = follow_up_stream(*follow_up);
                let seen = self.facts.records.seen(stream);
                self.changes.push(
                    stream,
                    seen,
                    FollowUpEvent::Assigned {
                        owner: *owner,
                        due_on: *due_on,
                    },
                );
                Ok(())
            }
            Command::ResolveFollowUp {
                follow_up,
                done,
                note,
            } => {
                self.grant(Scene::default())?;
                let known = self.open_one(*follow_up)?;
                self.not_before(known.opened_at)?;
                reason(note, Wanted::FollowUp)?;
                let (at, by) = (self.at(), self.person()?);
                let standing = if *done {
                    FollowUpStanding::Done {
                        at,
                        by,
                        note: note.clone(),
                    }
                } else {
                    FollowUpStanding::Dropped {
                        at,
                        by,
                        reason: note.clone(),
                    }
                };
                let stream = follow_up_stream(*follow_up);
                let seen = self.facts.records.seen(stream);
                self.changes
                    .push(stream, seen, FollowUpEvent::Settled { standing });
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn carry(&mut self, target: TargetId, complaint: ComplaintId, why: &str) -> Result<(), Refusal> {
        self.grant(Scene::default())?;
        reason(why, Wanted::Carry)?;
        let known = self.facts.records.get::<Target>(target.0)?;
        self.open_run(known.run)?;
        if !known.unanswered().any(|open| open == complaint) {
            return Err(Refusal::new(Rule::NotFound).with("record", complaint_stream(complaint)));
        }
        // A verdict is owed unless nobody went there after it came.
        let told = self.facts.records.get::<Complaint>(complaint.0)?.received_at;
        let seen = known
            .visits
            .iter()
            .any(|visit| visit.ended.is_some() && visit.began_at >= told);
        let may = match known.standing() {
            Standing::Excused => true,
            Standing::Met => !seen,
            Standing::Planned | Standing::UnderWay | Standing::Attempted => false,
        };
        if !may {
            return Err(Refusal::new(Rule::ComplaintsOpen)
                .with("count", 1)
                .with("first", complaint));
        }
        let event = TargetEvent::ComplaintCarried {
            complaint,
            reason: why.to_owned(),
        };
        self.on_target(target, event);
        Ok(())
    }

    fn open_one(&self, id: FollowUpId) -> Result<&FollowUp, Refusal> {
        let known = self.facts.records.get::<FollowUp>(id.0)?;
        match known.standing {
            FollowUpStanding::Open => Ok(known),
            _ => Err(Refusal::new(Rule::FollowUpSettled)),
        }
    }

    /// The target that a complaint joins: the one named, else the open one of its site in a run under way.
    fn joins(&self, draft: &ComplaintDraft) -> Result<Option<TargetId>, Refusal> {
        if let Some(id) = draft.target {
            let target = self.facts.records.get::<Target>(id.0)?;
            if target.site != draft.site {
                return Err(super::invalid(FieldName::Target, id, Why::OtherSite));
            }
            return Ok(Some(id));
        }
        let under_way = |run: RunId| {
            self.facts
                .records
                .find::<Run>(run.0)
                .is_some_and(|run| run.end.is_none() && run.teams_formed_at.is_some())
        };
        Ok(self
            .facts
            .records
            .all::<Target>()
            .find(|target| target.site == draft.site && !target.settled() && under_way(target.run))
            .map(|target| target.id))
    }

    /// A complaint is a run of its procedure from the first moment, with its number: telling it is done by
    /// this act.
    fn register_complaint(&mut self, draft: &ComplaintDraft) -> Result<(), Refusal> {
        self.grant(Scene {
            site: Some(draft.site),
            ..Scene::default()
        })?;
        self.facts.records.get::<Site>(draft.site.0)?;
        if let Right::Roles(roles) = self.changes.envelope.act.authority().right {
            self.speaks_for(draft.site, roles)?;
        }
        if let Some(happened_at) = draft.happened_at.filter(|happened_at| *happened_at > self.at()) {
            return Err(Refusal::new(Rule::TimeOutOfBounds)
                .with("at", happened_at)
                .with("bound", self.at()));
        }
        let target = self.joins(draft)?;
        if draft.text.trim().is_empty() {
            return Err(Refusal::new(Rule::OrderIncomplete).with("what", Wanted::Text));
        }
        let procedure = self.effective(&draft.procedure)?;
        let record = complaint_stream(draft.id);
        let number = self.use_number(draft.number, REGISTER, record, None)?;
        let at = self.at();
        let mut run = Run::open(
            draft.run,
            draft.procedure.clone(),
            number.clone(),
            Progress::begin(procedure, procedure.first(), at)
                .map_err(|error| super::refused::engine(procedure, &error))?,
            at,
        );
        run.calendar_version = self.facts.calendar.version();
        run.complaint = Some(draft.id);
        let told = run
            .progress
            .advance(procedure, procedure.first(), None, at)
            .map_err(|error| super::refused::engine(procedure, &error))?;
        run.progress.apply(&told);
        let stream = super::advance::run_stream(draft.run);
        self.changes
            .push(stream, Expect::New, RunEvent::Opened { run: Box::new(run) });
        let complaint = Complaint {
            id: draft.id,
            number,
            channel: draft.channel,
            received_at: at,
            happened_at: draft.happened_at,
            office: draft.office,
            site: draft.site,
            reporter: draft.reporter.clone(),
            symptom: draft.symptom,
            text: draft.text.clone(),
            users_affected: draft.users_affected,
            services: draft.services.clone(),
            origin: draft.origin.clone(),
            run: draft.run,
            receipt: draft.receipt.0,
            category: None,
            priority: None,
            duplicate_of: None,
            incident: None,
            target,
            verdicts: Vec::new(),
        };
        self.changes.personal.extend(draft.personal.iter().cloned());
        self.changes.push(
            record,
            Expect::New,
            ComplaintEvent::Registered {
                complaint: Box::new(complaint),
            },
        );
        if let Some(target) = target {
            let event = TargetEvent::ComplaintAttached {
                complaint: draft.id,
                brought: None,
            };
            self.changes.push(target_stream(target), Expect::Any, event);
        }
        Ok(())
    }

    fn open_follow_up(&mut self, draft: &FollowUpDraft) -> Result<(), Refusal> {
        self.grant(Scene {
            site: Some(draft.site),
            ..Scene::default()
        })?;
        self.facts.records.get::<Site>(draft.site.0)?;
        reason(&draft.what, Wanted::FollowUp)?;
        let follow_up = FollowUp {
            id: draft.id,
            site: draft.site,
            subject: draft.subject,
            visit: draft.visit,
            run: draft.run,
            complaint: draft.complaint,
            what: draft.what.clone(),
            owner: draft.owner,
            due_on: draft.due_on,
            part: draft.part.clone(),
            opened_at: self.at(),
            standing: FollowUpStanding::Open,
        };
        self.changes.push(
            follow_up_stream(draft.id),
            Expect::New,
            FollowUpEvent::Opened {
                follow_up: Box::new(follow_up),
            },
        );
        Ok(())
    }
}
