//! What is written comes back, and what a file leaves out stays.

use super::*;

#[test]
fn an_export_imported_again_changes_nothing() {
    let demo = regency(11);
    let registers = of(&demo);
    let mut ids = ids();
    for mark in [false, true] {
        let read = |sheet: export::Sheet| table(&sheet.to_csv(mark));
        macro_rules! unchanged {
            ($($kind:ident),+) => {$(
                let preview = $kind(&read(export::$kind(&registers)), &registers, &mut ids);
                assert_eq!(preview.problems, Problems::default());
                assert_eq!(preview.unchanged, demo.$kind.len());
                assert_eq!(preview.into_edits(), Ok(Vec::new()));
            )+};
        }
        unchanged!(offices, sites, devices, links, services);
    }
}

#[test]
fn an_export_fills_an_empty_register_with_the_same() {
    let demo = regency(11);
    let mut ids = ids();
    let csv = |sheet: export::Sheet| table(&sheet.to_csv(true));
    let offices = after(
        offices(&csv(export::offices(&of(&demo))), &Registers::default(), &mut ids)
            .into_edits()
            .unwrap(),
    );
    // A gateway cannot be named before its devices are there.
    let bare: Vec<Site> = demo
        .sites
        .iter()
        .map(|site| Site {
            gateway: None,
            ..site.clone()
        })
        .collect();
    let sheet = export::sites(&Registers {
        sites: &bare,
        ..of(&demo)
    });
    let with_offices = Registers {
        offices: &offices,
        ..Registers::default()
    };
    let sites = after(sites(&csv(sheet), &with_offices, &mut ids).into_edits().unwrap());
    let with_sites = Registers {
        sites: &sites,
        ..with_offices
    };
    let devices = after(
        devices(&csv(export::devices(&of(&demo))), &with_sites, &mut ids)
            .into_edits()
            .unwrap(),
    );
    let links = after(
        links(&csv(export::links(&of(&demo))), &with_sites, &mut ids)
            .into_edits()
            .unwrap(),
    );
    let gated = after(gateways(&sites, &devices));
    assert_eq!(
        gated.len(),
        99,
        "the NOC has two routers, and its gateway is a person's choice"
    );
    let sites: Vec<Site> = sites
        .iter()
        .map(|site| gated.iter().find(|g| g.id == site.id).unwrap_or(site).clone())
        .collect();
    let all = Registers {
        offices: &offices,
        sites: &sites,
        devices: &devices,
        links: &links,
        services: &[],
    };
    let services = after(
        services(&csv(export::services(&of(&demo))), &all, &mut ids)
            .into_edits()
            .unwrap(),
    );
    let all = Registers {
        services: &services,
        ..all
    };
    assert_eq!(export::services(&all), export::services(&of(&demo)));
    assert_eq!(export::offices(&all), export::offices(&of(&demo)));
    assert_eq!(export::devices(&all), export::devices(&of(&demo)));
    assert_eq!(export::links(&all), export::links(&of(&demo)));
    let rows = |registers: &Registers<'_>| export::sites(registers).to_json().as_array().unwrap().clone();
    let differing: Vec<_> = rows(&all)
        .into_iter()
        .zip(rows(&of(&demo)))
        .filter(|(a, b)| a != b)
        .collect();
    assert_eq!(differing.len(), 1);
    assert_eq!(differing[0].0["code"], "diskominfo");
}

