//! A served office: what is its own, what it may do with it, and that everything else is not there.

use axum::http::{Method, StatusCode, header};
use rajut_app::{Key, Who};
use rajut_core::complaint::Channel;
use rajut_core::flow::{Command, Place};
use rajut_core::id::ActId;
use rajut_core::procedure::{ExitCode, StepId};
use rajut_core::run::Run;

use super::complaints::filled;
use super::world::{HOSTILE, World, told};
use crate::web::Mode;
use crate::web::routes::{Access, table};

const PAGES: &str = "/kantor/pengaduan";

#[tokio::test]
async fn home_shows_their_own_things() {
    let world = World::new(Mode::Demo).await;
    let mut contact = world.acting_as("kontak").await;
    let home = contact.get("/").await.text();
    assert!(
        home.contains("Dinas Pendidikan") && home.contains("Kantor A"),
        "{home}"
    );
    assert!(home.contains(&world.complaint.number) && !home.contains(HOSTILE));
    for foreign in [
        "Puskesmas",
        "Dinas Kesehatan",
        &world.other.number,
        "/pelaksanaan",
        "/status",
    ] {
        assert!(!home.contains(foreign), "{foreign}");
    }
    for (status, count) in [("", 1), ("?status=all", 1)] {
        let list = contact.get(&format!("{PAGES}{status}")).await.text();
        assert_eq!(list.matches("card-link").count(), count, "{list}");
    }
}

#[tokio::test]
async fn an_office_complains_and_is_told_a_receipt() {
    let world = World::new(Mode::Demo).await;
    let mut contact = world.acting_as("kontak").await;
    let choose = contact.get(&format!("{PAGES}/baru")).await.text();
    assert!(choose.contains("lokasi=A\"") && !choose.contains("lokasi=C\""));
    let page = contact.get(&format!("{PAGES}/baru?lokasi=A")).await;
    let mut form = page.form("/kantor/pengaduan/baru");
    for hidden in ["code", "site", "office"] {
        form.push((hidden, page.input(hidden).unwrap()));
    }
    form.extend(filled(HOSTILE));
    let receipt = contact.post(&format!("{PAGES}/baru"), &form).await;
    let text = receipt.text();
    assert_eq!(receipt.status, StatusCode::OK, "{text}");
    let number = text
        .split("<title>")
        .nth(1)
        .unwrap()
        .split(' ')
        .next()
        .unwrap()
        .to_owned();
    let known = world.app.complaint(&number).await.unwrap();
    assert_eq!((known.site, known.channel), (world.site, Channel::Web));
    assert!(text.contains(&page.input("code").unwrap()));
    let shown = contact.get(&format!("{PAGES}/{number}")).await.text();
    assert!(!shown.contains(HOSTILE) && shown.contains("alert(1)"));
    // At another office's site, or for another office at their own: there is no such thing.
    let other = world.app.complaint(&world.other.number).await.unwrap();
    let foreign = [
        ("site", other.site.to_string()),
        ("office", other.office.unwrap().to_string()),
    ];
    let head = world.app.store().head().await.unwrap().seq;
    for (name, value) in foreign {
        let mut form = form.clone();
        form[1].1 = world.app.ids().fresh::<ActId>().to_string();
        form.iter_mut()
            .filter(|it| it.0 == name)
            .for_each(|it| it.1.clone_from(&value));
        let refused = contact.post(&format!("{PAGES}/baru"), &form).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND, "{name}");
    }
    // Nor does a key tell what somebody else did under it.
    let mut form = form.clone();
    form[1].1 = world.other.complaint.to_string();
    let refused = contact.post(&format!("{PAGES}/baru"), &form).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert!(!refused.text().contains(&world.other.number));
    assert_eq!(world.app.store().head().await.unwrap().seq, head);
}

