//! Sites: the list with its filters, and one site.

use axum::http::StatusCode;
use rajut_app::{Key, Who};
use rajut_core::act::Act;
use rajut_core::register::{
    Device, DeviceCondition, DeviceKind, Edit, Endpoint, Identity, Link, Medium, Owner, ServiceWeekKind, Site,
};

use super::world::{HOSTILE, World, told};
use crate::web::Mode;

fn rows(text: &str) -> usize {
    text.matches("<th scope=\"row\"").count()
}

#[tokio::test]
async fn the_list_is_searched_filtered_and_paged() {
    let world = World::new(Mode::Demo).await;
    let mut kasi = world.acting_as("kasi").await;
    for (query, wanted) in [
        ("", 3),
        ("?cari=kesehatan", 1),
        ("?cari=script", 1),
        ("?kantor=disdik", 2),
        ("?kantor=nowhere", 0),
        ("?kecamatan=Ciamis&koneksi=unknown", 3),
        ("?koneksi=connected", 0),
    ] {
        let page = kasi.get(&format!("/lokasi{query}")).await;
        assert_eq!(
            (page.status, rows(&page.text())),
            (StatusCode::OK, wanted),
            "{query}"
        );
        assert!(!page.text().contains(HOSTILE));
    }
    // Many, among them a code that is no plain part of an address.
    let known: Site = world.app.find(world.site.0).await.unwrap();
    let mut ids = world.app.ids();
    let edits = (0..60).map(|n| Edit {
        before: None,
        after: Site {
            id: ids.fresh(),
            code: format!("x/{n}?&"),
            name: format!("Kantor {n:02}"),
            ..known.clone()
        },
    });
    let edits = edits.collect();
    world
        .app
        .edit_sites(Who::person(world.people["kasi"]), Act::Import, edits)
        .await
        .unwrap();
    let first = kasi.get("/lokasi?cari=kantor").await.text();
    assert_eq!(rows(&first), 50);
    let (before, _) = first.split_once("\" rel=\"next\"").unwrap();
    let next = before.rsplit_once("href=\"").unwrap().1.replace("&#38;", "&");
    let second = kasi.get(&next).await.text();
    assert_eq!(rows(&second), 11, "{next}");
    assert!(!second.contains("rel=\"next\""));
    let one = kasi.get("/lokasi/x%2F7%3F%26").await;
    assert_eq!(one.status, StatusCode::OK);
    assert!(one.text().contains("Kantor 07"));
}

#[tokio::test]
async fn a_site_shows_what_belongs_to_it() {
    let world = World::new(Mode::Demo).await;
    let mut ids = world.app.ids();
    let a: Site = world.app.find(world.site.0).await.unwrap();
    let b = world.app.site_by_code("B").await.unwrap();
    // Each is the other's parent: a circle in the register is no endless way.
    let edits = [(&a, &b), (&b, &a)].map(|(site, parent)| Edit {
        before: Some(site.clone()),
        after: Site {
            parent: Some(parent.id),
            service_week: ServiceWeekKind::SixDays,
            ..site.clone()
        },
    });
    world
        .app
        .edit_sites(Who::person(world.people["kasi"]), Act::EditRegister, edits.into())
        .await
        .unwrap();
    let device = Device {
        id: ids.fresh(),
        code: "RTR-A".to_owned(),
        site: a.id,
        office: None,
        kind: DeviceKind::Router,
        brand: HOSTILE.to_owned(),
        model: "X1".to_owned(),
        serial: Identity::Known("SN-1".to_owned()),
        inventory_number: Identity::Unknown,
        owner: Owner::Agency,
        endpoint: Some(Endpoint {
            address: "10.0.0.1".parse().unwrap(),
            tcp_port: None,
        }),
        condition: DeviceCondition::Minor,
        installed_on: None,
        replaces: None,
        removed_on: None,
    };
    let link = Link {
        id: ids.fresh(),
        code: "LNK-A".to_owned(),
        site: a.id,
        office: None,
        medium: Medium::Fibre,
        provider: "Penyedia Contoh".to_owned(),
        customer_number: "1".to_owned(),
        subscribed_mbps: Some(50),
        contract: String::new(),
        contract_until: None,
        upstream: Some(b.id),
        demarcation: String::new(),
        ended_on: None,
    };
    let edit = Edit {
        before: None,
        after: device,
    };
    world
        .app
        .edit_devices(Who::person(world.people["kasi"]), Act::Import, vec![edit])
        .await
        .unwrap();
    let edit = Edit {
        before: None,
        after: link,
    };
    world
        .app
        .edit_links(Who::person(world.people["kasi"]), Act::Import, vec![edit])
        .await
        .unwrap();
    let officer = Who::person(world.people["petugas"]);
    world
        .app
        .register_complaint(officer, Key::default(), told(a.id, None))
        .await
        .unwrap();

    let page = world.acting_as("teknisi").await.get("/lokasi/A").await;
    let text = page.text();
    assert_eq!(page.status, StatusCode::OK);
    for wanted in [
        "Dinas Pendidikan",
        "RTR-A",
        "SN-1",
        "rusak ringan",
        "LNK-A",
        "serat optik",
        "50 Mbps",
        "enam hari kerja",
        "belum pernah",
        &world.complaint.number,
        "href=\"/lokasi/B\"",
    ] {
        assert!(text.contains(wanted), "{wanted}: {text}");
    }
    assert!(!text.contains(HOSTILE) && !text.contains(&world.other.number));
    let missing = world.acting_as("kasi").await.get("/lokasi/nowhere").await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
}
