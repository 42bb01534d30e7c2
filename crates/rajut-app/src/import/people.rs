//! Lines of people. Numbers, addresses and telephones are personal: they travel beside the record, which
//! holds commitments only (UU 27/2022).

use jiff::civil::Date;
use rajut_core::id::{FreshIds, PersonId};
use rajut_core::journal::PersonalValue;
use rajut_core::people::{CivilId, CivilStatus, Person, Rank, Ranks, Sealed};
use rajut_core::register::Edit;

use super::entry::{Column, Entry, Row};
use super::preview::Preview;
use super::problem::{Fault, ProblemCode, Problems};
use super::value::{Words, choice, free, maybe, needed, word};

/// A person with the personal values revealed, on the way in or out.
#[derive(Clone, PartialEq, Eq)]
pub struct OpenPerson {
    /// The record.
    pub person: Person,
    /// NIP or NI PPPK, 18 digits; `None` where there is none or it was erased.
    pub nip: Option<String>,
    /// Home address.
    pub address: Option<String>,
    /// Telephone number.
    pub phone: Option<String>,
}

impl std::fmt::Debug for OpenPerson {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The values stay out of logs.
        f.debug_struct("OpenPerson")
            .field("person", &self.person)
            .finish_non_exhaustive()
    }
}

/// What a file of people is checked against.
#[derive(Debug, Clone, PartialEq)]
pub struct PeopleRules {
    /// The ranks in force.
    pub ranks: Ranks,
    /// The day of the import: nobody was appointed after it.
    pub today: Date,
}

const STATUSES: Words<CivilStatus> = &[
    (CivilStatus::Pns, &["pns"]),
    (CivilStatus::Pppk, &["pppk", "p3k"]),
    (
        CivilStatus::NonAsn,
        &["non_asn", "non asn", "bukan asn", "honorer", "kontrak"],
    ),
];

impl Entry for OpenPerson {
    type Id = PersonId;
    type Context = PeopleRules;

    const COLUMNS: &'static [Column] = &[
        Column::new("name", &["nama", "nama lengkap"]).required(),
        Column::new("titles_before", &["gelar depan"]),
        Column::new("titles_after", &["gelar belakang"]),
        Column::new("status", &["status kepegawaian", "status asn"]),
        Column::new("rank", &["golongan", "gol", "pangkat golongan", "pangkat"]),
        Column::new("nip", &["ni pppk", "nip ni pppk", "nomor induk"]).personal(),
        Column::new("address", &["alamat", "alamat rumah"]).personal(),
        Column::new(
            "phone",
            &["telepon", "no telepon", "nomor telepon", "no hp", "hp"],
        )
        .personal(),
    ];

    fn id(&self) -> PersonId {
        self.person.id
    }

    /// The NIP; for who has none the name, so that two of the same name need a number to be told apart.
    fn key(&self) -> String {
        self.nip
            .clone()
            .unwrap_or_else(|| self.person.name.to_lowercase())
    }

    fn blank(id: PersonId) -> Self {
        let person = Person::blank(id);
        Self {
            person,
            nip: None,
            address: None,
            phone: None,
        }
    }

    fn key_of(row: &mut Row<'_>) -> Option<String> {
        let name = row.value("name", |text| needed(text, 200))?;
        let nip = row.value("nip", |text| Ok(digits(text))).unwrap_or_default();
        Some(if nip.is_empty() { name.to_lowercase() } else { nip })
    }

    fn fill(&mut self, row: &mut Row<'_>, rules: &PeopleRules) {
        row.set(&mut self.person.name, "name", |text| needed(text, 200));
        row.set(&mut self.person.titles_before, "titles_before", |text| {
            free(text, 50)
        });
        row.set(&mut self.person.titles_after, "titles_after", |text| {
            free(text, 100)
        });
        let mut number = None;
        row.set(&mut self.nip, "nip", |text| {
            maybe(text, |text| {
                let id = civil_id(text, rules.today)?;
                number = Some(id.status());
                Ok(digits(text))
            })
        });
        row.set(&mut self.address, "address", |text| {
            maybe(text, |text| personal(text, 300))
        });
        row.set(&mut self.phone, "phone", |text| {
            maybe(text, |text| personal(text, 40))
        });
        let stated = row
            .value("status", |text| maybe(text, |text| choice(text, STATUSES)))
            .flatten();
        if let Some(number) = number.filter(|number| stated.is_some_and(|stated| stated != *number)) {
            row.fault(
                "status",
                Fault::new(ProblemCode::StatusMismatch).with("number", word(&number, STATUSES)),
            );
        }
        if let Some(status) = stated.or(number) {
            self.person.status = status;
        }
        let status = self.person.status;
        row.set(&mut self.person.rank, "rank", |text| {
            maybe(text, |text| rank(text, status, &rules.ranks))
        });
    }

    fn cells(&self, _: &PeopleRules) -> Vec<String> {
        cells(self)
    }
}