/// Brings a complaint to where the office says whether the connection works again.
async fn until_confirmed(world: &World) {
    let place = Place::Run(world.complaint.run);
    for (name, step, exit, values) in [
        ("petugas", "pencatatan", None, &[][..]),
        ("petugas", "kelengkapan", Some("ya"), &[]),
        (
            "petugas",
            "pemilahan",
            None,
            &[("kategori", "wifi"), ("prioritas", "p2")],
        ),
        ("petugas", "kewenangan", Some("ya"), &[]),
        ("teknisi", "diagnosis", None, &[("hasil", "rahasia teknis")]),
        ("teknisi", "jarak-jauh", Some("ya"), &[]),
        (
            "teknisi",
            "pengujian",
            None,
            &[("pelapor", "Contoh Saksi"), ("sesudah", "baik")],
        ),
    ] {
        let who = Who::person(world.people[name]);
        let values = values
            .iter()
            .map(|(field, value)| ((*field).to_owned(), (*value).to_owned()));
        let exit = exit.map(|exit| ExitCode::try_from(exit.to_owned()).unwrap());
        let step = StepId::try_from(step.to_owned()).unwrap();
        world
            .app
            .complete_step(who, Key::default(), place, step, exit, values.collect())
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn an_office_answers_what_it_is_asked_and_reads_no_names() {
    let world = World::new(Mode::Demo).await;
    let page = format!("{PAGES}/{}", world.complaint.number);
    let action = format!("{page}/langkah");
    let mut contact = world.acting_as("kontak").await;
    assert!(
        !contact.get(&page).await.text().contains(&action),
        "it is the officer's turn"
    );
    until_confirmed(&world).await;
    assert!(contact.get("/").await.text().contains("menunggu jawaban Anda"));
    let shown = contact.get(&page).await.text();
    assert!(
        shown.contains("value=\"tidak\"") && !shown.contains("tanpa-jawaban"),
        "{shown}"
    );
    for hidden in [
        "Contoh teknisi",
        "Contoh petugas",
        "rahasia teknis",
        "Saksi",
        "C*** P***",
    ] {
        assert!(!shown.contains(hidden), "{hidden}");
    }
    let mut form = contact.get(&page).await.form(&action);
    form.extend([("step", "konfirmasi".to_owned()), ("exit", "ya".to_owned())]);
    let first = contact.post(&action, &form).await;
    let head = world.app.store().head().await.unwrap().seq;
    let second = contact.post(&action, &form).await;
    assert_eq!(
        (first.status, second.status),
        (StatusCode::SEE_OTHER, StatusCode::SEE_OTHER)
    );
    assert_eq!(first.headers[header::LOCATION], format!("{page}?kabar=langkah"));
    assert_eq!(
        world.app.store().head().await.unwrap().seq,
        head,
        "a double click"
    );
    let run: Run = world.app.find(world.complaint.run.0).await.unwrap();
    assert_eq!(run.progress.open_steps()[0].as_str(), "berita-acara");
    // An answer that comes too late is told so.
    form[1].1 = world.app.ids().fresh::<ActId>().to_string();
    let late = contact.post(&action, &form).await;
    assert!(
        [StatusCode::CONFLICT, StatusCode::FORBIDDEN].contains(&late.status),
        "{}",
        late.status
    );
}

#[tokio::test]
async fn what_is_another_offices_is_not_there() {
    let world = World::new(Mode::Demo).await;
    let mut contact = world.acting_as("kontak").await;
    // At a site that both share, the other's complaint stays the other's; nobody's in particular is nobody's to see.
    let other = world.app.complaint(&world.other.number).await.unwrap();
    let officer = Who::person(world.people["petugas"]);
    let shared = world
        .app
        .register_complaint(officer, Key::default(), told(world.site, other.office))
        .await
        .unwrap();
    let token = contact.get("/akun").await.input("token").unwrap();
    let before = world.app.store().head().await.unwrap().seq;
    let (mut tried, unknown) = (0, contact.get(&format!("{PAGES}/ADU-1999-00001")).await);
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    for number in [&world.other.number, &shared.number] {
        for route in table() {
            if matches!(
                route.access,
                Access::Static | Access::Public | Access::Session | Access::SignedIn
            ) || !route.path.contains('{')
                || route.path.starts_with("/akun")
            {
                continue;
            }
            let address = route
                .path
                .replace("{number}", number)
                .replace("{id}", &world.run.to_string())
                .replace("{code}", "C");
            let answer = if route.method == Method::POST {
                let form = [
                    ("token", token.clone()),
                    ("key", world.app.ids().fresh::<ActId>().to_string()),
                    ("step", "pencatatan".to_owned()),
                    ("reason", "uji".to_owned()),
                ];
                contact.post(&address, &form).await
            } else {
                contact.get(&address).await
            };
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{address}");
            assert!(!answer.text().contains("Puskesmas"), "{address}");
            tried += 1;
        }
    }
    assert!(tried > 20, "{tried}");
    for query in ["lokasi=C", "lokasi=nowhere"] {
        let answer = contact.get(&format!("{PAGES}/baru?{query}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{query}");
    }
    assert_eq!(
        world.app.store().head().await.unwrap().seq,
        before,
        "nothing was done"
    );
    // The rules say the same to whoever comes another way.
    let command = Command::CompleteStep {
        place: Place::Run(other.run),
        step: StepId::try_from("pencatatan".to_owned()).unwrap(),
        exit: None,
        values: std::collections::BTreeMap::new(),
        personal: Vec::new(),
    };
    let contact = Who::person(world.people["kontak"]);
    assert!(world.app.act(contact, Key::default(), &command).await.is_err());
}
