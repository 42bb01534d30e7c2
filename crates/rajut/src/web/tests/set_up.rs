//! A system set up in the browser: the first page, posts, people, settings, registers from files.

use axum::http::{StatusCode, header};
use rajut_core::act::Act;
use rajut_core::people::{Person, Post};
use rajut_core::stream::StreamKind;

use super::world::{Answer, Browser, PASSWORD, World, empty};
use crate::web::Mode;

const SECRET: &str = "rahasia-tautan";

fn first_form(token: String, more: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
    let mut form = vec![
        ("token", token),
        ("government", "PEMERINTAH KABUPATEN CONTOH".to_owned()),
        ("agency", "DINAS <b>CONTOH</b>".to_owned()),
        ("address", "Jl. Contoh 1\r\nTelepon 000".to_owned()),
        ("place", "Contoh".to_owned()),
        ("zone", "WITA".to_owned()),
        ("admin", "Contoh Pengelola".to_owned()),
        ("login", "pengelola".to_owned()),
        ("accept-E01", "naskah lama".to_owned()),
        ("accept-E02", "naskah lama".to_owned()),
        ("accept-E03", "naskah lama".to_owned()),
    ];
    for (name, value) in more {
        form.retain(|(known, _)| known != name);
        form.push((name, (*value).to_owned()));
    }
    form
}

/// The form with this action, filled in.
async fn send(browser: &mut Browser, page: &str, action: &str, more: &[(&str, &str)]) -> Answer {
    let mut form: Vec<(&str, String)> = browser.get(page).await.form(action);
    form.extend(more.iter().map(|(name, value)| (*name, (*value).to_owned())));
    browser.post(action, &form).await
}

