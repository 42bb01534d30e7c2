//! What a played quarter leaves: `run.json`, and every output of the procedure as a text and as a paper.

use std::path::Path;

use rajut_app::{App, AppError, ComplaintsOf, Key, Rendered, RunBundle, Signing, Who, paper_text};
use rajut_core::id::{DocumentId, RunId};
use rajut_core::procedure::StepKind;
use rajut_core::run::{Batch, Document, DocumentKind, Run};
use rajut_core::stream::{StreamKind, StreamRef};
use rajut_core::visit::{Action, Outcome, Visit};
use serde_json::json;

use super::play::Played;

fn put(dir: &Path, name: &str, bytes: impl AsRef<[u8]>) -> Result<(), AppError> {
    let path = dir.join(name);
    std::fs::write(&path, bytes).map_err(|error| AppError::file(&path, error))
}

/// Where papers go, and who prints them: the demo's people are samples, yet each print leaves its record.
struct Printer<'a> {
    app: &'a App,
    dir: &'a Path,
    who: Who,
}

impl Printer<'_> {
    /// Why the demo prints.
    const REASON: &'static str = "Berkas keluaran peragaan";

    /// A paper that was issued: as its bytes were kept, and its words.
    async fn issued(&self, name: &str, id: DocumentId) -> Result<(), AppError> {
        let document: Document = self.app.find(id.0).await?;
        let printed = self
            .app
            .print_document(self.who, Key::default(), &document, Self::REASON)
            .await?;
        self.put(name, &printed)
    }

    /// A paper that has no number.
    async fn unnumbered(&self, name: &str, run: RunId, paper: &rajut_app::Paper) -> Result<(), AppError> {
        let record = StreamRef {
            kind: StreamKind::Run,
            id: run.0,
        };
        let printed = self
            .app
            .print_paper(self.who, Key::default(), name, record, paper, Self::REASON)
            .await?;
        self.put(name, &printed)
    }

    fn put(&self, name: &str, printed: &Rendered) -> Result<(), AppError> {
        put(self.dir, &format!("{name}.txt"), paper_text(printed))?;
        put(self.dir, &format!("{name}.pdf"), &printed.pdf)
    }
}

/// The papers of a kind that belong to a record.
async fn of(
    app: &App,
    kind: DocumentKind,
    of: StreamKind,
    id: uuid::Uuid,
) -> Result<Vec<Document>, AppError> {
    let documents = app.store().documents_of(StreamRef { kind: of, id }).await?;
    Ok(documents
        .into_iter()
        .map(|it| it.state)
        .filter(|document| document.kind == kind)
        .collect())
}

/// "Tim 1" as part of a file name.
fn slug(name: &str) -> String {
    name.to_lowercase()
        .replace(|c: char| !c.is_ascii_alphanumeric(), "-")
}

/// Every output of the procedure, by the number of its step.
async fn papers(app: &App, dir: &Path, bundle: &RunBundle) -> Result<(), AppError> {
    let run = &bundle.run;
    let order = run
        .order
        .as_ref()
        .and_then(|order| order.issued.as_ref())
        .ok_or_else(|| AppError::not_found("order", run.id))?;
    let printer = Printer {
        app,
        dir,
        who: Who::person(order.by),
    };
    printer.issued("1-surat-perintah", order.document).await?;
    printer
        .unnumbered(
            "2-lembar-disposisi",
            run.id,
            &app.disposition_paper(run.id).await?,
        )
        .await?;
    for letter in of(app, DocumentKind::TaskLetter, StreamKind::Run, run.id.0).await? {
        printer
            .issued(&format!("3-surat-tugas-{}", slug(&letter.subject)), letter.id)
            .await?;
    }
    let handed_over = run.teams_formed_at.map_or_else(Signing::default, Signing::at);
    let list = app
        .complaint_list_paper(run.id, None, ComplaintsOf::Open, handed_over)
        .await?;
    printer.unnumbered("3-daftar-pengaduan", run.id, &list).await?;
    for (index, visit) in samples(bundle).into_iter().enumerate() {
        let number = index + 1;
        let record = app.visit_record_paper(visit.id, Signing::default()).await?;
        printer
            .unnumbered(&format!("4-daftar-periksa-{number}"), run.id, &record)
            .await?;
        if let Some(minutes) = of(app, DocumentKind::Minutes, StreamKind::Visit, visit.id.0)
            .await?
            .last()
        {
            printer
                .issued(&format!("4-berita-acara-{number}"), minutes.id)
                .await?;
        }
    }
    let verified = app
        .complaint_list_paper(run.id, None, ComplaintsOf::Verified, Signing::default())
        .await?;
    printer
        .unnumbered("4-daftar-pengaduan-terverifikasi", run.id, &verified)
        .await?;
    for report in &bundle.reports {
        let later = |other: &&rajut_core::run::Report| {
            other.team() == report.team() && other.possible_at > report.possible_at
        };
        if bundle.reports.iter().any(|other| later(&other)) {
            continue;
        }
        let name = match report.team().and_then(|team| run.teams.get(&team)) {
            Some(team) => slug(&team.name),
            None => "akhir".to_owned(),
        };
        if let Some(paper) = of(app, DocumentKind::Report, StreamKind::Report, report.id.0)
            .await?
            .last()
        {
            printer.issued(&format!("5-laporan-{name}"), paper.id).await?;
        }
    }
    Ok(())
}

