//! Which records a command may touch: no more are loaded, so that a field fact stays cheap in a big run.

use jiff::{SignedDuration, Timestamp};
use rajut_core::complaint::Complaint;
use rajut_core::flow::{Command, Place, Records};
use rajut_core::id::{ComplaintId, RunId, SiteId, TargetId, VisitId};
use rajut_core::register::{Device, Identity, Link};
use rajut_core::run::{FollowUp, Report, Run, Target};
use rajut_core::stream::{AsState, State, StreamKind, StreamRef};
use rajut_core::visit::{Replacement, Subject, Visit};
use rajut_store::{Page, RunFilter, Versioned};
use uuid::Uuid;

use crate::{App, AppError, Context};

fn stream(kind: StreamKind, id: Uuid) -> StreamRef {
    StreamRef { kind, id }
}

impl App {
    /// Loads streams into a snapshot.
    pub(crate) async fn load_into(
        &self,
        records: &mut Records,
        streams: impl IntoIterator<Item = StreamRef>,
    ) -> Result<(), AppError> {
        let wanted: Vec<StreamRef> = streams
            .into_iter()
            .filter(|stream| records.version(*stream).is_none())
            .collect();
        for (stream, versioned) in self.store.load_many(&wanted).await? {
            records.insert(stream, versioned.version, versioned.state);
        }
        Ok(())
    }

    /// Loads a run with its targets, visits and reports.
    pub(crate) async fn load_run(&self, records: &mut Records, run: RunId) -> Result<(), AppError> {
        self.load_into(records, [stream(StreamKind::Run, run.0)]).await?;
        let of_run = self.store.of_run(run).await?;
        put_all(records, of_run.targets, |it| it.id.0, State::Target);
        put_all(records, of_run.visits, |it| it.id.0, State::Visit);
        put_all(records, of_run.reports, |it| it.id.0, State::Report);
        Ok(())
    }

