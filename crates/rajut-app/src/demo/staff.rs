//! Sample people and their posts. All of it is plainly invented.

use jiff::civil::Date;
use rajut_core::register::Office;

use super::data::{Data, PersonRow};

/// A sample person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoPerson {
    /// Name without titles, begins with "Contoh".
    pub name: String,
    /// Titles before the name, empty for none.
    pub titles_before: String,
    /// Titles after the name, empty for none.
    pub titles_after: String,
    /// `pns`, `pppk` or `non_asn`.
    pub status: String,
    /// NIP or NI PPPK, 18 digits; none for a non-ASN.
    pub number: Option<String>,
    /// Golongan (`III/d`, for a PPPK `IX`); none for a non-ASN.
    pub rank: Option<String>,
    /// Home address.
    pub address: String,
    /// Telephone.
    pub phone: String,
    /// Code of the post held.
    pub post: String,
    /// First day in the post.
    pub since: Date,
    /// The decree that says so.
    pub decree: String,
}

/// A post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoPost {
    /// Short code, unique.
    pub code: String,
    /// Its title.
    pub title: String,
    /// Code of the role that it gives.
    pub role: String,
    /// Code of the post above it.
    pub superior: Option<String>,
    /// Code of the office that it belongs to.
    pub office: String,
}

/// The agency's people, then one contact at every office.
pub(super) fn hire(data: &Data, offices: &[Office]) -> (Vec<DemoPerson>, Vec<DemoPost>) {
    let contact = &data.people.contact;
    let contacts = offices.iter().enumerate().map(|(index, office)| {
        let asn = index % 3 != 2;
        PersonRow {
            post: format!("{}{}", contact.post_prefix, office.code),
            title: format!("{} {}", contact.title, office.alias),
            role: contact.role.clone(),
            superior: None,
            office: Some(office.code.clone()),
            name: format!("Contoh Kontak {}", office.alias),
            titles_before: String::new(),
            titles_after: String::new(),
            status: if asn { "pns" } else { "non_asn" }.to_owned(),
            rank: asn.then(|| contact.rank.clone()),
            born: asn.then(|| 1975 + u16::try_from(index % 20).expect("below 20")),
        }
    });
    let mut people = Vec::new();
    let mut posts = Vec::new();
    for (index, row) in data.people.staff.iter().cloned().chain(contacts).enumerate() {
        let office = row.office.clone().unwrap_or_else(|| data.regency.noc.clone());
        posts.push(DemoPost {
            code: row.post.clone(),
            title: row.title.clone(),
            role: row.role.clone(),
            superior: row.superior.clone(),
            office,
        });
        people.push(person(data, row, index + 1));
    }
    (people, posts)
}

fn person(data: &Data, row: PersonRow, number: usize) -> DemoPerson {
    DemoPerson {
        number: row
            .born
            .map(|born| civil_service_number(born, row.status == "pppk", number)),
        name: row.name,
        titles_before: row.titles_before,
        titles_after: row.titles_after,
        status: row.status,
        rank: row.rank,
        address: format!("Jl. Contoh No. {number}, Ciamis"),
        phone: format!("0800-000-{number:04}"),
        post: row.post,
        since: data.people.since(),
        decree: data.people.decree.clone(),
    }
}

/// NIP: birth date, month of appointment, sex, serial (Perka BKN 22/2007); NI PPPK: birth date, year of
/// appointment and 21, sex, serial. Birthdays on 1 January and serials from 800 show that they are samples.
fn civil_service_number(born: u16, pppk: bool, number: usize) -> String {
    let appointed = if pppk {
        "202221".to_owned()
    } else {
        format!("{}01", born + 25)
    };
    format!("{born}0101{appointed}{}{:03}", 1 + number % 2, 800 + number)
}
