//! What must hold for the demo regency to be believed.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use rajut_core::register::{Accuracy, DeviceKind, Medium, ServiceWeekKind};

use super::data::{Data, SiteKind};
use super::{DemoRegency, regency};

fn unique<'a>(codes: impl IntoIterator<Item = &'a str>) -> usize {
    let mut seen = BTreeSet::new();
    for code in codes {
        let printable = code
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        assert!(printable && code.len() <= 24, "{code}");
        assert!(seen.insert(code), "{code} twice");
    }
    seen.len()
}

#[test]
fn the_same_seed_gives_the_same_regency_and_another_another() {
    let (a, b, c) = (regency(1), regency(1), regency(2));
    assert_eq!(a, b);
    assert_ne!(a.devices, c.devices);
    assert_ne!(a.sites[70].place, c.sites[70].place);
    assert_eq!(
        a.sites[0].place, c.sites[0].place,
        "a surveyed position does not depend on chance"
    );
}

#[test]
fn there_are_a_hundred_sites_of_the_known_kinds() {
    let DemoRegency { offices, sites, .. } = regency(7);
    assert_eq!(unique(offices.iter().map(|o| o.code.as_str())), 100);
    assert_eq!(unique(sites.iter().map(|s| s.code.as_str())), 100);
    let count = |kinds: &[SiteKind]| {
        Data::embedded()
            .sites
            .iter()
            .filter(|row| kinds.contains(&row.kind))
            .count()
    };
    assert_eq!(count(&[SiteKind::Noc, SiteKind::Unit]), 27);
    assert_eq!(count(&[SiteKind::District]), 27);
    assert_eq!(count(&[SiteKind::Ward]), 7);
    assert_eq!(count(&[SiteKind::Hospital]), 2);
    assert_eq!(count(&[SiteKind::Puskesmas]), 37);
    let week = |kind| sites.iter().filter(|site| site.service_week == kind).count();
    assert_eq!(week(ServiceWeekKind::Always), 2);
    assert_eq!(week(ServiceWeekKind::SixDays), 37);
    let counters: Vec<&str> = sites
        .iter()
        .filter(|s| s.public_counter)
        .map(|s| s.code.as_str())
        .collect();
    assert_eq!(
        counters,
        [
            "setda",
            "dpmptsp",
            "disdukcapil",
            "bpbd",
            "rsud-ciamis",
            "rsud-kawali"
        ]
    );
    assert_eq!(
        sites
            .iter()
            .map(|site| &site.district)
            .collect::<BTreeSet<_>>()
            .len(),
        27
    );
    for site in &sites {
        assert_eq!(site.offices.len(), 1);
    }
    let dinkes = offices.iter().find(|o| o.code == "dinkes").unwrap().id;
    assert_eq!(offices.iter().filter(|o| o.parent == Some(dinkes)).count(), 39);
}

#[test]
fn positions_lie_in_the_regency_and_estimates_say_so() {
    let data = Data::embedded();
    let demo = regency(7);
    let mut estimated = 0;
    for site in &demo.sites {
        let place = site.place.unwrap();
        assert!((-7.60..-7.00).contains(&place.latitude), "{}", site.code);
        assert!((108.15..108.75).contains(&place.longitude), "{}", site.code);
        if place.accuracy == Accuracy::Estimated {
            estimated += 1;
            let district = data.districts.iter().find(|d| d.name == site.district).unwrap();
            let middle = rajut_core::register::Place {
                latitude: district.latitude,
                longitude: district.longitude,
                accuracy: Accuracy::Exact,
            };
            let km = place.distance_km(middle);
            assert!(km <= data.regency.scatter_km, "{} lies {km} km off", site.code);
        }
    }
    assert_eq!(estimated, 7 + 2 + 37);
    let places: BTreeSet<String> = demo.sites.iter().map(|s| format!("{:?}", s.place)).collect();
    assert_eq!(places.len(), 100, "no two sites on one spot");
}