/// Without the spaces in which NIPs are printed.
fn digits(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

fn civil_id(text: &str, today: Date) -> Result<CivilId, Fault> {
    if text.contains('*') {
        return Err(Fault::new(ProblemCode::Masked));
    }
    CivilId::parse(text, today).map_err(|error| {
        let places = error.digits();
        Fault::new(ProblemCode::BadNip)
            .with("digits", format!("{}-{}", places.start(), places.end()))
            .with("why", error)
    })
}

fn personal(text: &str, most: usize) -> Result<String, Fault> {
    if text.contains("***") {
        Err(Fault::new(ProblemCode::Masked))
    } else {
        free(text, most)
    }
}

fn rank(text: &str, status: CivilStatus, ranks: &Ranks) -> Result<Rank, Fault> {
    let of_status = match status {
        CivilStatus::Pns => ranks.pns(),
        CivilStatus::Pppk => ranks.pppk(),
        CivilStatus::NonAsn => &[],
    };
    // "Penata (III/c)" is how papers write it, "III/c" how lists do.
    let golongan = text
        .rsplit_once('(')
        .map_or(text, |(_, rest)| rest.trim_end_matches(')'));
    ranks
        .find(golongan)
        .filter(|rank| of_status.contains(rank))
        .cloned()
        .ok_or_else(|| {
            let allowed: Vec<&str> = of_status.iter().map(|rank| rank.golongan.as_str()).collect();
            Fault::new(ProblemCode::NotInList).with("allowed", allowed.join(", "))
        })
}

pub(super) fn cells(open: &OpenPerson) -> Vec<String> {
    let person = &open.person;
    vec![
        person.name.clone(),
        person.titles_before.clone(),
        person.titles_after.clone(),
        word(&person.status, STATUSES),
        person
            .rank
            .as_ref()
            .map(|rank| rank.golongan.clone())
            .unwrap_or_default(),
        open.nip.clone().unwrap_or_default(),
        open.address.clone().unwrap_or_default(),
        open.phone.clone().unwrap_or_default(),
    ]
}

/// The edits of a file of people, and the personal values behind the commitments in them.
#[derive(Debug, Clone, PartialEq)]
pub struct PeopleEdits {
    /// The records.
    pub edits: Vec<Edit<Person>>,
    /// Values that are new, sealed with fresh salt. What did not change keeps its commitment.
    pub personal: Vec<PersonalValue>,
}

impl Preview<OpenPerson> {
    /// All edits of the file with their personal values sealed; or none of them and the problems.
    pub fn into_people(self, ids: &mut FreshIds) -> Result<PeopleEdits, Problems> {
        let mut personal = Vec::new();
        let edits = self
            .into_edits()?
            .into_iter()
            .map(|Edit { before, after }| {
                let mut person = after.person;
                let mut seal =
                    |slot: &mut Option<Sealed>, before: Option<&String>, after: Option<&String>| {
                        if before != after {
                            *slot = after.map(|value| {
                                let value = PersonalValue::seal(value, ids);
                                let sealed = value.sealed.clone();
                                personal.push(value);
                                sealed
                            });
                        }
                    };
                let old = before.as_ref();
                seal(
                    &mut person.nip,
                    old.and_then(|b| b.nip.as_ref()),
                    after.nip.as_ref(),
                );
                seal(
                    &mut person.address,
                    old.and_then(|b| b.address.as_ref()),
                    after.address.as_ref(),
                );
                seal(
                    &mut person.phone,
                    old.and_then(|b| b.phone.as_ref()),
                    after.phone.as_ref(),
                );
                Edit {
                    before: before.map(|before| before.person),
                    after: person,
                }
            })
            .collect();
        Ok(PeopleEdits { edits, personal })
    }
}
