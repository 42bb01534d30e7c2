//! Reports and the end of a run, by forms.

use axum::http::StatusCode;
use rajut_core::flow::Command;
use rajut_core::id::ActId;
use rajut_core::run::{Batch, Report, ReportStanding, Run, RunEnd, Standing};
use rajut_core::visit::{Outcome, Verdict};

use super::filled::{filled, send, set};
use super::world::{Browser, World};
use crate::web::Mode;

async fn done(browser: &mut Browser, page: &str, action: &str, changes: &[(&str, &str)]) {
    let mut form = filled(&browser.get(page).await, action);
    for (name, value) in changes {
        set(&mut form, name, value);
    }
    let answer = send(browser, action, &form).await;
    assert_eq!(
        answer.status,
        StatusCode::SEE_OTHER,
        "{action}: {}",
        answer.text()
    );
    // A double click is one act.
    let again = send(browser, action, &form).await;
    assert_eq!(
        again.status,
        StatusCode::SEE_OTHER,
        "{action} again: {}",
        again.text()
    );
}

#[tokio::test]
async fn from_the_return_of_the_team_to_the_end_of_the_run() {
    let world = World::new(Mode::Demo).await;
    world.visited(&[Outcome::Complete, Outcome::Partial]).await;
    let run = world.page();
    let list = format!("{run}/laporan");
    let mut leader = world.acting_as("teknisi").await;
    assert!(leader.get("/").await.text().contains(&format!("href=\"{list}\"")));
    done(&mut leader, &list, &format!("{run}/kembali"), &[]).await;
    // The first draft says what was recorded; nothing need be typed.
    done(&mut leader, &list, &list, &[]).await;
    let bundle = world.app.bundle(world.run).await.unwrap();
    assert_eq!(
        bundle.reports.len(),
        1,
        "the report of the return is the one that was handed in"
    );
    let report = &bundle.reports[0];
    assert_eq!(report.standing(), ReportStanding::Submitted);
    assert!(report.returned_at.is_some() && report.submissions[0].results.contains("2 kunjungan"));

    let mut kasi = world.acting_as("kasi").await;
    assert!(kasi.get("/").await.text().contains(&format!("href=\"{list}\"")));
    let one = format!("/laporan/{}", report.id);
    assert!(kasi.get(&list).await.text().contains(&one));
    done(
        &mut kasi,
        &one,
        &format!("{one}/kembalikan"),
        &[("note", "foto <i>mana</i>")],
    )
    .await;
    let page = leader.get(&list).await.text();
    assert!(
        page.contains("mana") && !page.contains("<i>mana"),
        "it came back with its note"
    );
    done(&mut leader, &list, &list, &[("results", "sudah lengkap")]).await;
    done(&mut kasi, &one, &format!("{one}/terima"), &[("note", "baik")]).await;
    let known: Report = world.app.find(report.id.0).await.unwrap();
    assert_eq!(
        (known.standing(), known.submissions.len()),
        (ReportStanding::Accepted, 2)
    );
    let page = kasi.get(&one).await.text();
    assert!(page.contains("sudah lengkap") && page.contains("Diterima Contoh kasi"));

    // What is left is said before the end can come; a partial visit is accepted.
    let page = kasi.get(&list).await.text();
    assert!(page.contains("1 sasaran belum") && !page.contains("/laporan-akhir\""));
    done(&mut kasi, &list, &format!("{run}/terima-sebagian"), &[]).await;
    // The complaint at the first site still waits for what the team says of it.
    let bundle = world.app.bundle(world.run).await.unwrap();
    let complaint = world.app.store().complaint_by_number(&world.complaint.number);
    let complaint = complaint.await.unwrap().unwrap().state;
    let visit = bundle
        .visits
        .iter()
        .find(|visit| visit.site == complaint.site)
        .unwrap()
        .id;
    let verdict = Command::GiveVerdict {
        visit,
        complaint: complaint.id,
        verdict: Verdict::NotFound,
        note: "normal saat diperiksa".to_owned(),
        at: world.app.now(),
    };
    world.act("teknisi", verdict).await;
    done(&mut kasi, &list, &format!("{run}/laporan-akhir"), &[]).await;
    let bundle = world.app.bundle(world.run).await.unwrap();
    assert_eq!(
        bundle
            .reports
            .iter()
            .filter(|it| it.batch == Batch::Final)
            .count(),
        1
    );
    done(&mut kasi, &list, &format!("{run}/tutup"), &[]).await;
    let known: Run = world.app.find(world.run.0).await.unwrap();
    assert!(matches!(known.end, Some(RunEnd::Closed { by: Some(_), .. })));
    let page = kasi.get(&list).await.text();
    assert!(page.contains("Ditutup Contoh kasi") && !page.contains("<textarea"));
}

#[tokio::test]
async fn a_target_is_excused_with_a_reason_and_the_board_says_what_failed() {
    let world = World::new(Mode::Demo).await;
    world.visited(&[Outcome::Locked]).await;
    let run = world.page();
    let mut kasi = world.acting_as("kasi").await;
    let board = kasi.get(&run).await.text();
    assert!(board.contains("terkunci: 1"), "{board}");
    let action = format!("{run}/kecualikan");
    let list = format!("{run}/laporan");
    let mut form = filled(&kasi.get(&list).await, &action);
    let empty = send(&mut kasi, &action, &form).await;
    assert_eq!(empty.status, StatusCode::CONFLICT, "a reason is needed");
    set(&mut form, "key", &world.app.ids().fresh::<ActId>().to_string());
    set(&mut form, "reason", "kantor pindah");
    assert_eq!(
        send(&mut kasi, &action, &form).await.status,
        StatusCode::SEE_OTHER
    );
    let bundle = world.app.bundle(world.run).await.unwrap();
    let excused = bundle
        .targets
        .iter()
        .filter(|it| it.standing() == Standing::Excused);
    assert_eq!(excused.count(), 1);
    // A page from before knows it as open still, and is told.
    set(&mut form, "key", &world.app.ids().fresh::<ActId>().to_string());
    assert_eq!(send(&mut kasi, &action, &form).await.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn whoever_is_not_concerned_reads_and_changes_nothing() {
    let world = World::new(Mode::Demo).await;
    let report = world.reported(&[Outcome::Complete]).await;
    let one = format!("/laporan/{report}");
    for name in ["clerk", "auditor", "petugas", "teknisi"] {
        let mut browser = world.acting_as(name).await;
        for page in [one.clone(), format!("{}/laporan", world.page())] {
            let answer = browser.get(&page).await;
            assert_eq!(answer.status, StatusCode::OK, "{name}");
            let text = answer.text();
            assert!(
                text.contains("Tim 1") && !text.contains("<textarea"),
                "{name} {page}"
            );
        }
    }
    let mut kasi = world.acting_as("kasi").await;
    for unknown in ["/laporan/x".to_owned(), format!("/laporan/{}", world.run)] {
        assert_eq!(kasi.get(&unknown).await.status, StatusCode::NOT_FOUND);
    }
}