#[test]
fn every_path_ends_at_the_noc() {
    let demo = regency(7);
    let by_id: BTreeMap<_, _> = demo.sites.iter().map(|site| (site.id, site)).collect();
    for site in &demo.sites {
        let mut at = site;
        let mut hops = 0;
        while let Some(parent) = at.parent {
            at = by_id[&parent];
            hops += 1;
            assert!(hops <= 10, "{} goes in a circle", site.code);
        }
        assert_eq!(at.code, "diskominfo");
    }
    let radio: Vec<_> = demo
        .links
        .iter()
        .filter(|link| link.medium == Medium::Radio)
        .collect();
    assert!(
        radio.len() > 20 && radio.iter().all(|link| link.provider.is_empty()),
        "own radio in the hills"
    );
    for link in radio {
        let km = by_id[&link.site]
            .place
            .unwrap()
            .distance_km(by_id[&link.upstream.unwrap()].place.unwrap());
        assert!(km < 20.0, "{}: a radio does not reach {km} km", link.code);
    }
}

#[test]
fn devices_are_plausible() {
    let demo = regency(7);
    assert!(
        (700..=900).contains(&demo.devices.len()),
        "{}",
        demo.devices.len()
    );
    assert_eq!(
        unique(demo.devices.iter().map(|d| d.code.as_str())),
        demo.devices.len()
    );
    let addresses: BTreeSet<_> = demo
        .devices
        .iter()
        .filter_map(|d| d.endpoint.as_ref())
        .map(|e| e.address)
        .collect();
    assert_eq!(
        addresses.len(),
        demo.devices.iter().filter(|d| d.endpoint.is_some()).count()
    );
    assert!(
        addresses
            .iter()
            .all(|address| address.to_string().starts_with("10.32."))
    );
    for site in &demo.sites {
        let here: Vec<_> = demo
            .devices
            .iter()
            .filter(|device| device.site == site.id)
            .collect();
        assert!((3..=15).contains(&here.len()), "{} has {}", site.code, here.len());
        let gateway = here
            .iter()
            .find(|device| Some(device.id) == site.gateway)
            .unwrap();
        assert_eq!(gateway.kind, DeviceKind::Router);
        assert!(gateway.endpoint.is_some());
    }
    let serials: Vec<String> = demo.devices.iter().map(|d| format!("{:?}", d.serial)).collect();
    let known: Vec<_> = serials
        .iter()
        .filter(|serial| serial.starts_with("Known"))
        .collect();
    assert_eq!(
        known.iter().collect::<BTreeSet<_>>().len(),
        known.len(),
        "serials differ"
    );
    assert!(demo.devices.iter().all(|d| d.installed_on.unwrap() < demo.as_of));
}

#[test]
fn links_name_sample_providers_and_some_contracts_end_soon() {
    let demo = regency(7);
    assert_eq!(unique(demo.links.iter().map(|l| l.code.as_str())), 105);
    for link in &demo.links {
        assert!(
            link.provider.is_empty() || link.provider.starts_with("Penyedia Contoh "),
            "{}",
            link.provider
        );
        assert_eq!(link.provider.is_empty(), link.contract_until.is_none());
        assert!(link.subscribed_mbps.is_some());
    }
    let soon = demo.links.iter().filter_map(|l| l.contract_until);
    let soon = soon
        .filter(|until| demo.as_of.until(*until).unwrap().get_days() <= 91)
        .count();
    assert!(soon > 10, "{soon}");
}

#[test]
fn services_depend_on_sites() {
    let demo = regency(7);
    assert_eq!(
        unique(demo.services.iter().map(|s| s.code.as_str())),
        demo.services.len()
    );
    let by_code = |code: &str| demo.services.iter().find(|service| service.code == code).unwrap();
    assert_eq!(by_code("simpeg").sites.len(), 100);
    assert_eq!(by_code("simrs").sites.len(), 2);
    assert_eq!(by_code("simpus").sites.len(), 38);
    assert_eq!(by_code("siak").sites.len(), 28);
    for row in Data::embedded().services {
        assert_eq!(
            by_code(&row.code).hosted_at.is_some(),
            row.hosted_at.is_some(),
            "{} is hosted",
            row.code
        );
        assert!(!by_code(&row.code).sites.is_empty());
    }
}