    /// The snapshot for a command that happened at `at`.
    #[expect(
        clippy::too_many_lines,
        reason = "one row per command: a table, read from top to bottom"
    )]
    pub(crate) async fn records_for(
        &self,
        context: &Context,
        command: &Command,
        at: Timestamp,
    ) -> Result<Records, AppError> {
        let mut records = context.records();
        match command {
            Command::OpenRun { run, previous, .. } | Command::DraftOrder { run, previous, .. } => {
                let runs = std::iter::once(run).chain(previous);
                self.load_into(&mut records, runs.map(|run| stream(StreamKind::Run, run.0)))
                    .await?;
                // What the earlier one left is known by its targets.
                if let Some(previous) = previous {
                    self.load_left(&mut records, *previous).await?;
                }
            }
            Command::InitialOrder { run }
            | Command::SubmitOrder { run }
            | Command::ReturnOrder { run, .. }
            | Command::RecordVerbalOrder { run, .. }
            | Command::Dispose { run, .. }
            | Command::CancelRun { run, .. }
            | Command::ExplainLateness { run, .. }
            | Command::PauseRun { run, .. }
            | Command::ResumeRun { run } => {
                self.load_into(&mut records, [stream(StreamKind::Run, run.0)])
                    .await?;
            }
            Command::AddendOrder {
                run,
                number,
                add_sites,
                ..
            } => {
                self.load_run(&mut records, *run).await?;
                self.load_into(&mut records, [stream(StreamKind::Number, *number)])
                    .await?;
                self.load_complaints(&mut records, add_sites).await?;
            }
            Command::IssueOrder { run, number, .. } => {
                let wanted = [
                    stream(StreamKind::Run, run.0),
                    stream(StreamKind::Number, *number),
                ];
                self.load_into(&mut records, wanted).await?;
            }
            Command::FormTeams { run, .. }
            | Command::ChangeTeam { run, .. }
            | Command::PlanTargets { run, .. } => {
                self.load_run(&mut records, *run).await?;
                self.load_complaints_of_run(&mut records, *run).await?;
                self.load_other_plans(&mut records).await?;
            }
            Command::RecordReturn { run, report, .. }
            | Command::SubmitReport { run, report, .. }
            | Command::SubmitFinalReport { run, report, .. } => {
                self.load_run(&mut records, *run).await?;
                self.load_into(&mut records, [stream(StreamKind::Report, report.0)])
                    .await?;
            }
            Command::CloseRun { run, .. } | Command::Proceed { run } => {
                self.load_run(&mut records, *run).await?;
                self.load_complaint_of(&mut records, *run).await?;
            }
            Command::AcceptReport { report, .. } | Command::ReturnReport { report, .. } => {
                self.load_with_run::<Report>(&mut records, report.0, |report| Some(report.run))
                    .await?;
            }
            Command::CarryComplaint {
                target, complaint, ..
            } => {
                self.load_with_run::<Target>(&mut records, target.0, |target| Some(target.run))
                    .await?;
                self.load_complaint(&mut records, complaint.0).await?;
            }
            Command::ExcuseTarget { target, .. } | Command::AcceptPartial { target, .. } => {
                self.load_with_run::<Target>(&mut records, target.0, |target| Some(target.run))
                    .await?;
            }
            Command::CheckIn(check_in) => {
                let mut wanted: Vec<StreamRef> = check_in.targets.iter().map(target_ref).collect();
                wanted.push(stream(StreamKind::Run, check_in.run.0));
                wanted.push(stream(StreamKind::Site, check_in.site.0));
                wanted.push(stream(StreamKind::Visit, check_in.visit.0));
                self.load_into(&mut records, wanted).await?;
                // Who is at two places at once is seen from the visits of that day.
                let day = SignedDuration::from_hours(24);
                let around = (
                    at.saturating_sub(day).unwrap_or(at),
                    at.saturating_add(day).unwrap_or(at),
                );
                let visits = self.store.visits_between(around.0, around.1).await?;
                put_all(&mut records, visits, |it| it.id.0, State::Visit);
            }
            Command::CheckOut(out) => self.load_visit(&mut records, out.visit).await?,
            Command::RecordObservation { visit, .. }
            | Command::ConfirmVisit { visit, .. }
            | Command::EstimateCheckOut { visit, .. } => self.load_visit(&mut records, *visit).await?,
            Command::RecordFinding {
                visit,
                finding,
                new_device,
            } => {
                self.load_visit(&mut records, *visit).await?;
                if let Some(replacement) = &finding.replacement {
                    self.load_rivals(&mut records, replacement, new_device.as_deref())
                        .await?;
                }
                if let Subject::Device(device) = finding.subject {
                    self.load_into(&mut records, [stream(StreamKind::Device, device.0)])
                        .await?;
                }
            }
            Command::GiveVerdict { visit, complaint, .. } => {
                self.load_visit(&mut records, *visit).await?;
                self.load_complaint(&mut records, complaint.0).await?;
            }
            Command::ClassifyComplaint { complaint, .. } => {
                self.load_complaint(&mut records, complaint.0).await?;
            }
            Command::CompleteStep { place, .. } => self.load_place(&mut records, *place).await?,
            Command::RegisterComplaint(draft) => {
                let mut wanted = vec![
                    stream(StreamKind::Site, draft.site.0),
                    stream(StreamKind::Number, draft.number),
                ];
                wanted.extend(draft.target.iter().map(target_ref));
                self.load_into(&mut records, wanted).await?;
            }
            Command::OpenFollowUp(draft) => {
                let mut wanted = vec![stream(StreamKind::Site, draft.site.0)];
                wanted.extend(draft.run.map(|run| stream(StreamKind::Run, run.0)));
                self.load_into(&mut records, wanted).await?;
            }
            Command::OpenIncident(draft) => {
                let links = draft.links.iter().map(|link| stream(StreamKind::Link, link.0));
                let devices = draft.devices.iter().map(|it| stream(StreamKind::Device, it.0));
                let sites = draft.sites.iter().map(|site| stream(StreamKind::Site, site.0));
                let complaints = draft.complaints.iter().map(complaint_ref);
                let wanted: Vec<StreamRef> = links.chain(devices).chain(sites).chain(complaints).collect();
                self.load_into(&mut records, wanted).await?;
                // The places of what it is about.
                let of_links = records.all::<Link>().map(|link| link.site);
                let of_devices = records.all::<Device>().map(|device| device.site);
                let places: Vec<StreamRef> = of_links
                    .chain(of_devices)
                    .map(|site| stream(StreamKind::Site, site.0))
                    .collect();
                self.load_into(&mut records, places).await?;
            }
            Command::AttachComplaints { incident, complaints }
            | Command::DetachComplaints {
                incident, complaints, ..
            } => {
                let mut wanted: Vec<StreamRef> = complaints.iter().map(complaint_ref).collect();
                wanted.push(stream(StreamKind::Incident, incident.0));
                self.load_into(&mut records, wanted).await?;
            }
            Command::NoteTicket { incident, .. } | Command::ResolveIncident { incident, .. } => {
                self.load_into(&mut records, [stream(StreamKind::Incident, incident.0)])
                    .await?;
            }
            Command::AssignFollowUp { follow_up, .. } | Command::ResolveFollowUp { follow_up, .. } => {
                self.load_with_run::<FollowUp>(&mut records, follow_up.0, |it| it.run)
                    .await?;
            }
        }
        Ok(records)
    }

    /// A record and the run that it belongs to.
    async fn load_with_run<T: AsState>(
        &self,
        records: &mut Records,
        id: Uuid,
        run: impl Fn(&T) -> Option<RunId>,
    ) -> Result<(), AppError> {
        self.load_into(records, [stream(T::KIND, id)]).await?;
        if let Some(run) = records.find::<T>(id).and_then(run) {
            self.load_into(records, [stream(StreamKind::Run, run.0)]).await?;
        }
        Ok(())
    }

    /// A visit with its run and targets, and the reports of that run: a fact that comes after its report was
    /// accepted is flagged.
    pub(crate) async fn load_visit(&self, records: &mut Records, id: VisitId) -> Result<(), AppError> {
        self.load_with_run::<Visit>(records, id.0, |visit| visit.run)
            .await?;
        let Some(visit) = records.find::<Visit>(id.0).cloned() else {
            return Ok(());
        };
        if let Some(run) = visit.run {
            let reports = self.store.reports_of(run).await?;
            put_all(records, reports, |it| it.id.0, State::Report);
        }
        self.load_into(records, visit.targets.iter().map(target_ref))
            .await
    }

    /// The device put in, where it is known already, and those that have its code or its serial number.
    async fn load_rivals(
        &self,
        records: &mut Records,
        replacement: &Replacement,
        new_device: Option<&Device>,
    ) -> Result<(), AppError> {
        self.load_into(records, [stream(StreamKind::Device, replacement.new_device.0)])
            .await?;
        if let Some(new) = new_device
            && let Some((known, versioned)) = self.store.by_code(StreamKind::Device, &new.code).await?
            && records.version(known).is_none()
        {
            records.insert(known, versioned.version, versioned.state);
        }
        if let Identity::Known(serial) = &replacement.new_serial {
            let others = self.store.devices_of_serial(serial).await?;
            put_all(records, others, |it| it.id.0, State::Device);
        }
        Ok(())
    }

    /// A complaint with its run, site and target.
    async fn load_complaint(&self, records: &mut Records, id: Uuid) -> Result<(), AppError> {
        self.load_with_run::<Complaint>(records, id, |complaint| Some(complaint.run))
            .await?;
        let Some(complaint) = records.find::<Complaint>(id) else {
            return Ok(());
        };
        let mut wanted = vec![stream(StreamKind::Site, complaint.site.0)];
        wanted.extend(complaint.target.iter().map(target_ref));
        self.load_into(records, wanted).await
    }

    /// The complaint that a run serves, if it serves one.
    async fn load_complaint_of(&self, records: &mut Records, run: RunId) -> Result<(), AppError> {
        match records.find::<Run>(run.0).and_then(|run| run.complaint) {
            Some(complaint) => self.load_complaint(records, complaint.0).await,
            None => Ok(()),
        }
    }

    async fn load_place(&self, records: &mut Records, place: Place) -> Result<(), AppError> {
        match place {
            Place::Run(run) => {
                self.load_into(records, [stream(StreamKind::Run, run.0)]).await?;
                self.load_complaint_of(records, run).await
            }
            Place::Target(target) => {
                self.load_with_run::<Target>(records, target.0, |target| Some(target.run))
                    .await?;
                let site = records.find::<Target>(target.0).map(|target| target.site);
                self.load_into(records, site.map(|site| stream(StreamKind::Site, site.0)))
                    .await
            }
            Place::Report(report) => {
                self.load_with_run::<Report>(records, report.0, |report| Some(report.run))
                    .await
            }
        }
    }

    /// The targets of a run and the open complaints of their sites: what it leaves to the next one.
    pub(crate) async fn load_left(&self, records: &mut Records, run: RunId) -> Result<(), AppError> {
        let targets = self.store.targets_of(run).await?;
        put_all(records, targets, |it| it.id.0, State::Target);
        self.load_complaints_of_run(records, run).await
    }

    /// Open complaints of the sites of a run, with their own runs.
    async fn load_complaints_of_run(&self, records: &mut Records, run: RunId) -> Result<(), AppError> {
        let sites: Vec<_> = records
            .all::<Target>()
            .filter(|target| target.run == run)
            .map(|target| target.site)
            .collect();
        self.load_complaints(records, &sites).await
    }

    /// Open complaints of some sites, with their own runs, and the targets to which they are attached now with
    /// the runs of those.
    async fn load_complaints(&self, records: &mut Records, sites: &[SiteId]) -> Result<(), AppError> {
        let complaints = self.store.open_complaints(sites).await?;
        let mut wanted: Vec<StreamRef> = complaints
            .iter()
            .map(|it| stream(StreamKind::Run, it.state.run.0))
            .collect();
        let targets: Vec<TargetId> = complaints.iter().filter_map(|it| it.state.target).collect();
        wanted.extend(targets.iter().map(target_ref));
        put_all(records, complaints, |it| it.id.0, State::Complaint);
        self.load_into(records, wanted).await?;
        let runs: Vec<StreamRef> = targets
            .iter()
            .filter_map(|id| records.find::<Target>(id.0))
            .map(|target| stream(StreamKind::Run, target.run.0))
            .collect();
        self.load_into(records, runs).await
    }

    /// The other runs under way: whoever is planned there cannot be planned here on the same day.
    async fn load_other_plans(&self, records: &mut Records) -> Result<(), AppError> {
        let filter = RunFilter {
            open: Some(true),
            for_complaint: Some(false),
            ..RunFilter::default()
        };
        let listed = self.store.runs(&filter, &Page::first(OPEN_RUNS)).await?;
        for run in listed.items {
            if records.find::<Run>(run.state.id.0).is_none() {
                self.load_run(records, run.state.id).await?;
            }
        }
        Ok(())
    }
}

/// More runs than this are never under way at once in one agency.
const OPEN_RUNS: u32 = 100;

/// Puts typed records into a snapshot; one that is there already stays.
fn put_all<T>(
    records: &mut Records,
    found: Vec<Versioned<T>>,
    id: impl Fn(&T) -> Uuid,
    state: impl Fn(Box<T>) -> State,
) where
    T: AsState,
{
    for versioned in found {
        let stream = stream(T::KIND, id(&versioned.state));
        if records.version(stream).is_none() {
            records.insert(stream, versioned.version, state(Box::new(versioned.state)));
        }
    }
}

fn target_ref(target: &TargetId) -> StreamRef {
    stream(StreamKind::Target, target.0)
}

fn complaint_ref(complaint: &ComplaintId) -> StreamRef {
    stream(StreamKind::Complaint, complaint.0)
}
