//! People: sealed on the way in, masked on the way out.

use super::*;
use ProblemCode::{BadNip, Duplicate, NotInList, StatusMismatch};

const PEOPLE: &str = "Nama,Gelar Belakang,Status,Golongan,NIP,Alamat,Telepon\n\
    Contoh Satu,S.T.,PNS,Penata (III/c),19800101 200501 1 901,Jl. Contoh No. 1,+62800000\n\
    Contoh Dua,,,IX,199001012022212902,Jl. Contoh No. 2,0800-000-0002\n\
    Contoh Tiga,,non asn,,,Jl. Contoh No. 3,0800-000-0003\n";

fn opened(edits: &PeopleEdits) -> Vec<OpenPerson> {
    let open = |sealed: &Option<rajut_core::people::Sealed>| {
        let sealed = sealed.as_ref()?;
        edits
            .personal
            .iter()
            .find(|value| value.sealed == *sealed)
            .map(|value| value.value.clone())
    };
    let people = edits.edits.iter().map(|edit| edit.after.clone());
    people
        .map(|person| OpenPerson {
            nip: open(&person.nip),
            address: open(&person.address),
            phone: open(&person.phone),
            person,
        })
        .collect()
}

#[test]
fn people_are_sealed_and_come_back_only_revealed() {
    let mut ids = ids();
    let edits = people(&table(PEOPLE), &[], &rules(), &mut ids)
        .into_people(&mut ids)
        .unwrap();
    assert_eq!((edits.edits.len(), edits.personal.len()), (3, 8));
    let known = opened(&edits);
    assert_eq!(known[0].nip.as_deref(), Some("198001012005011901"));
    assert_eq!(
        known[0].person.rank.as_ref().unwrap().to_string(),
        "Penata (III/c)"
    );
    assert_eq!(known[1].person.status, CivilStatus::Pppk, "told by the number");
    assert!(
        known
            .iter()
            .all(|open| open.person.missing_for_order().is_empty())
    );
    let logged = format!("{edits:?}{known:?}");
    assert!(!logged.contains("Jl. Contoh") && !logged.contains("198001012005011901"));

    let sheet = export::people(&known, export::Personal::Revealed).to_csv(false);
    assert!(sheet.contains(",'+62800000"), "{sheet}");
    let again = people(&table(&sheet), &known, &rules(), &mut ids);
    assert_eq!((again.unchanged, again.into_edits()), (3, Ok(Vec::new())));

    let masked = export::people(&known, export::Personal::Masked).to_csv(false);
    assert!(masked.contains("19800101 ****** * ***,***,***000"), "{masked}");
    assert!(!masked.contains("Jl.") && !masked.contains("901"), "{masked}");
    let refused = people(&table(&masked), &known, &rules(), &mut ids);
    let masked_cells = found(&refused.problems)
        .iter()
        .filter(|p| p.2 == ProblemCode::Masked)
        .count();
    assert_eq!(masked_cells, 8);

    let moved = sheet.replace("Jl. Contoh No. 2", "Jl. Contoh No. 22");
    let preview = people(&table(&moved), &known, &rules(), &mut ids);
    assert_eq!(
        preview.changed[0].fields,
        [Change {
            field: "address",
            before: "***".into(),
            after: "***".into()
        }]
    );
    let moved = preview.into_people(&mut ids).unwrap();
    assert_eq!(moved.personal.len(), 1);
    let Edit {
        before: Some(before),
        after,
    } = &moved.edits[0]
    else {
        panic!("a change")
    };
    assert_eq!((&before.nip, &before.phone), (&after.nip, &after.phone));
    assert_ne!(before.address, after.address);
}

#[test]
fn faulty_people_are_named_without_their_numbers() {
    let file = "nama,status,golongan,nip,telepon\n\
        Contoh A,pns,III/a,198013012005011901,\n\
        Contoh B,pppk,,198001012005011902,\n\
        Contoh C,non_asn,III/a,,\n\
        Contoh C,non_asn,,,\n\
        Contoh D,pns,IX,198001012005011903,\n";
    let preview = people(&table(file), &[], &rules(), &mut ids());
    assert_eq!(
        found(&preview.problems),
        [
            (2, "nip", BadNip),
            (3, "status", StatusMismatch),
            (4, "golongan", NotInList),
            (5, "nama", Duplicate),
            (6, "golongan", NotInList)
        ]
    );
    let nip = &preview.problems.shown[0];
    assert_eq!((nip.value.as_str(), nip.args["digits"].as_str()), ("", "5-6"));
}

#[test]
fn namesakes_without_a_number_are_not_mixed_up() {
    let mut ids = ids();
    let file = table("nama,telepon\nContoh Kembar,0800-000-0001\n");
    let one = opened(
        &people(&file, &[], &rules(), &mut ids)
            .into_people(&mut ids)
            .unwrap(),
    )
    .remove(0);
    let two = opened(
        &people(&file, &[], &rules(), &mut ids)
            .into_people(&mut ids)
            .unwrap(),
    )
    .remove(0);
    assert_ne!(one.person.id, two.person.id);
    let preview = people(&file, &[one, two], &rules(), &mut ids);
    assert_eq!(found(&preview.problems), [(2, "nama", ProblemCode::Ambiguous)]);
}
