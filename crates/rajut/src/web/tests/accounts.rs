//! Accounts through the pages: the first administrator, signing in and out, phones, second factors, tokens, attacks.

use axum::http::{Method, StatusCode, header};
use jiff::{SignedDuration, Timestamp};
use rajut_app::{Attempt, Key, SignIn, Who};
use rajut_core::run::Run;
use totp_rs::{Algorithm, Secret, TOTP};

use super::world::{Browser, PASSWORD, World};
use crate::web::Mode;

/// The form with this action, filled in.
async fn send(
    browser: &mut Browser,
    page: &str,
    action: &str,
    more: &[(&str, &str)],
) -> super::world::Answer {
    let shown = browser.get(page).await;
    let form = shown.form(action);
    let mut form: Vec<(&str, String)> = form;
    form.extend(more.iter().map(|(name, value)| (*name, (*value).to_owned())));
    browser.post(action, &form).await
}

#[tokio::test]
async fn the_first_link_makes_the_administrator_once() {
    let world = World::new(Mode::Live).await;
    let first = world.app.first_invitation().await.unwrap().unwrap();
    assert_eq!(first.person, world.people["admin"]);
    // Another start of the program makes another link, and the one before is void.
    let link = world.app.first_invitation().await.unwrap().unwrap();
    let mut browser = world.browser();
    let void = browser.get(&format!("/undangan/{}", first.token)).await;
    assert_eq!(void.status, StatusCode::NOT_FOUND);
    let address = format!("/undangan/{}", link.token);
    let page = browser.get(&address).await;
    assert!(page.text().contains("Contoh admin"), "{}", page.text());
    let token = page.input("token").unwrap();
    let chosen = |password: &str, again: &str| {
        [
            ("token", token.clone()),
            ("password", password.to_owned()),
            ("again", again.to_owned()),
        ]
    };
    for (password, again, told) in [
        ("pendek", "pendek", "karakter"),
        (PASSWORD, "lain sama sekali", "tidak sama"),
    ] {
        let answer = browser.post(&address, &chosen(password, again)).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.text().contains(told), "{}", answer.text());
    }
    let answer = browser.post(&address, &chosen(PASSWORD, PASSWORD)).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    assert!(browser.get("/").await.text().contains("Contoh admin"));
    let again = world.browser().get(&address).await;
    assert_eq!(again.status, StatusCode::NOT_FOUND, "a link is good once");
    assert!(world.app.first_invitation().await.unwrap().is_none());
    let report = world.app.store().verify(Vec::new(), true, |_| {}).await.unwrap();
    assert!(report.faults.is_empty(), "{:?}", report.faults);
}

#[tokio::test]
async fn signing_in_leads_where_one_wanted_and_out_ends_it() {
    let world = World::new(Mode::Live).await;
    world.account("kasi").await;
    let mut browser = world.browser();
    let asked = browser.get("/pelaksanaan").await;
    let to = asked.headers[header::LOCATION].to_str().unwrap().to_owned();
    let page = browser.get(&to).await;
    let form = [
        ("token", page.input("token").unwrap()),
        ("ke", page.input("ke").unwrap()),
        ("login", "  Contoh.KASI ".to_owned()),
        ("password", PASSWORD.to_owned()),
    ];
    let answer = browser.post("/masuk", &form).await;
    assert_eq!(answer.headers[header::LOCATION], "/pelaksanaan");
    assert_eq!(browser.get("/pelaksanaan").await.status, StatusCode::OK);

    // The same cookie elsewhere: signing out there ends it here.
    let mut thief = world.browser();
    thief.keep("rajut-session", &browser.cookie("rajut-session"));
    assert_eq!(thief.get("/pelaksanaan").await.status, StatusCode::OK);
    let token = browser.get("/akun").await.input("token").unwrap();
    assert_eq!(
        browser.post("/keluar", &[("token", token)]).await.status,
        StatusCode::SEE_OTHER
    );
    for mut one in [browser, thief] {
        assert_eq!(one.get("/pelaksanaan").await.status, StatusCode::SEE_OTHER);
    }
}