#[test]
fn people_are_plainly_samples_with_well_formed_numbers() {
    let demo = regency(7);
    assert_eq!(demo.people.len(), demo.posts.len());
    assert_eq!(unique(demo.posts.iter().map(|p| p.code.as_str())), 118);
    let mut numbers = BTreeSet::new();
    for person in &demo.people {
        assert!(person.name.starts_with("Contoh "), "{}", person.name);
        assert!(person.address.starts_with("Jl. Contoh No. ") && person.phone.starts_with("0800-000-"));
        assert!(demo.posts.iter().any(|post| post.code == person.post));
        assert_eq!(person.number.is_none(), person.status == "non_asn");
        assert_eq!(person.rank.is_none(), person.status == "non_asn");
        let Some(number) = &person.number else { continue };
        assert!(numbers.insert(number.clone()), "{number} twice");
        assert!(number.len() == 18 && number.bytes().all(|b| b.is_ascii_digit()));
        let part = |from: usize, to: usize| number[from..to].parse::<i16>().unwrap();
        let month = |from| i8::try_from(part(from, from + 2)).unwrap();
        assert!(Date::new(part(0, 4), month(4), month(6)).is_ok());
        assert!((16..=58).contains(&(part(8, 12) - part(0, 4))), "{number}");
        assert_eq!(part(12, 14), if person.status == "pppk" { 21 } else { 1 });
        assert!(matches!(part(14, 15), 1 | 2) && part(15, 18) >= 800);
    }
    let role = |role: &str| demo.posts.iter().filter(|post| post.role == role).count();
    assert_eq!(
        [
            "agency_head",
            "division_head",
            "section_head",
            "technician",
            "service_officer"
        ]
        .map(role),
        [1, 1, 1, 9, 2]
    );
    assert_eq!(
        ["clerk", "office_user", "auditor", "admin"].map(role),
        [2, 100, 1, 1]
    );
    for post in &demo.posts {
        assert!(
            post.superior
                .as_ref()
                .is_none_or(|above| demo.posts.iter().any(|p| p.code == *above))
        );
    }
}

#[test]
fn the_simulated_network_is_one_tree_with_some_cuts() {
    let demo = regency(7);
    rajut_probe::stage::Topology::read(&demo.topology).expect("the stages can play it");
    let topology: toml::Table = demo.topology.parse().unwrap();
    let (links, hosts) = (
        topology["link"].as_array().unwrap(),
        topology["host"].as_array().unwrap(),
    );
    assert_eq!(links.len(), 99, "all sites but the NOC");
    assert_eq!(
        hosts.len(),
        demo.devices.iter().filter(|d| d.endpoint.is_some()).count()
    );
    let text = |row: &toml::Value, key: &str| row.get(key).map(|v| v.as_str().unwrap().to_owned());
    let names: BTreeSet<String> = links.iter().filter_map(|link| text(link, "name")).collect();
    assert!(
        names
            .iter()
            .all(|name| demo.links.iter().any(|link| link.code == *name))
    );
    assert!(
        links
            .iter()
            .filter_map(|link| text(link, "parent"))
            .all(|parent| names.contains(&parent))
    );
    assert!(
        hosts
            .iter()
            .filter_map(|host| text(host, "link"))
            .all(|link| names.contains(&link))
    );
    let central = hosts.iter().filter(|host| host.get("link").is_none());
    assert!(central.clone().count() > 5);
    assert!(
        central
            .into_iter()
            .all(|host| text(host, "name").unwrap().starts_with("diskominfo-"))
    );
    let cut = links
        .iter()
        .filter(|link| link.get("cut").is_some_and(|cut| cut.as_bool() == Some(true)));
    let cut: Vec<String> = cut.filter_map(|link| text(link, "name")).collect();
    assert_eq!(cut, ["dishub-l1", "kec-rancah-l1", "pkm-ciulu-l1"]);
    for link in links {
        assert!(
            (0.5..60.0).contains(&link["delay_ms"].as_float().unwrap()),
            "{link}"
        );
    }
}