#[test]
fn a_change_shows_both_values_and_leaves_what_the_file_does_not_say() {
    let mut demo = regency(11);
    for device in &mut demo.devices {
        device.condition = DeviceCondition::Good;
    }
    let registers = of(&demo);
    let file =
        table("Kode;Kondisi;Tanggal Dilepas\nkec-kawali-rt1;rusak berat;02-10-2026\nKEC-KAWALI-SW1;;\n");
    let preview = devices(&file, &registers, &mut ids());
    assert!(preview.problems.is_empty() && preview.new.is_empty());
    let changed = preview
        .changed
        .iter()
        .find(|c| c.before.code == "kec-kawali-rt1")
        .unwrap();
    assert_eq!(changed.line, 2);
    let fields: Vec<_> = changed
        .fields
        .iter()
        .map(|f| (f.field, f.after.as_str()))
        .collect();
    assert_eq!(fields, [("condition", "major"), ("removed_on", "2026-10-02")]);
    let expected = Device {
        condition: DeviceCondition::Major,
        removed_on: Some(date(2026, 10, 2)),
        ..changed.before.clone()
    };
    assert_eq!(changed.after, expected);
    let emptied = preview.changed.iter().find(|c| c.line == 3).unwrap();
    assert_eq!(
        emptied.after.condition,
        DeviceCondition::Unchecked,
        "an empty cell empties"
    );
    let edits = preview.into_edits().unwrap();
    assert!(edits.iter().all(|edit| edit.before.is_some()));
}

#[test]
fn json_has_typed_values_and_null_for_nothing() {
    let demo = regency(11);
    let json = export::sites(&of(&demo)).to_json();
    let noc = json
        .as_array()
        .unwrap()
        .iter()
        .find(|site| site["code"] == "diskominfo")
        .unwrap();
    assert_eq!(noc["latitude"], -7.3241);
    assert_eq!(noc["public_counter"], false);
    assert_eq!(noc["parent"], serde_json::Value::Null);
    assert_eq!(noc["gateway"], "diskominfo-rt1");
}

#[test]
fn every_kind_condition_and_medium_has_its_word() {
    let mut demo = regency(11);
    for (device, kind) in demo.devices.iter_mut().zip(DeviceKind::ALL.iter().cycle()) {
        device.kind = *kind;
    }
    for (device, condition) in demo.devices.iter_mut().zip(DeviceCondition::ALL.iter().cycle()) {
        device.condition = *condition;
    }
    for (link, medium) in demo.links.iter_mut().zip(Medium::ALL.iter().cycle()) {
        link.medium = *medium;
    }
    let (devices_csv, links_csv) = (
        export::devices(&of(&demo)).to_csv(false),
        export::links(&of(&demo)).to_csv(false),
    );
    let mut ids = ids();
    assert_eq!(
        devices(&table(&devices_csv), &of(&demo), &mut ids).into_edits(),
        Ok(Vec::new())
    );
    assert_eq!(
        links(&table(&links_csv), &of(&demo), &mut ids).into_edits(),
        Ok(Vec::new())
    );
}

proptest! {
    // Each case carries a whole regency to text and back.
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn whatever_stands_in_the_register_comes_back_unchanged(
        name in "[^\\p{Z}\\p{C}][^\\p{Zl}\\p{Zp}\\p{C}]{0,40}[^\\p{Z}\\p{C}]",
        serial in "[A-Z0-9=+@'\"-]{0,3}[A-Z0-9]{4}",
        kind in proptest::sample::select(DeviceKind::ALL),
        identity in 0..4,
        latitude in -90.0..90.0,
        longitude in -180.0..180.0,
    ) {
        let mut demo = regency(11);
        demo.offices[3].name.clone_from(&name);
        demo.sites[3].address = name;
        demo.sites[3].place = Some(Place { latitude, longitude, accuracy: Accuracy::Estimated });
        demo.devices[3].kind = kind;
        demo.devices[3].serial = match identity {
            0 => Identity::Known(serial),
            1 => Identity::None,
            2 => Identity::Unreadable,
            _ => Identity::Unknown,
        };
        let registers = of(&demo);
        let mut ids = ids();
        let preview = offices(&table(&export::offices(&registers).to_csv(false)), &registers, &mut ids);
        prop_assert_eq!(preview.into_edits(), Ok(Vec::new()));
        let preview = sites(&table(&export::sites(&registers).to_csv(true)), &registers, &mut ids);
        prop_assert_eq!(preview.into_edits(), Ok(Vec::new()));
        let preview = devices(&table(&export::devices(&registers).to_csv(false)), &registers, &mut ids);
        prop_assert_eq!(preview.into_edits(), Ok(Vec::new()));
    }
}

