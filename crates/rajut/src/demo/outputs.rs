//! What a played quarter leaves: `run.json` and a readable text of every output.

use std::path::Path;

use rajut_app::{App, AppError, paper_text};
use rajut_core::procedure::StepKind;
use rajut_core::run::{Batch, Run};
use serde_json::json;

use super::play::Played;

fn put(dir: &Path, name: &str, bytes: impl AsRef<[u8]>) -> Result<(), AppError> {
    let path = dir.join(name);
    std::fs::write(&path, bytes).map_err(|error| AppError::invalid(&path.display().to_string(), error))
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

    let issued = run.order.as_ref().and_then(|order| order.issued.as_ref());
    if let Some(issued) = issued {
        let document = app.find(issued.document.0).await?;
        let rendered = app.render_document(&document).await?;
        put(dir, "1-surat-perintah.txt", paper_text(&rendered))?;
        put(dir, "1-surat-perintah.pdf", app.document_bytes(issued.document).await?)?;
    }
    let sheet = app.render_paper(&app.disposition_paper(played.run).await?).await?;
    put(dir, "2-lembar-disposisi.txt", paper_text(&sheet))?;
    put(dir, "2-lembar-disposisi.pdf", &sheet.pdf)?;
    let mut teams = String::new();
    for team in run.teams.values() {
        teams.push_str(&format!("{} ({})\n", team.name, team.vehicle));
        for member in &team.members {
            let name = context.person(member.person)?.full_name();
            let until = member.until.map_or_else(|| "selesai".to_owned(), |until| until.to_string());
            let role = if member.person == team.leader { ", ketua" } else { "" };
            teams.push_str(&format!("  {name}{role}, {} s.d. {until}\n", member.from));
        }
    }
    put(dir, "3-tim.txt", teams)?;
    let sites = app.sites().await?;
    let mut visits = String::new();
    for visit in &bundle.visits {
        let name = sites.get(&visit.site).map(|site| site.name.as_str()).unwrap_or_default();
        let at = visit.check_in.as_ref().map(|stamp| context.agency.zone.civil(stamp.at));
        let minutes = visit.elapsed_ms().map_or(0, |ms| ms / 60_000);
        let faults = visit.findings.iter().filter(|finding| finding.is_fault()).count();
        visits.push_str(&format!(
            "{} {name}: {}, {minutes} menit, {} temuan ({faults} rusak), {} verifikasi\n",
            at.map(|at| at.strftime("%Y-%m-%d %H.%M").to_string()).unwrap_or_default(),
            visit.outcome.map(|outcome| outcome.code()).unwrap_or_default(),
            visit.findings.len(),
            visit.verdicts.len(),
        ));
    }
    put(dir, "4-kunjungan.txt", visits)?;
    let mut reports = String::new();
    for report in &bundle.reports {
        let name = report.team().and_then(|team| run.teams.get(&team)).map_or("Laporan akhir", |team| &team.name);
        for (index, submission) in report.submissions.iter().enumerate() {
            let ruling = match &submission.ruling {
                Some(ruling) if ruling.accepted => format!("diterima: {}", ruling.note),
                Some(ruling) => format!("dikembalikan: {}", ruling.note),
                None => "menunggu".to_owned(),
            };
            let range = match &report.batch {
                Batch::Team { from, until, .. } => format!("{from} s.d. {until}"),
                Batch::Final => String::new(),
            };
            reports.push_str(&format!(
                "{name} {range} (pengajuan {}): {}. {}. {ruling}\n",
                index + 1,
                submission.results,
                submission.conclusions
            ));
        }
    }
    put(dir, "5-laporan.txt", reports)?;
    let status = app.status(app.now()).await?;
    let mut down = format!("{} lokasi tanpa koneksi, {} belum diketahui\n", status.without, status.unknown);
    for site in status.sites.iter().filter(|site| site.connection == "without") {
        down.push_str(&format!(
            "  {} sejak {}, periksa {}\n",
            site.name,
            site.since.map(|at| at.to_string()).unwrap_or_default(),
            site.cause.clone().unwrap_or_default()
        ));
    }
    for service in &status.services {
        down.push_str(&format!("  layanan terdampak: {service}\n"));
    }
    put(dir, "status.txt", down)?;
    let anchor = app.anchor().await?;
    put(dir, "jangkar.json", serde_json::to_string(&anchor).map_err(|e| AppError::Paper(e.to_string()))?)?;
    Ok(followed)
}