#[tokio::test]
async fn guessing_is_slowed_and_tells_nothing() {
    let world = World::new(Mode::Live).await;
    world.account("kasi").await;
    let mut browser = world.browser();
    let wrong = browser.sign_in("contoh.kasi", "bukan ini", "").await;
    let nobody = browser.sign_in("tidak.ada", "bukan ini", "").await;
    for answer in [&wrong, &nobody] {
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert!(answer.text().contains("keliru"), "{}", answer.text());
    }
    for _ in 0..4 {
        browser.sign_in("contoh.kasi", "bukan ini", "").await;
    }
    // The right one does not count either until the wait is over; others are not hindered.
    let waits = browser.sign_in("contoh.kasi", PASSWORD, "").await;
    assert_eq!(waits.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(waits.text().contains("Coba lagi setelah"), "{}", waits.text());
    world.signed_in("kabid").await;
}

#[tokio::test]
async fn a_new_password_and_a_closed_account_sign_out_elsewhere() {
    let world = World::new(Mode::Live).await;
    let mut here = world.signed_in("kasi").await;
    let mut there = world.browser();
    there.sign_in("contoh.kasi", PASSWORD, "").await;
    let fields = [
        ("old", PASSWORD),
        ("password", "lampu sepatu awan"),
        ("again", "lampu sepatu awan"),
    ];
    let wrong = [("old", "bukan ini"), fields[1], fields[2]];
    let refused = send(&mut here, "/akun", "/akun/sandi", &wrong).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    let changed = send(&mut here, "/akun", "/akun/sandi", &fields).await;
    assert_eq!(changed.status, StatusCode::SEE_OTHER, "{}", changed.text());
    assert_eq!(here.get("/akun").await.status, StatusCode::OK);
    assert_eq!(there.get("/akun").await.status, StatusCode::SEE_OTHER);

    let admin = Who::person(world.people["admin"]);
    let kasi = world.people["kasi"];
    world
        .app
        .disable_account(admin, Key::default(), kasi, "pindah tugas")
        .await
        .unwrap();
    assert_eq!(here.get("/akun").await.status, StatusCode::SEE_OTHER);
    let closed = there.sign_in("contoh.kasi", "lampu sepatu awan", "").await;
    assert_eq!(closed.status, StatusCode::UNAUTHORIZED);
}

/// What an authenticator shows.
pub fn code(seed: &str, at: Timestamp) -> String {
    let secret = Secret::Encoded(seed.to_owned()).to_bytes().unwrap();
    let totp = TOTP::new(Algorithm::SHA1, 6, 1, 30, secret, None, "x".into()).unwrap();
    totp.generate(u64::try_from(at.as_second()).unwrap())
}

#[tokio::test]
async fn a_second_factor_is_asked_for_and_each_code_is_good_once() {
    let world = World::new(Mode::Live).await;
    let mut browser = world.signed_in("kasi").await;
    let seed = browser.get("/akun").await.input("seed").unwrap();
    let code = |steps: i64| code(&seed, world.app.now() + SignedDuration::from_secs(30 * steps));
    let wrong = send(
        &mut browser,
        "/akun",
        "/akun/faktor-kedua",
        &[("seed", &seed), ("code", "000000")],
    )
    .await;
    assert_eq!(wrong.status, StatusCode::CONFLICT);
    // The form carries the seed that was shown: hidden fields come first, and the one typed here is the same.
    let set = send(
        &mut browser,
        "/akun",
        "/akun/faktor-kedua",
        &[("seed", &seed), ("code", &code(-1))],
    )
    .await;
    assert_eq!(set.status, StatusCode::SEE_OTHER, "{}", set.text());

    let mut other = world.browser();
    let asked = other.sign_in("contoh.kasi", PASSWORD, "").await;
    assert_eq!(asked.status, StatusCode::UNAUTHORIZED);
    assert!(asked.text().contains("autentikator"), "{}", asked.text());
    let used = other.sign_in("contoh.kasi", PASSWORD, &code(-1)).await;
    assert_eq!(used.status, StatusCode::UNAUTHORIZED, "it was used to set it up");
    let now = code(0);
    let done = other.sign_in("contoh.kasi", PASSWORD, &now).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
    let replayed = world.browser().sign_in("contoh.kasi", PASSWORD, &now).await;
    assert_eq!(replayed.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn on_a_remembered_phone_the_pin_signs_in_and_confirms() {
    let world = World::new(Mode::Live).await;
    let mut phone = world.signed_in("kepala").await;
    let weak = [("label", "Ponsel dinas"), ("new_pin", "123456")];
    let refused = send(&mut phone, "/akun", "/akun/ponsel", &weak).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    let good = [("label", "Ponsel dinas"), ("new_pin", "240718")];
    let done = send(&mut phone, "/akun", "/akun/ponsel", &good).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());

    // An act of authority asks for the PIN: whoever finds the phone issues nothing.
    let issue = format!("{}/terbitkan", world.page());
    let before = world.app.store().head().await.unwrap().seq;
    for pin in ["", "111112"] {
        let refused = send(&mut phone, &world.page(), &issue, &[("pin", pin)]).await;
        assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text());
    }
    assert_eq!(world.app.store().head().await.unwrap().seq, before);
    let issued = send(&mut phone, &world.page(), &issue, &[("pin", "240718")]).await;
    assert_eq!(issued.status, StatusCode::SEE_OTHER, "{}", issued.text());
    let run: Run = world.app.find(world.run.0).await.unwrap();
    assert!(run.order.unwrap().issued.is_some());

    // A second person on the same phone, then both names are offered, and each has a PIN of their own.
    let token = phone.get("/akun").await.input("token").unwrap();
    phone.post("/keluar", &[("token", token)]).await;
    world.account("kabid").await;
    phone.sign_in("contoh.kabid", PASSWORD, "").await;
    let second = [("label", "Ponsel bersama"), ("new_pin", "907153")];
    send(&mut phone, "/akun", "/akun/ponsel", &second).await;
    let token = phone.get("/akun").await.input("token").unwrap();
    phone.post("/keluar", &[("token", token)]).await;
    let page = phone.get("/masuk").await;
    for name in ["Contoh kepala", "Contoh kabid"] {
        assert!(page.text().contains(name), "{}", page.text());
    }
    let account = world.app.account(world.people["kepala"]).await.unwrap().unwrap();
    let id = *account.phones.keys().next().unwrap();
    let by_pin = |pin: &str| {
        [
            ("token", page.input("token").unwrap()),
            ("phone", id.to_string()),
            ("pin", pin.to_owned()),
        ]
    };
    let wrong = phone.post("/masuk/pin", &by_pin("907153")).await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED, "it is the other's");
    let signed_in = phone.post("/masuk/pin", &by_pin("240718")).await;
    assert_eq!(signed_in.status, StatusCode::SEE_OTHER, "{}", signed_in.text());

    // The PIN is worth nothing on another phone, and the phone nothing once it is lost.
    let mut stranger = world.browser();
    let token = stranger.get("/masuk").await.input("token").unwrap();
    let form = [
        ("token", token),
        ("phone", id.to_string()),
        ("pin", "240718".to_owned()),
    ];
    assert_eq!(
        stranger.post("/masuk/pin", &form).await.status,
        StatusCode::FORBIDDEN
    );
    let admin = Who::person(world.people["admin"]);
    let whose = world.people["kepala"];
    world
        .app
        .revoke_phone(admin, Key::default(), whose, id, "hilang")
        .await
        .unwrap();
    assert_eq!(phone.get("/akun").await.status, StatusCode::SEE_OTHER);
    let lost = phone.post("/masuk/pin", &by_pin("240718")).await;
    assert_ne!(lost.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_token_reads_for_its_owner_until_it_is_revoked() {
    let world = World::new(Mode::Live).await;
    let mut browser = world.signed_in("kasi").await;
    let wanted = [("label", "Dasbor"), ("scope", "read"), ("days", "90")];
    let shown = send(&mut browser, "/akun", "/akun/token", &wanted).await.text();
    let (_, rest) = shown.split_once("rajut_").expect("it is shown once");
    let token = format!("rajut_{}", &rest[..64]);
    assert!(!browser.get("/akun").await.text().contains(&token));

    let mut program = world.browser();
    let bearer = format!("Bearer {token}");
    let ask = [("authorization", bearer.as_str())];
    let runs = program
        .send(Method::GET, "/api/v1/runs", &ask, String::new())
        .await;
    assert_eq!(runs.status, StatusCode::OK, "{}", runs.text());
    assert_eq!(runs.json()["items"].as_array().unwrap().len(), 1);
    // It is for the API alone, and for reading alone.
    let page = program
        .send(Method::GET, "/pelaksanaan", &ask, String::new())
        .await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    let unknown = [("authorization", "Bearer rajut_0")];
    let refused = program
        .send(Method::GET, "/api/v1/runs", &unknown, String::new())
        .await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    assert_eq!(refused.json()["error"]["code"], "token");

    let account = world.app.account(world.people["kasi"]).await.unwrap().unwrap();
    let id = *account.tokens.keys().next().unwrap();
    let kasi = Who::person(world.people["kasi"]);
    let whose = world.people["kasi"];
    // Not somebody else's to revoke.
    let kabid = Who::person(world.people["kabid"]);
    assert!(
        world
            .app
            .revoke_token(kabid, Key::default(), whose, id, "iseng")
            .await
            .is_err()
    );
    world
        .app
        .revoke_token(kasi, Key::default(), whose, id, "tidak dipakai")
        .await
        .unwrap();
    let over = program
        .send(Method::GET, "/api/v1/runs", &ask, String::new())
        .await;
    assert_eq!(over.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn nobody_without_the_right_opens_an_account() {
    let world = World::new(Mode::Live).await;
    let login = "contoh.teknisi".parse().unwrap();
    let person = world.people["teknisi"];
    for name in ["kasi", "auditor", "kontak", "kepala"] {
        let who = Who::person(world.people[name]);
        let invited = world.app.invite(who, Key::default(), person, Some(&login)).await;
        assert!(invited.is_err(), "{name}");
    }
    assert!(world.app.accounts().await.unwrap().is_empty());
    // Who has none is told by name, not by an id.
    let admin = Who::person(world.people["admin"]);
    let closed = world
        .app
        .disable_account(admin, Key::default(), person, "uji")
        .await;
    assert!(closed.unwrap_err().to_string().contains("Contoh teknisi"));
    // Two people have no name in common.
    world.account("teknisi").await;
    let admin = Who::person(world.people["admin"]);
    let other = world.people["kasi"];
    let taken = world.app.invite(admin, Key::default(), other, Some(&login)).await;
    assert!(taken.is_err());
}

/// A database that was a demo and is served to people: whoever was chosen then is nobody now.
#[tokio::test]
async fn a_sample_person_is_nobody_outside_the_demo() {
    for (mode, status) in [(Mode::Demo, StatusCode::OK), (Mode::Live, StatusCode::SEE_OTHER)] {
        let world = World::new(mode).await;
        let person = world.people["kepala"];
        let session = world
            .app
            .sign_in_sample(person, "uji", "127.0.0.1")
            .await
            .unwrap();
        let mut browser = world.browser();
        browser.keep("rajut-session", &session.token);
        assert_eq!(browser.get("/pelaksanaan").await.status, status);
    }
}

/// Everybody of an office comes from one address: right passwords are no guesses.
#[tokio::test]
async fn a_morning_of_right_passwords_closes_no_door() {
    let world = World::new(Mode::Live).await;
    world.account("kasi").await;
    let attempt = |password| Attempt {
        login: "contoh.kasi",
        password,
        code: None,
        address: "10.1.2.3",
        agent: "uji",
    };
    for n in 0..45 {
        let outcome = world.app.sign_in(attempt(PASSWORD)).await.unwrap();
        assert!(matches!(outcome, SignIn::Done(_)), "{n}: {outcome:?}");
    }
    let failures = world.app.store().failures("address:10.1.2.3").await.unwrap();
    assert_eq!(failures.map(|known| known.count), Some(0));
    // A wrong one still counts for the address.
    world.app.sign_in(attempt("bukan ini")).await.unwrap();
    let failures = world.app.store().failures("address:10.1.2.3").await.unwrap();
    assert_eq!(failures.map(|known| known.count), Some(1));
}