#[tokio::test]
async fn nothing_opens_before_the_set_up_and_the_set_up_opens_to_its_link_alone() {
    let (web, _folder) = empty().await;
    web.beginning.await_by(SECRET);
    let mut browser = Browser::new(&web);
    for closed in ["/", "/masuk", "/pelaksanaan", "/api/v1/runs", "/cek-pengaduan"] {
        let answer = browser.get(closed).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{closed}");
        assert!(answer.text().contains("belum dipasang"), "{closed}");
    }
    assert_eq!(browser.get("/healthz").await.status, StatusCode::OK);
    // Whoever must trust the certificate first comes to its page; here there is none.
    assert_eq!(browser.get("/sertifikat").await.status, StatusCode::NOT_FOUND);
    let wrong = browser.get("/pemasangan/lain").await;
    assert_eq!(wrong.status, StatusCode::NOT_FOUND);
    let link = format!("/pemasangan/{SECRET}");
    let page = browser.get(&link).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text());
    let token = page.input("token").unwrap();
    // What cannot be is said, what was typed stays, nothing is set up.
    for (more, told) in [
        (("place", " "), "place"),
        (("admin", ""), "belum diisi"),
        (("login", "a b"), "akun"),
        (("zone", "CET"), "belum diisi"),
        (("accept-E01", ""), "E01"),
    ] {
        let answer = browser.post(&link, &first_form(token.clone(), &[more])).await;
        assert_eq!(
            answer.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{more:?}: {}",
            answer.text()
        );
        let text = answer.text();
        assert!(
            text.contains("KABUPATEN CONTOH") && text.contains(told),
            "{more:?}: {text}"
        );
    }
    assert_eq!(web.app.store().head().await.unwrap().seq, 0);
    let elsewhere = browser
        .post("/pemasangan/lain", &first_form(token.clone(), &[]))
        .await;
    assert_eq!(elsewhere.status, StatusCode::NOT_FOUND);

    // Both clicks of a double click lead to the same invitation.
    let form = first_form(token, &[]);
    let mut other = Browser::new(&web);
    other.keep("rajut-visit", &browser.cookie("rajut-visit"));
    let (first, second) = tokio::join!(browser.post(&link, &form), other.post(&link, &form));
    let to = first.headers[header::LOCATION].to_str().unwrap().to_owned();
    assert!(to.starts_with("/undangan/"), "{to}");
    assert_eq!(second.headers[header::LOCATION].to_str().unwrap(), to);
    let again = browser.get(&link).await;
    assert_eq!(again.headers[header::LOCATION].to_str().unwrap(), to);

    let page = browser.get(&to).await;
    assert!(page.text().contains("pengelola"), "{}", page.text());
    let chosen = [
        ("token", page.input("token").unwrap()),
        ("password", PASSWORD.to_owned()),
        ("again", PASSWORD.to_owned()),
    ];
    let answer = browser.post(&to, &chosen).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    let text = browser.get("/pengelolaan").await.text();
    for told in ["Pejabat SOP", "Kepala Dinas", "Masih kosong", "Kalender kerja"] {
        assert!(text.contains(told), "{told}: {text}");
    }
    assert!(!text.contains("<b>CONTOH"), "{text}");
    let report = web.app.store().verify(Vec::new(), true, |_| {}).await.unwrap();
    assert!(report.faults.is_empty(), "{:?}", report.faults);
    // The link leads to an invitation that was taken up, and no further.
    assert_eq!(browser.get(&to).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_pages_open_when_another_program_sets_the_database_up() {
    let (web, _folder) = empty().await;
    web.beginning.await_by(SECRET);
    let from = jiff::civil::date(2026, 1, 1);
    let demo = rajut_app::Defaults::demo();
    web.app
        .set_up(&demo, from, &rajut_app::Defaults::demo_reasons())
        .await
        .unwrap();
    web.beginning.wait(&web.app).await;
    let mut browser = Browser::new(&web);
    assert_eq!(browser.get("/masuk").await.status, StatusCode::OK);
    let link = format!("/pemasangan/{SECRET}");
    assert_eq!(browser.get(&link).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn posts_are_added_and_renamed_and_people_entered_and_changed() {
    let world = World::new(Mode::Live).await;
    let mut admin = world.signed_in("admin").await;
    let page = "/pengelolaan/jabatan";
    let post = [
        ("code", "teknisi-9"),
        ("title", "Teknisi Baru"),
        ("unit", "Seksi Contoh"),
        ("role", "technician"),
        ("superior", ""),
    ];
    let added = send(&mut admin, page, page, &post).await;
    assert_eq!(added.status, StatusCode::SEE_OTHER, "{}", added.text());
    let taken = send(&mut admin, page, page, &post).await;
    assert_eq!(taken.status, StatusCode::BAD_REQUEST);
    assert!(taken.text().contains("sudah dipakai"), "{}", taken.text());
    let mut no_code = post;
    no_code[0] = ("code", "Teknisi 9");
    let refused = send(&mut admin, page, page, &no_code).await;
    assert!(refused.text().contains("bukan kode"), "{}", refused.text());

    let context = world.app.context().await.unwrap();
    let known = context.post("teknisi-9").unwrap().clone();
    let head = context
        .people
        .all::<Post>()
        .find(|post| post.superior.is_none())
        .unwrap();
    let change = |title: &'static str, superior: String| {
        [
            ("post", known.id.to_string()),
            ("title", title.to_owned()),
            ("unit", "Seksi Contoh".to_owned()),
            ("superior", superior),
        ]
    };
    let action = "/pengelolaan/jabatan/ubah";
    let hidden = admin.get(page).await.form(action);
    let with = |more: [(&'static str, String); 4]| {
        let mut form = hidden.clone();
        form[1].1 = world.app.ids().fresh::<rajut_core::id::ActId>().to_string();
        form.extend(more);
        form
    };
    let renamed = admin
        .post(action, &with(change("Teknisi Jaringan 9", head.id.to_string())))
        .await;
    assert_eq!(renamed.status, StatusCode::SEE_OTHER, "{}", renamed.text());
    let own = admin
        .post(action, &with(change("Lain", known.id.to_string())))
        .await;
    assert_eq!(own.status, StatusCode::BAD_REQUEST, "nobody is above themselves");
    let context = world.app.context().await.unwrap();
    let renamed = context.post("teknisi-9").unwrap();
    let today = context.agency.zone.date(world.app.now());
    assert_eq!(renamed.label_on(today).0, "Teknisi Jaringan 9");
    assert_eq!(renamed.label_on(today.yesterday().unwrap()).0, "Teknisi Baru");

    let person = [
        ("name", "Contoh <i>Orang</i>"),
        ("titles_before", ""),
        ("titles_after", "S.Kom."),
        ("status", "pns"),
        ("rank", "III/a"),
        ("nip", "19900101 201503 1 001"),
        ("address", "Jl. Rahasia 7"),
        ("phone", "081200000000"),
    ];
    let mut clerk = world.signed_in("clerk").await;
    let entered = send(&mut clerk, "/orang-baru", "/orang-baru", &person).await;
    assert_eq!(entered.status, StatusCode::SEE_OTHER, "{}", entered.text());
    let page = entered.headers[header::LOCATION].to_str().unwrap().to_owned();
    let text = clerk.get(&page).await.text();
    assert!(
        text.contains("S.Kom.") && !text.contains("<i>") && !text.contains("Rahasia 7"),
        "{text}"
    );
    let edit = format!("{page}/ubah");
    assert!(!clerk.get(&edit).await.text().contains("Rahasia 7"));
    // What is left empty stays; a number of the other kind is refused.
    let mut changed = person;
    changed[0].1 = "Contoh Orang";
    changed[5].1 = "";
    changed[6].1 = "";
    changed[7].1 = "";
    let kept = send(&mut clerk, &edit, &edit, &changed).await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text());
    changed[3].1 = "pppk";
    changed[4].1 = "";
    changed[5].1 = "199001012015031001";
    let wrong = send(&mut clerk, &edit, &edit, &changed).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST, "{}", wrong.text());
    let context = world.app.context().await.unwrap();
    let known = context
        .people
        .all::<Person>()
        .find(|it| it.name == "Contoh Orang")
        .unwrap();
    assert!(known.nip.is_some() && known.address.is_some() && known.phone.is_some());
    let report = world.app.store().verify(Vec::new(), true, |_| {}).await.unwrap();
    assert!(report.faults.is_empty(), "{:?}", report.faults);
    // Who keeps no people does not come there.
    let mut desk = world.signed_in("petugas").await;
    assert_eq!(desk.get("/orang-baru").await.status, StatusCode::NOT_FOUND);
    assert_eq!(desk.get(&edit).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_setting_gets_a_new_version_or_is_shown_again_with_its_fault() {
    let world = World::new(Mode::Live).await;
    let mut admin = world.signed_in("admin").await;
    let page = "/pengelolaan/pengaturan/causes";
    let shown = admin.get(page).await;
    assert!(shown.text().contains("Versi 1"), "{}", shown.text());
    let broken = send(
        &mut admin,
        page,
        page,
        &[("text", "causes = [\n"), ("from", "2026-03-01")],
    )
    .await;
    assert_eq!(broken.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(broken.text().contains("causes = ["), "what was typed stays");
    assert!(broken.text().contains("baris"), "{}", broken.text());
    let text = rajut_core::complaint::Causes::SHIPPED.replace('\n', "\r\n");
    let loaded = send(&mut admin, page, page, &[("text", &text), ("from", "2026-01-05")]).await;
    assert_eq!(loaded.status, StatusCode::SEE_OTHER, "{}", loaded.text());
    assert!(admin.get(page).await.text().contains("Versi 2"));

    let kop = [
        ("government", "PEMERINTAH KOTA CONTOH"),
        ("agency", "DINAS LAIN"),
        ("address", "Jl. Lain 2"),
        ("place", "Contoh"),
        ("zone", "WIT"),
    ];
    let agency = "/pengelolaan/pengaturan/agency";
    let done = send(&mut admin, agency, "/pengelolaan/kop", &kop).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
    let file = &world.app.context().await.unwrap().agency_file;
    assert_eq!(file.letterhead.government, "PEMERINTAH KOTA CONTOH");
    assert_eq!(file.zone, rajut_core::calendar::Zone::Wit);
    assert_eq!(file.lanes.len(), 2, "what else stands in the file stays");
    for name in ["kasi", "kepala"] {
        let mut other = world.signed_in(name).await;
        assert_eq!(other.get(agency).await.status, StatusCode::NOT_FOUND, "{name}");
    }
}

#[tokio::test]
async fn a_file_is_shown_first_and_taken_in_as_shown() {
    let world = World::new(Mode::Live).await;
    let mut admin = world.signed_in("admin").await;
    let form = admin.get("/impor").await.form("/impor/offices");
    let text = "code,name\ndinas-baru,\"Dinas <script>Baru\"\n";
    let shown = admin
        .upload("/impor/offices", &form, "perangkat daerah.csv", text)
        .await;
    assert_eq!(shown.status, StatusCode::OK, "{}", shown.text());
    assert!(shown.text().contains("dinas-baru") && !shown.text().contains("<script>Baru"));
    let count = || async { world.app.store().all(StreamKind::Office).await.unwrap().len() };
    let before = count().await;
    let mut take: Vec<(&str, String)> = shown.form("/impor/offices/terima");
    for name in ["file", "mark", "bytes"] {
        take.push((name, shown.input(name).unwrap()));
    }
    // Somebody else enters the same meanwhile: what would happen now is shown first.
    let who = rajut_app::Who::person(world.people["admin"]);
    let office = rajut_app::FileOf::Offices;
    world
        .app
        .import_text(who, rajut_app::Key::default(), office, text)
        .await
        .unwrap();
    let otherwise = admin.post("/impor/offices/terima", &take).await;
    assert_eq!(otherwise.status, StatusCode::CONFLICT, "{}", otherwise.text());
    assert_eq!(count().await, before + 1);

    let form = admin.get("/impor").await.form("/impor/offices");
    let more = "code,name\ndinas-lain,Dinas Lain\n";
    let shown = admin.upload("/impor/offices", &form, "a.csv", more).await;
    let mut take: Vec<(&str, String)> = shown.form("/impor/offices/terima");
    for name in ["file", "mark", "bytes"] {
        take.push((name, shown.input(name).unwrap()));
    }
    for _ in 0..2 {
        let taken = admin.post("/impor/offices/terima", &take).await;
        assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.text());
    }
    assert_eq!(count().await, before + 2, "twice is once");

    // Faults are named with their lines; what is no table is told; without a file there is nothing to do.
    let form = admin.get("/impor").await.form("/impor/offices");
    let faulty = admin
        .upload("/impor/offices", &form, "b.csv", "code,name\nBukan Kode!,X\n")
        .await;
    assert!(faulty.text().contains("1 kesalahan"), "{}", faulty.text());
    assert!(!faulty.text().contains("/impor/offices/terima"));
    let none = admin.upload("/impor/offices", &form, "c.csv", "").await;
    assert_eq!(none.status, StatusCode::BAD_REQUEST);
    let binary = admin
        .upload("/impor/offices", &form, "d.png", "\u{89}PNG\r\n\u{1a}\n\0\0")
        .await;
    assert_eq!(binary.status, StatusCode::BAD_REQUEST, "{}", binary.text());
    let large = "x".repeat(11 << 20);
    let large = admin.upload("/impor/offices", &form, "e.csv", &large).await;
    assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE);

    let sheet = admin.get("/ekspor/offices.csv").await;
    assert!(sheet.text().contains("dinas-lain"), "{}", sheet.text());
    // People are the administrator's.
    let mut kasi = world.signed_in("kasi").await;
    let text = kasi.get("/impor").await.text();
    assert!(
        text.contains("/impor/devices") && !text.contains("/impor/people"),
        "{text}"
    );
    let form = kasi.get("/impor").await.form("/impor/devices");
    let refused = kasi
        .upload("/impor/people", &form, "f.csv", "name\nContoh\n")
        .await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.text());
    assert!(matches!(
        Act::Import.authority().right,
        rajut_core::act::Right::Roles(_)
    ));
}
