//! A complaint: what its page shows to whom, its acts, its list.

use axum::http::{StatusCode, header};
use rajut_app::Key;
use rajut_app::store::Page;
use rajut_core::check::Thresholds;
use rajut_core::complaint::{Channel, Complaint, Priority, Symptom};
use rajut_core::id::ActId;
use rajut_core::register::{DeviceCondition, DeviceKind, Medium};
use rajut_core::run::Run;
use rajut_core::visit::Verdict;

use super::world::{Answer, Browser, HOSTILE, World, told};
use crate::web::{Mode, show};
use crate::words::{Language, Words};

fn address(world: &World) -> String {
    format!("/pengaduan/{}", world.complaint.number)
}

/// Sends the form with this action, filled in.
async fn send(browser: &mut Browser, page: &str, action: &str, more: &[(&str, &str)]) -> Answer {
    let shown = browser.get(page).await;
    let mut form: Vec<(&str, String)> = shown.form(action);
    form.extend(more.iter().map(|(name, value)| (*name, (*value).to_owned())));
    browser.post(action, &form).await
}

async fn complaint(world: &World) -> Complaint {
    world.app.find(world.complaint.complaint.0).await.unwrap()
}

async fn open_step(world: &World) -> String {
    let run: Run = world.app.find(world.complaint.run.0).await.unwrap();
    run.progress.open_steps()[0].to_string()
}

#[tokio::test]
async fn the_page_masks_who_complained_until_a_reason_is_recorded() {
    let world = World::new(Mode::Demo).await;
    let mut officer = world.acting_as("petugas").await;
    let page = officer.get(&address(&world)).await.text();
    assert!(page.contains("C*** P***") && page.contains("***777"), "{page}");
    assert!(!page.contains("Contoh Pelapor") && !page.contains("0812"));
    assert!(!page.contains(HOSTILE) && page.contains("alert(1)"), "it is text");
    assert!(page.contains("melalui telepon"), "the timeline");

    let action = format!("{}/pelapor", address(&world));
    let looks = || async {
        world
            .app
            .access_log(None, None, &Page::first(9))
            .await
            .unwrap()
            .items
            .len()
    };
    let blank = send(&mut officer, &address(&world), &action, &[("reason", " ")]).await;
    assert_eq!(blank.status, StatusCode::CONFLICT);
    assert_eq!(looks().await, 0);
    let shown = send(
        &mut officer,
        &address(&world),
        &action,
        &[("reason", "menelepon kembali")],
    )
    .await;
    assert_eq!(shown.status, StatusCode::OK);
    assert!(shown.text().contains("Contoh Pelapor") && shown.text().contains("0812-0000-777"));
    assert_eq!(looks().await, 1);
    assert!(
        !officer.get(&address(&world)).await.text().contains("0812"),
        "once"
    );

    // Who may not, is offered nothing and gets nothing.
    let mut technician = world.acting_as("teknisi").await;
    let page = technician.get(&address(&world)).await;
    assert!(!page.text().contains(&action));
    let token = page.input("token").unwrap_or_default();
    let token = if token.is_empty() {
        technician.get("/").await.input("token").unwrap()
    } else {
        token
    };
    let form = [
        ("token", token),
        ("key", world.app.ids().fresh::<ActId>().to_string()),
        ("reason", "ingin tahu".to_owned()),
    ];
    let refused = technician.post(&action, &form).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(!refused.text().contains("0812"));
    assert_eq!(looks().await, 1);
}

