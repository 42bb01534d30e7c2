//! Writing orders by forms: drafting, revising, initials, word of mouth, addenda.

use axum::http::{StatusCode, header};
use rajut_app::{Key, Who};
use rajut_core::flow::Command;
use rajut_core::id::RunId;
use rajut_core::run::Run;

use super::world::{Answer, Browser, HOSTILE, World};
use crate::web::Mode;

/// The fields of a draft as the page fills them in, with other sites.
fn filled(page: &Answer, action: &str, scope: &[(&'static str, String)]) -> Vec<(&'static str, String)> {
    let mut form = page.form(action);
    for name in ["run", "seen"] {
        form.extend(page.input(name).map(|value| (name, value)));
    }
    let text = page.text();
    let post = text
        .split_once("name=\"to\" required><option value=\"")
        .and_then(|(_, rest)| rest.split_once('"'))
        .map(|(post, _)| post.to_owned())
        .unwrap();
    form.extend([
        ("title", "Triwulan baru".to_owned()),
        ("from", "2026-11-23".to_owned()),
        ("until", "2026-12-31".to_owned()),
        ("to", post),
        ("purpose", format!("memeriksa {HOSTILE}")),
        ("basis", "Nota dinas 5".to_owned()),
    ]);
    form.extend(scope.iter().cloned());
    form
}

async fn new_draft(browser: &mut Browser) -> (Vec<(&'static str, String)>, Answer) {
    let page = browser.get("/perintah/baru").await;
    let form = filled(&page, "/perintah", &[("cakupan", "semua".to_owned())]);
    let answer = browser.post("/perintah", &form).await;
    (form, answer)
}

fn place(answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    answer.headers[header::LOCATION].to_str().unwrap().to_owned()
}

async fn run_at(world: &World, place: &str) -> Run {
    let id: RunId = place
        .trim_start_matches("/pelaksanaan/")
        .split('?')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    world.app.find(id.0).await.unwrap()
}

#[tokio::test]
async fn the_clerk_drafts_the_kabid_initials_and_the_head_finds_it() {
    let world = World::new(Mode::Demo).await;
    let mut clerk = world.acting_as("clerk").await;
    assert!(clerk.get("/").await.text().contains("href=\"/perintah/baru\""));
    let (form, answer) = new_draft(&mut clerk).await;
    let to = place(&answer);
    let run = run_at(&world, &to).await;
    let draft = &run.order.as_ref().unwrap().draft;
    assert_eq!((run.title.as_str(), draft.scope.len()), ("Triwulan baru", 3));
    let page = clerk.get(&to).await.text();
    assert!(page.contains("alert(1)") && !page.contains("<script>"));

    // The same form once more is the same draft.
    let before = world.app.store().head().await.unwrap().seq;
    assert_eq!(place(&clerk.post("/perintah", &form).await), to);
    assert_eq!(world.app.store().head().await.unwrap().seq, before);

    let here = format!("/pelaksanaan/{}", run.id);
    let mut kabid = world.acting_as("kabid").await;
    let initial = kabid.get(&here).await.form(&format!("{here}/paraf"));
    place(&kabid.post(&format!("{here}/paraf"), &initial).await);
    assert!(
        clerk.get("/").await.text().contains(&here),
        "it waits to be laid before the head"
    );
    let submit = clerk.get(&here).await.form(&format!("{here}/ajukan"));
    place(&clerk.post(&format!("{here}/ajukan"), &submit).await);
    let order = run_at(&world, &here).await.order.unwrap();
    assert!(order.submitted_at.is_some() && order.initials.len() == 1);
    let mut head = world.acting_as("kepala").await;
    let home = head.get("/").await.text();
    assert!(
        home.contains(&here) && !home.contains("/perintah/baru"),
        "the head signs, and writes nothing"
    );
}

#[tokio::test]
async fn a_draft_is_revised_by_its_sites_and_a_stale_form_changes_nothing() {
    let world = World::new(Mode::Demo).await;
    let mut kasi = world.acting_as("kasi").await;
    let action = format!("{}/perintah", world.page());
    let page = kasi.get(&action).await;
    assert!(
        page.text().contains("value=\"pilih\" checked"),
        "two of three sites are in scope"
    );
    let first = page
        .text()
        .split_once("name=\"site\" value=\"")
        .and_then(|(_, rest)| rest.split_once('"'))
        .map(|(site, _)| site.to_owned())
        .unwrap();
    let one = [("cakupan", "pilih".to_owned()), ("site", first.clone())];
    let form = filled(&page, &action, &one);
    place(&kasi.post(&action, &form).await);
    let run: Run = world.app.find(world.run.0).await.unwrap();
    let order = run.order.unwrap();
    assert_eq!(order.draft.scope.len(), 1);
    assert_eq!(order.draft.scope[0].to_string(), first);
    assert!(
        order.submitted_at.is_none(),
        "a revised draft is laid before the head anew"
    );
    // Whoever still has the page from before sees what is so now, and nothing is lost under their hands.
    let mut clerk = world.acting_as("clerk").await;
    let mut stale = filled(&clerk.get(&action).await, &action, &one);
    for field in &mut stale {
        if field.0 == "seen" {
            field.1 = "1".to_owned();
        }
    }
    let before = world.app.store().head().await.unwrap().seq;
    assert_eq!(clerk.post(&action, &stale).await.status, StatusCode::CONFLICT);
    assert_eq!(world.app.store().head().await.unwrap().seq, before);
    // A whole kecamatan, and nothing at all.
    let page = clerk.get(&action).await;
    let district = [
        ("cakupan", "pilih".to_owned()),
        ("kecamatan", "Ciamis".to_owned()),
    ];
    place(&clerk.post(&action, &filled(&page, &action, &district)).await);
    let run: Run = world.app.find(world.run.0).await.unwrap();
    assert_eq!(run.order.unwrap().draft.scope.len(), 3);
    let page = clerk.get(&action).await;
    let nothing = [("cakupan", "pilih".to_owned())];
    let answer = clerk.post(&action, &filled(&page, &action, &nothing)).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn whoever_may_not_draft_finds_no_form_and_is_refused() {
    let world = World::new(Mode::Demo).await;
    for name in ["teknisi", "petugas", "auditor", "admin"] {
        let mut browser = world.acting_as(name).await;
        for address in ["/perintah/baru".to_owned(), format!("{}/perintah", world.page())] {
            let page = browser.get(&address).await;
            assert_eq!(page.status, StatusCode::OK);
            assert!(!page.text().contains("name=\"purpose\""), "{name} {address}");
        }
        assert!(
            !browser.get("/").await.text().contains("/perintah/baru"),
            "{name}"
        );
    }
    let mut kasi = world.acting_as("kasi").await;
    let form = filled(
        &kasi.get("/perintah/baru").await,
        "/perintah",
        &[("cakupan", "semua".to_owned())],
    );
    let mut auditor = world.acting_as("auditor").await;
    let mut form: Vec<_> = form.into_iter().filter(|field| field.0 != "token").collect();
    form.push(("token", auditor.get("/akun").await.input("token").unwrap()));
    assert_eq!(
        auditor.post("/perintah", &form).await.status,
        StatusCode::FORBIDDEN
    );
}

#[tokio::test]
async fn an_order_by_word_of_mouth_lets_work_begin_and_keeps_its_sites() {
    let world = World::new(Mode::Demo).await;
    let mut clerk = world.acting_as("clerk").await;
    let edit = format!("{}/perintah", world.page());
    let action = format!("{}/lisan", world.page());
    let page = clerk.get(&edit).await;
    let mut form = page.form(&action);
    form.extend([
        ("given_by", world.people["kepala"].to_string()),
        ("given_at", "2026-11-23T09:00".to_owned()),
        ("channel", "phone".to_owned()),
    ]);
    assert!(place(&clerk.post(&action, &form).await).ends_with("?kabar=lisan"));
    let run: Run = world.app.find(world.run.0).await.unwrap();
    let order = run.order.unwrap();
    assert!(order.in_force() && order.issued.is_none());
    let page = clerk.get(&edit).await;
    assert!(page.text().contains("value=\"tetap\"") && !page.text().contains("value=\"semua\""));
    let written = filled(&page, &edit, &[("cakupan", "tetap".to_owned())]);
    place(&clerk.post(&edit, &written).await);
    let wrong: Vec<_> = form
        .iter()
        .map(|(name, value)| match *name {
            "given_at" => (*name, "kemarin".to_owned()),
            _ => (*name, value.clone()),
        })
        .collect();
    assert_eq!(clerk.post(&action, &wrong).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn the_head_extends_a_signed_order_under_a_number_of_its_own() {
    let world = World::new(Mode::Demo).await;
    let head_person = Who::person(world.people["kepala"]);
    // One site first, so that there is one to add.
    let run: Run = world.app.find(world.run.0).await.unwrap();
    let mut draft = run.order.unwrap().draft;
    let added = draft.scope.pop().unwrap();
    let revised = Command::DraftOrder {
        run: world.run,
        procedure: run.procedure,
        title: run.title,
        draft,
        previous: None,
    };
    let kasi = Who::person(world.people["kasi"]);
    world.app.act(kasi, Key::default(), &revised).await.unwrap();
    world
        .app
        .issue_order(head_person, Key::default(), world.run)
        .await
        .unwrap();

    let mut head = world.acting_as("kepala").await;
    let edit = format!("{}/perintah", world.page());
    assert!(
        head.get(&world.page())
            .await
            .text()
            .contains(&format!("href=\"{edit}\""))
    );
    let action = format!("{}/perubahan", world.page());
    let page = head.get(&edit).await;
    let mut form = page.form(&action);
    form.extend([
        ("seen", page.input("seen").unwrap()),
        ("cakupan", "pilih".to_owned()),
        ("site", added.to_string()),
        ("until", "2027-01-15".to_owned()),
        ("reason", "satu lokasi tertinggal".to_owned()),
    ]);
    let first = place(&head.post(&action, &form).await);
    assert_eq!(
        place(&head.post(&action, &form).await),
        first,
        "a double click is one addendum"
    );
    let run: Run = world.app.find(world.run.0).await.unwrap();
    let order = run.order.unwrap();
    assert_eq!((order.addenda.len(), order.scope().count()), (1, 2));
    assert!(head.get(&first).await.text().contains(&order.addenda[0].number));
    // The clerk reads who signs it.
    let mut clerk = world.acting_as("clerk").await;
    assert!(!clerk.get(&edit).await.text().contains("name=\"reason\""));
}

#[tokio::test]
async fn a_clerk_records_what_was_signed_by_hand_with_its_scan() {
    let world = World::new(Mode::Live).await;
    let mut clerk = world.signed_in("clerk").await;
    let here = world.page();
    let page = format!("{here}/atas-nama");
    let action = format!("{page}/terbitkan");
    assert!(clerk.get(&here).await.text().contains(&page));
    let shown = clerk.get(&page).await;
    let with = |official: &str| {
        let mut form = shown.form(&action);
        form.push(("official", world.people[official].to_string()));
        let now = world.app.now().to_zoned(jiff::tz::TimeZone::UTC).datetime();
        let now = now.checked_add(jiff::ToSpan::hours(7)).unwrap();
        form.push(("at", now.strftime("%Y-%m-%dT%H:%M").to_string()));
        form
    };
    let scan = "%PDF-1.7 pindaian";
    for (official, name, bytes, status) in [
        ("kepala", "a.pdf", "", StatusCode::BAD_REQUEST),
        ("kepala", "a.pdf", "<script>", StatusCode::UNSUPPORTED_MEDIA_TYPE),
        ("teknisi", "a.pdf", scan, StatusCode::FORBIDDEN),
    ] {
        let refused = clerk.upload(&action, &with(official), name, bytes).await;
        assert_eq!(refused.status, status, "{official}: {}", refused.text());
    }
    // Somebody who is no clerk sees no such page, and a form that is sent all the same is refused.
    let mut desk = world.signed_in("petugas").await;
    assert_eq!(desk.get(&page).await.status, StatusCode::NOT_FOUND);
    let mut form = with("kepala");
    form[0].1 = desk.get("/akun").await.input("token").unwrap();
    let refused = desk.upload(&action, &form, "a.pdf", scan).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text());
    assert!(
        refused.text().contains("atas nama orang lain"),
        "{}",
        refused.text()
    );

    for _ in 0..2 {
        let done = clerk.upload(&action, &with("kepala"), "surat.pdf", scan).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
    }
    let run: Run = world.app.find(world.run.0).await.unwrap();
    let issued = run
        .order
        .as_ref()
        .and_then(|order| order.issued.as_ref())
        .unwrap();
    assert_eq!(issued.by, world.people["kepala"]);
    assert_eq!(run.scans.len(), 1);
    let text = clerk.get(&here).await.text();
    assert!(
        text.contains("melakukannya dengan tangan") && text.contains("Contoh clerk"),
        "{text}"
    );
    let kept = desk.get(&format!("{here}/pindaian/{}", run.scans[0].bytes)).await;
    assert_eq!((kept.status, kept.text().as_str()), (StatusCode::OK, scan));
    assert_eq!(kept.headers[header::CONTENT_TYPE], "application/pdf");
    // What is kept for another record is not found here.
    let other = world.app.attach(b"%PDF-1.7 lain".to_vec()).await.unwrap();
    let stray = desk.get(&format!("{here}/pindaian/{other}")).await;
    assert_eq!(stray.status, StatusCode::NOT_FOUND);
    let report = world.app.store().verify(Vec::new(), true, |_| {}).await.unwrap();
    assert!(report.faults.is_empty(), "{:?}", report.faults);
}