/// Visits worth a look: one with a replacement, one with a repair, and one that could not be done.
fn samples(bundle: &RunBundle) -> Vec<&Visit> {
    let did = |visit: &&Visit, action| visit.findings.iter().any(|finding| finding.action == action);
    [
        bundle.visits.iter().find(|visit| did(visit, Action::Replace)),
        bundle.visits.iter().find(|visit| did(visit, Action::Repair)),
        bundle
            .visits
            .iter()
            .find(|visit| visit.outcome == Some(Outcome::Locked)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Writes the outputs, and says whether the procedure was followed.
pub async fn write(app: &App, dir: &Path, played: &Played) -> Result<bool, AppError> {
    let context = app.context().await?;
    let bundle = app.bundle(played.run).await?;
    let run: &Run = &bundle.run;
    let view = app.run_view(played.run, app.now()).await?;
    let followed = played.problems.is_empty();
    let procedure = &context.procedures[&run.procedure];
    let steps: Vec<_> = procedure
        .steps
        .iter()
        .map(|step| {
            let clocks: Vec<_> = view.clocks.iter().filter(|clock| clock.step == step.id).collect();
            let times = match step.kind {
                StepKind::Visit => bundle.visits.len(),
                StepKind::Report => bundle.reports.iter().filter(|report| report.batch != Batch::Final).count(),
                _ => run.progress.done.iter().filter(|done| done.step == step.id).count(),
            };
            json!({
                "number": step.number,
                "step": step.id,
                "activity": step.activity,
                "times": times,
                "standard_minutes": procedure.standard_of(&step.id, None).map(|view| view.time.working_minutes()),
                "worst_minutes": clocks.iter().map(|clock| clock.counted_ms / 60_000).max(),
                "late": clocks.iter().filter(|clock| clock.over_minutes() > 0).count(),
                "done": times > 0,
            })
        })
        .collect();
    let summary = json!({
        "followed": followed,
        "problems": played.problems,
        "run": view,
        "steps": steps,
        "visits": bundle.visits.len(),
        "follow_ups": bundle.follow_ups.len(),
        "journal_records": played.records,
    });
    let text = serde_json::to_string_pretty(&summary).map_err(|error| AppError::Paper(error.to_string()))?;
    put(dir, "run.json", text)?;

    papers(app, dir, &bundle).await?;
    let sites = app.sites().await?;
    let mut visits = Vec::new();
    for visit in &bundle.visits {
        let name = sites
            .get(&visit.site)
            .map(|site| site.name.as_str())
            .unwrap_or_default();
        let at = visit
            .check_in
            .as_ref()
            .map(|stamp| context.agency.zone.civil(stamp.at));
        let minutes = visit.elapsed_ms().map_or(0, |ms| ms / 60_000);
        let faults = visit.findings.iter().filter(|finding| finding.is_fault()).count();
        visits.push(format!(
            "{} {name}: {}, {minutes} menit, {} temuan ({faults} rusak), {} verifikasi",
            at.map(|at| at.strftime("%Y-%m-%d %H.%M").to_string())
                .unwrap_or_default(),
            visit.outcome.map(Outcome::code).unwrap_or_default(),
            visit.findings.len(),
            visit.verdicts.len(),
        ));
    }
    put(dir, "kunjungan.txt", visits.join("\n"))?;
    let status = app.status(app.now()).await?;
    let mut down = vec![format!(
        "{} lokasi tanpa koneksi, {} belum diketahui",
        status.without, status.unknown
    )];
    for site in status.sites.iter().filter(|site| site.connection == "without") {
        down.push(format!(
            "  {} sejak {}, periksa {}",
            site.name,
            site.since.map(|at| at.to_string()).unwrap_or_default(),
            site.cause.clone().unwrap_or_default()
        ));
    }
    for service in &status.services {
        down.push(format!("  layanan terdampak: {service}"));
    }
    put(dir, "status.txt", down.join("\n"))?;
    let anchor = app.anchor().await?;
    put(
        dir,
        "jangkar.json",
        serde_json::to_string(&anchor).map_err(|e| AppError::Paper(e.to_string()))?,
    )?;
    Ok(followed)
}