#[tokio::test]
async fn steps_are_done_by_whose_turn_it_is_and_once() {
    let world = World::new(Mode::Demo).await;
    let (page, action) = (address(&world), format!("{}/langkah", address(&world)));
    let mut officer = world.acting_as("petugas").await;
    let mut technician = world.acting_as("teknisi").await;
    let waits = technician.get(&page).await.text();
    assert!(!waits.contains(&action), "it is not the technician's turn");
    assert!(waits.contains("Contoh petugas"), "but the officer's");

    let mut form = officer.get(&page).await.form(&action);
    form.push(("step", "pencatatan".to_owned()));
    let first = officer.post(&action, &form).await;
    let head = world.app.store().head().await.unwrap().seq;
    let second = officer.post(&action, &form).await;
    for answer in [&first, &second] {
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    }
    assert_eq!(
        world.app.store().head().await.unwrap().seq,
        head,
        "a double click"
    );
    assert_eq!(open_step(&world).await, "kelengkapan");
    // A form of before: another key, the same step.
    form[1].1 = world.app.ids().fresh::<ActId>().to_string();
    assert_eq!(officer.post(&action, &form).await.status, StatusCode::CONFLICT);

    let shown = officer.get(&page).await.text();
    assert!(
        shown.contains("name=\"exit\" value=\"ya\""),
        "an answer is a button"
    );
    let complete = [("step", "kelengkapan"), ("exit", "ya")];
    send(&mut officer, &page, &action, &complete).await;
    // Sorting it classifies it; what is missing is refused.
    let without = send(&mut officer, &page, &action, &[("step", "pemilahan")]).await;
    assert_eq!(without.status, StatusCode::CONFLICT, "{}", without.text());
    let sorted = [
        ("step", "pemilahan"),
        ("f-kategori", "wifi"),
        ("f-prioritas", "p2"),
    ];
    let done = send(&mut officer, &page, &action, &sorted).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
    let known = complaint(&world).await;
    assert_eq!(
        (known.category.as_deref(), known.priority),
        (Some("wifi"), Some(Priority::P2))
    );
    let shown = officer
        .get(done.headers[header::LOCATION].to_str().unwrap())
        .await
        .text();
    assert!(
        shown.contains("Pemulihan layanan") && shown.contains("Kategori: Wi-Fi"),
        "{shown}"
    );

    send(
        &mut officer,
        &page,
        &action,
        &[("step", "kewenangan"), ("exit", "ya")],
    )
    .await;
    let diagnosed = [("step", "diagnosis"), ("f-hasil", HOSTILE)];
    let done = send(&mut technician, &page, &action, &diagnosed).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
    assert!(!technician.get(&page).await.text().contains(HOSTILE));
    let report = world.app.store().verify(Vec::new(), true, |_| {}).await.unwrap();
    assert!(report.faults.is_empty(), "{:?}", report.faults);
}