#[test]
fn faulty_services_are_named_and_none_is_imported() {
    let demo = regency(11);
    let file = table(
        "Kode,Nama,OPD,Lokasi,Lokasi Server\nbaru,Layanan Baru,setda,kec-kawali; diskominfo kec-kawali,diskominfo\n\
         lain,Layanan Lain,tidak-ada,,\nsatu,,setda,kec-kawali entah,entah\nbaru,Dua Kali,setda,,\n",
    );
    let preview = services(&file, &of(&demo), &mut ids());
    assert_eq!(
        found(&preview.problems),
        [
            (3, "OPD", ProblemCode::UnknownReference),
            (4, "Nama", ProblemCode::MissingValue),
            (4, "Lokasi", ProblemCode::UnknownReference),
            (4, "Lokasi Server", ProblemCode::UnknownReference),
            (5, "Kode", ProblemCode::Duplicate),
        ]
    );
    assert_eq!(preview.new[0].sites.len(), 2, "a site is named once");
    assert!(preview.into_edits().is_err());
}

#[test]
fn what_an_office_was_comes_back() {
    let mut ids = ids();
    let file = table(
        "kode,nama,berakhir,sebelumnya\n\
         badan,Badan Contoh,,lama|Dinas Lama|01-03-2026|Perbup 5/2026; tua|Dinas Tua|2026-03-01|\n\
         lama,Dinas Lama,01-03-2026,\ntua,Dinas Tua,01-03-2026,\n",
    );
    let all = after(
        offices(&file, &Registers::default(), &mut ids)
            .into_edits()
            .unwrap(),
    );
    let badan = all.iter().find(|office| office.code == "badan").unwrap();
    let told: Vec<_> = badan
        .predecessors
        .iter()
        .map(|it| (it.name.as_str(), it.since, it.decree.as_str()))
        .collect();
    let day = date(2026, 3, 1);
    assert_eq!(
        told,
        [("Dinas Lama", day, "Perbup 5/2026"), ("Dinas Tua", day, "")]
    );
    for cell in [
        "lama|Dinas Lama|01-03-2026",
        "lama|Dinas Lama|01-03-2026|a|b",
        "lama||01-03-2026|a",
        "lama|Dinas Lama|kemarin|a",
        "entah|Dinas|01-03-2026|a",
        "badan|Badan|01-03-2026|a",
        "lama|A|01-03-2026|a;lama|B|01-03-2026|b",
    ] {
        let text = format!("kode,nama,sebelumnya\nbadan,Badan Contoh,{cell}\n");
        let held = Registers {
            offices: &all,
            ..Registers::default()
        };
        let preview = offices(&table(&text), &held, &mut ids);
        assert_eq!(preview.problems.total, 1, "{cell}");
        assert_eq!(preview.problems.shown[0].column, "sebelumnya");
    }
}

proptest! {
    /// Whatever a name or decree holds, it comes back as it was, through an empty register too.
    #[test]
    fn predecessors_survive_the_file(texts in proptest::collection::vec(("[a-z|;\\\\,\"' ]{0,12}x", "[a-z|;\\\\ ]{0,12}"), 0..4)) {
        let mut ids = ids();
        let mut all = vec![office("badan", &mut ids)];
        for (n, (name, decree)) in texts.iter().enumerate() {
            let before = office(&format!("lama-{n}"), &mut ids);
            all[0].predecessors.push(rajut_core::register::Predecessor {
                office: before.id,
                name: name.trim().to_owned(),
                since: date(2026, 3, 1),
                decree: decree.trim().to_owned(),
            });
            all.push(before);
        }
        let held = Registers { offices: &all, ..Registers::default() };
        let sheet = export::offices(&held).to_csv(false);
        let again = offices(&table(&sheet), &held, &mut ids);
        prop_assert_eq!((again.problems.total, again.unchanged), (0, all.len()), "{}", sheet);
        let new = after(offices(&table(&sheet), &Registers::default(), &mut ids).into_edits().unwrap());
        let told = |office: &Office| -> Vec<(String, String)> {
            office.predecessors.iter().map(|it| (it.name.clone(), it.decree.clone())).collect()
        };
        prop_assert_eq!(told(&new[0]), told(&all[0]));
    }
}
