//! Files as people write them, and what is wrong with them.

use super::*;
use ProblemCode::{
    Cycle, Duplicate, MissingValue, NeedsOther, NotADate, NotAnAddress, NotInList, OutOfRange,
    StandsElsewhere, UnknownReference,
};

#[test]
fn an_old_spreadsheet_with_semicolons_and_commas_is_read() {
    let mut ids = ids();
    let dinkes = office("dinkes", &mut ids);
    let file = fixture("lokasi-windows-1252.csv");
    assert_eq!(
        file.source,
        Source::Csv {
            encoding: "windows-1252",
            separator: ';'
        }
    );
    let registers = Registers {
        offices: std::slice::from_ref(&dinkes),
        ..Registers::default()
    };
    let edits = sites(&file, &registers, &mut ids).into_edits().unwrap();
    assert!(edits.iter().all(|edit| edit.before.is_none()));
    let sites = after(edits);
    assert_eq!(sites.len(), 2);
    assert_eq!(sites[0].name, "Café Contoh");
    assert_eq!(
        sites[0].place,
        Some(Place {
            latitude: -7.1865,
            longitude: 108.3705,
            accuracy: Accuracy::Exact
        })
    );
    assert_eq!(sites[0].service_week, ServiceWeekKind::SixDays);
    assert_eq!(sites[0].offices, [dinkes.id]);
    assert_eq!(
        sites[0].parent,
        Some(sites[1].id),
        "named before it stands in the file"
    );
    assert!(sites[0].public_counter && !sites[1].public_counter);
    assert_eq!(sites[1].name, "Kantor \"Contoh\"");
    assert_eq!(sites[1].ended_on, Some(date(2026, 12, 1)));
}

#[test]
fn every_faulty_cell_is_named_and_nothing_is_imported() {
    let mut ids = ids();
    let office = office("dinas", &mut ids);
    let registers = Registers {
        offices: std::slice::from_ref(&office),
        ..Registers::default()
    };
    let site = "kode,nama,perangkat daerah,kecamatan\nkantor,Kantor,dinas,Ciamis\n";
    let site = after(sites(&table(site), &registers, &mut ids).into_edits().unwrap());
    let registers = Registers {
        sites: &site,
        ..registers
    };
    let preview = devices(&fixture("perangkat-salah.csv"), &registers, &mut ids);
    assert_eq!(
        found(&preview.problems),
        [
            (2, "tanggal pasang", NotADate),
            (3, "lokasi", UnknownReference),
            (3, "jenis", NotInList),
            (3, "alamat ip", NotAnAddress),
            (3, "port", OutOfRange),
            (3, "kondisi", NotInList),
            (4, "kode", MissingValue),
            (5, "kode", Duplicate),
            (6, "alamat ip", NeedsOther),
            (6, "menggantikan", UnknownReference),
        ]
    );
    assert_eq!(preview.problems.shown[0].value, "31-02-2026");
    assert_eq!(
        preview.problems.shown[7].args,
        BTreeMap::from([("line", "2".to_owned())])
    );
    assert!(preview.problems.shown[5].args["allowed"].starts_with("good, minor"));
    assert_eq!(preview.into_edits().unwrap_err().total, 10);
}

#[test]
fn headings_that_are_unknown_repeated_or_lacking_are_named() {
    let preview = offices(
        &table("no,kode,Nama,nama perangkat daerah,warna\n1,a,A,B,merah\n"),
        &Registers::default(),
        &mut ids(),
    );
    assert_eq!(
        found(&preview.problems),
        [
            (1, "nama perangkat daerah", ProblemCode::RepeatedColumn),
            (1, "warna", ProblemCode::UnknownColumn)
        ]
    );
    assert!(preview.problems.shown[1].args["known"].starts_with("code, name"));
    let preview = devices(
        &table("merek\nMikroTik\nRuijie\n"),
        &Registers::default(),
        &mut ids(),
    );
    assert_eq!(
        found(&preview.problems),
        [(1, "code", ProblemCode::MissingColumn)]
    );
    let preview = offices(&table("kode\na\n"), &Registers::default(), &mut ids());
    assert_eq!(
        found(&preview.problems),
        [(1, "name", ProblemCode::MissingColumn)]
    );
    let preview = offices(&table("kode,nama\na,A,B\n"), &Registers::default(), &mut ids());
    assert_eq!(found(&preview.problems), [(2, "", ProblemCode::ExtraCells)]);
}

#[test]
fn parents_may_come_later_but_not_go_round() {
    let ok = offices(
        &table("kode,nama,induk\na,A,b\nb,B,c\nc,C,\n"),
        &Registers::default(),
        &mut ids(),
    );
    let entries = after(ok.into_edits().unwrap());
    assert_eq!(entries[0].parent, Some(entries[1].id));
    let round = offices(
        &table("kode,nama,induk\na,A,b\nb,B,c\nc,C,a\nd,D,a\ne,E,e\n"),
        &Registers::default(),
        &mut ids(),
    );
    assert_eq!(
        found(&round.problems),
        [
            (2, "induk", Cycle),
            (3, "induk", Cycle),
            (4, "induk", Cycle),
            (6, "induk", Cycle)
        ]
    );
    assert_eq!(round.problems.shown[0].args["path"], "a > b > c > a");
    // Half of the circle stands in the register.
    let demo = regency(11);
    let file = table("kode,lokasi induk\nkec-baregbeg,kec-kawali\n");
    let preview = sites(&file, &of(&demo), &mut ids());
    assert_eq!(
        preview.problems.shown[0].args["path"],
        "kec-baregbeg > kec-kawali > kec-cipaku > kec-baregbeg"
    );
}

#[test]
fn a_gateway_stands_at_its_site_and_a_position_has_two_degrees() {
    let demo = regency(11);
    let file = table(
        "code,gateway,latitude,longitude\nkec-kawali,kec-cipaku-rt1,-7.1,\nkec-cipaku,tiada,91,\"108,5\"\n",
    );
    let preview = sites(&file, &of(&demo), &mut ids());
    assert_eq!(
        found(&preview.problems),
        [
            (2, "longitude", NeedsOther),
            (2, "gateway", StandsElsewhere),
            (3, "latitude", OutOfRange),
            (3, "gateway", UnknownReference)
        ]
    );
}

#[test]
fn the_number_of_problems_shown_is_bounded() {
    let mut text = String::from("kode,nama\n");
    for _ in 0..1000 {
        text.push_str("a b,\n");
    }
    let preview = offices(&table(&text), &Registers::default(), &mut ids());
    assert_eq!(
        (preview.problems.shown.len(), preview.problems.total),
        (SHOWN_PROBLEMS, 1000)
    );
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        if let Ok(file) = Table::read(&bytes, &Limits::default()) {
            let mut ids = ids();
            offices(&file, &Registers::default(), &mut ids);
            people(&file, &[], &rules(), &mut ids);
        }
    }
}