#[tokio::test]
async fn the_desk_classifies_and_joins_incidents() {
    let world = World::new(Mode::Demo).await;
    let (page, mut officer) = (address(&world), world.acting_as("petugas").await);
    let classify = format!("{page}/klasifikasi");
    let other = world.other.number.to_lowercase();
    let itself = [
        ("category", "wifi"),
        ("priority", "p3"),
        ("duplicate_of", &world.complaint.number),
    ];
    let refused = send(&mut officer, &page, &classify, &itself).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    let fields = [
        ("category", "wifi"),
        ("priority", "p3"),
        ("duplicate_of", other.as_str()),
    ];
    let done = send(&mut officer, &page, &classify, &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
    assert_eq!(complaint(&world).await.duplicate_of, Some(world.other.complaint));

    let open = format!("{page}/gangguan/baru");
    let cause = [("cause", "power"), ("what", "Listrik padam di pusat")];
    let done = send(&mut officer, &page, &open, &cause).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
    let incident = complaint(&world).await.incident.unwrap().to_string();
    assert!(officer.get(&page).await.text().contains("Listrik padam di pusat"));
    let second = format!("/pengaduan/{}", world.other.number);
    let join = format!("{second}/gangguan");
    let joined = send(&mut officer, &second, &join, &[("incident", &incident)]).await;
    assert_eq!(joined.status, StatusCode::SEE_OTHER, "{}", joined.text());
    assert!(
        officer
            .get(&page)
            .await
            .text()
            .contains(&format!("href=\"{second}\""))
    );
    let leave = format!("{second}/gangguan/lepas");
    let left = [("incident", incident.as_str()), ("reason", "sebab lain")];
    assert_eq!(
        send(&mut officer, &second, &leave, &left).await.status,
        StatusCode::SEE_OTHER
    );
    assert!(
        world
            .app
            .find::<Complaint>(world.other.complaint.0)
            .await
            .unwrap()
            .incident
            .is_none()
    );
    assert!(
        !world
            .acting_as("auditor")
            .await
            .get(&page)
            .await
            .text()
            .contains(&classify)
    );
}

#[tokio::test]
async fn the_list_is_filtered_and_paged_by_its_address() {
    let world = World::new(Mode::Demo).await;
    let mut officer = world.acting_as("petugas").await;
    let count = |text: &str| text.matches("<th scope=\"row\">").count();
    let both = officer.get("/pengaduan").await.text();
    assert_eq!(count(&both), 2, "{both}");
    for (query, wanted) in [
        ("kantor=disdik", 1),
        ("lokasi=c", 1),
        ("lokasi=nowhere", 0),
        ("prioritas=p1", 0),
        ("kecamatan=Ciamis", 2),
        ("kecamatan=Lain", 0),
        ("kantor=dinkes&status=all", 1),
        ("kantor=nowhere", 0),
    ] {
        let page = officer.get(&format!("/pengaduan?{query}")).await;
        assert_eq!(
            (page.status, count(&page.text())),
            (StatusCode::OK, wanted),
            "{query}"
        );
    }
    assert_eq!(
        officer.get("/pengaduan?prioritas=x").await.status,
        StatusCode::BAD_REQUEST
    );
    // Many: none is lost between two pages, with and without a filter that the store does not have.
    let who = rajut_app::Who::person(world.people["petugas"]);
    let site = complaint(&world).await.site;
    for _ in 0..30 {
        let new = told(site, None);
        world
            .app
            .register_complaint(who, Key::default(), new)
            .await
            .unwrap();
    }
    for query in ["", "?kecamatan=Ciamis"] {
        let first = officer.get(&format!("/pengaduan{query}")).await.text();
        assert_eq!(count(&first), 25);
        let (before, _) = first.split_once("\" rel=\"next\"").unwrap();
        let next = before.rsplit_once("href=\"").unwrap().1.replace("&#38;", "&");
        let second = officer.get(&next).await.text();
        assert_eq!(count(&second), 7, "{query} {next}");
        assert!(!second.contains("rel=\"next\""));
    }
    let missing = officer.get("/pengaduan/ADU-1999-00001").await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
}

#[test]
fn every_code_has_a_word() {
    for language in [Language::Indonesian, Language::English] {
        let words = Words::shared(language);
        let mut codes: Vec<(&str, &str)> = Vec::new();
        codes.extend(Channel::ALL.iter().map(|it| ("channel", it.code())));
        codes.extend(Symptom::ALL.iter().map(|it| ("symptom", it.code())));
        codes.extend(Verdict::ALL.iter().map(|it| ("verdict", it.code())));
        codes.extend(DeviceKind::ALL.iter().map(|it| ("device", it.code())));
        codes.extend(DeviceCondition::ALL.iter().map(|it| ("condition", it.code())));
        codes.extend(Medium::ALL.iter().map(|it| ("medium", it.code())));
        let thresholds = Thresholds::read(Thresholds::SHIPPED).unwrap();
        codes.extend(thresholds.iter().map(|it| ("measure", it.measure())));
        for (of, code) in codes {
            let key = format!("web-{of}-{}", code.replace('_', "-"));
            assert_ne!(words.say(&key), key, "{language:?}");
            assert_eq!(show::coded(words, of, code), words.say(&key));
        }
    }
}

/// The form of a new complaint, filled in.
pub fn filled(text: &str) -> Vec<(&'static str, String)> {
    vec![
        ("symptom", "down".to_owned()),
        ("text", text.to_owned()),
        ("reporter", "Contoh Penelepon".to_owned()),
        ("contact", "0812-0000-999".to_owned()),
    ]
}

#[tokio::test]
async fn a_phoned_complaint_is_a_word_and_one_form() {
    let world = World::new(Mode::Demo).await;
    let mut officer = world.acting_as("petugas").await;
    let empty = officer.get("/pengaduan/baru").await.text();
    assert!(empty.contains("name=\"cari\"") && !empty.contains("name=\"symptom\""));
    assert!(
        officer
            .get("/pengaduan/baru?cari=zzz")
            .await
            .text()
            .contains("Tidak ada lokasi")
    );
    // Several are buttons, one goes straight on; an office's name finds its sites, hostile names are text.
    let several = officer.get("/pengaduan/baru?cari=pendidikan").await.text();
    assert!(several.contains("lokasi=A\"") && several.contains("lokasi=B\"") && !several.contains(HOSTILE));
    let one = officer.get("/pengaduan/baru?cari=kantor").await;
    let mut form = one.form("/pengaduan/baru");
    for hidden in ["code", "site", "office"] {
        form.push((hidden, one.input(hidden).unwrap()));
    }
    let without = officer.post("/pengaduan/baru", &form).await;
    assert!(without.status.is_client_error(), "nothing was said");
    form.extend(filled("Mati total"));
    form.push(("channel", "phone".to_owned()));
    let first = officer.post("/pengaduan/baru", &form).await;
    assert_eq!(first.status, StatusCode::OK, "{}", first.text());
    let head = world.app.store().head().await.unwrap().seq;
    let second = officer.post("/pengaduan/baru", &form).await;
    assert_eq!(
        world.app.store().head().await.unwrap().seq,
        head,
        "a double click"
    );
    let (text, code) = (first.text(), one.input("code").unwrap());
    let number = text
        .split("<title>")
        .nth(1)
        .unwrap()
        .split(' ')
        .next()
        .unwrap()
        .to_owned();
    for page in [&text, &second.text()] {
        assert!(page.contains(&code) && page.contains(&number), "{page}");
    }
    let known = world.app.complaint(&number).await.unwrap();
    assert_eq!(
        (known.symptom, known.channel, known.site),
        (Symptom::Down, Channel::Phone, world.site)
    );
    assert!(known.office.is_some());

    // Who may not: no form, no complaint.
    let mut auditor = world.acting_as("auditor").await;
    let page = auditor.get("/pengaduan/baru?lokasi=A").await;
    assert!(!page.text().contains("name=\"symptom\""));
}

#[tokio::test]
async fn a_receipt_tells_where_it_stands_and_nothing_else() {
    let world = World::new(Mode::Live).await;
    let mut anybody = world.browser();
    let ask = async |browser: &mut Browser, number: &str, code: &str| {
        let token = browser.get("/cek-pengaduan").await.input("token").unwrap();
        let form = [
            ("token", token),
            ("number", number.to_owned()),
            ("code", code.to_owned()),
        ];
        browser.post("/cek-pengaduan", &form).await
    };
    let (number, code) = (world.complaint.number.clone(), world.complaint.code.clone());
    let told = ask(
        &mut anybody,
        &format!(" {} ", number.to_lowercase()),
        &code.to_lowercase(),
    )
    .await;
    let text = told.text();
    assert_eq!(told.status, StatusCode::OK, "{text}");
    assert!(text.contains("langkah 2 dari 15"), "{text}");
    for name in ["Contoh", "Kantor A", "alert(1)", "0812", "Jabatan"] {
        assert!(!text.contains(name), "{name}");
    }
    // A wrong number and a wrong code are answered alike.
    let wrong = ask(&mut anybody, &number, "ABCDEFGH").await;
    let nowhere = ask(&mut anybody, "ADU-1999-00001", &code).await;
    let sentence = |answer: &Answer| answer.text().split("role=\"alert\"").nth(1).unwrap()[..80].to_owned();
    assert_eq!(
        (wrong.status, sentence(&wrong)),
        (nowhere.status, sentence(&nowhere))
    );
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    // Guessing the code of one number is slowed; the right one waits as well, other numbers do not.
    for _ in 0..4 {
        ask(&mut anybody, &number, "ABCDEFGH").await;
    }
    let waits = ask(&mut world.browser(), &number, &code).await;
    assert_eq!(waits.status, StatusCode::TOO_MANY_REQUESTS);
    let other = ask(&mut anybody, &world.other.number, &world.other.code).await;
    assert_eq!(other.status, StatusCode::OK);
    assert!(!other.text().contains("Puskesmas"));
}
