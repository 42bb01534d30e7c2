//! The identity page: E01 to E03, W05 to W08, I03.

use jiff::civil::Date;

use super::LintCode::{E01, E02, E03, I03, W05, W06, W07, W08};
use super::{Faults, LintFacts, Regulation, RegulationStatus, words};
use crate::procedure::Identity;

pub(super) fn lint(faults: &mut Faults<'_>, facts: &LintFacts<'_>) {
    let identity = &faults.procedure.identity;
    missing(faults, identity);
    dates(faults, identity, facts.today);
    approver(faults, identity, facts);
    related(faults, identity, facts);
    reviewed(faults, identity, facts.today);
    legal_basis(faults, identity, facts.regulations);
    if identity.records.iter().all(|record| record.trim().is_empty()) {
        faults.add(
            W05,
            "identity.records",
            "Pencatatan dan Pendataan is empty",
            "name the records and forms that are filled, and by whom",
        );
    }
    if faults
        .procedure
        .frequency
        .as_ref()
        .is_none_or(|text| text.trim().is_empty())
    {
        faults.add(
            I03,
            "frequency",
            "no routine frequency is stated",
            "if the procedure is run routinely, say how often in `frequency`",
        );
    }
}

fn missing(faults: &mut Faults<'_>, identity: &Identity) {
    let blank = |text: &str| text.trim().is_empty();
    let none = |list: &[String]| list.iter().all(|item| blank(item));
    for (key, name, is_missing) in [
        ("agency", "Instansi", blank(&identity.agency)),
        ("unit", "Satuan Kerja", blank(&identity.unit)),
        ("number", "Nomor SOP", blank(&identity.number)),
        ("created", "Tanggal Pembuatan", identity.created.is_none()),
        ("effective", "Tanggal Efektif", identity.effective.is_none()),
        ("title", "Judul SOP", blank(&identity.title)),
        ("legal_basis", "Dasar Hukum", none(&identity.legal_basis)),
        (
            "qualifications",
            "Kualifikasi Pelaksana",
            none(&identity.qualifications),
        ),
        ("equipment", "Peralatan", none(&identity.equipment)),
        ("warnings", "Peringatan", none(&identity.warnings)),
    ] {
        if is_missing {
            faults.add(
                E01,
                &format!("identity.{key}"),
                format!("{name} is empty"),
                format!("fill in `{key}`"),
            );
        }
    }
}

fn dates(faults: &mut Faults<'_>, identity: &Identity, today: Date) {
    let Some(created) = identity.created else { return };
    if let Some(effective) = identity.effective.filter(|date| *date < created) {
        faults.add(
            E02,
            "identity.effective",
            format!("Tanggal Efektif {effective} lies before Tanggal Pembuatan {created}"),
            "an SOP takes effect on the day it is signed or later",
        );
    }
    // A revision date ahead is the planned review.
    if let Some(revised) = identity.revised.filter(|date| *date <= today && *date < created) {
        faults.add(
            E02,
            "identity.revised",
            format!("Tanggal Revisi {revised} lies before Tanggal Pembuatan {created}"),
            "correct the date; a first edition has none",
        );
    }
}

fn approver(faults: &mut Faults<'_>, identity: &Identity, facts: &LintFacts<'_>) {
    let approver = &identity.approver;
    for (key, name, text) in [
        ("name", "name", &approver.name),
        ("position", "position (jabatan)", &approver.position),
        ("rank", "rank (pangkat)", &approver.rank),
    ] {
        if text.trim().is_empty() {
            let path = format!("identity.approver.{key}");
            faults.add(
                E03,
                &path,
                format!("the approver has no {name}"),
                format!("fill in `approver.{key}`"),
            );
        }
    }
    if !(facts.nip_ok)(&approver.nip) {
        faults.add(
            E03,
            "identity.approver.nip",
            format!("{:?} cannot be a NIP", approver.nip),
            "18 digits: birth date, month of appointment, sex, serial",
        );
    }
}

fn related(faults: &mut Faults<'_>, identity: &Identity, facts: &LintFacts<'_>) {
    let same = |a: &str, b: &str| words(a).eq(words(b));
    let named: Vec<&String> = identity
        .related
        .iter()
        .filter(|title| !title.trim().is_empty())
        .collect();
    if named.is_empty() {
        faults.add(
            W06,
            "identity.related",
            "Keterkaitan is empty",
            "name the SOPs that this one is linked to",
        );
    }
    for title in &named {
        if !facts
            .known_procedures
            .iter()
            .any(|known| same(&known.title, title))
        {
            faults.add(
                W06,
                "identity.related",
                format!("Keterkaitan {title:?} is not the title of an SOP in the register"),
                "write the title as it stands in the register, or enter that SOP",
            );
        }
    }
    for step in &faults.procedure.steps {
        let Some(starts) = &step.starts else { continue };
        let title = facts
            .known_procedures
            .iter()
            .find(|known| known.code == *starts)
            .map(|known| &known.title);
        if !title.is_some_and(|title| named.iter().any(|named| same(named, title))) {
            let message = format!("starts the procedure `{starts}`, which Keterkaitan does not name");
            faults.at(W06, step, "starts", message, "add its title to `related`");
        }
    }
}

fn reviewed(faults: &mut Faults<'_>, identity: &Identity, today: Date) {
    let dates = [identity.created, identity.revised, identity.effective];
    let Some(last) = dates.into_iter().flatten().filter(|date| *date <= today).max() else {
        return;
    };
    let Ok(due) = last.checked_add(jiff::Span::new().months(12)) else {
        return;
    };
    if due < today {
        faults.add(
            W07,
            if identity.revised == Some(last) {
                "identity.revised"
            } else {
                "identity.effective"
            },
            format!("not reviewed since {last}, more than 12 months ago"),
            "evaluate the SOP at least once a year and enter the date of revision",
        );
    }
}

fn legal_basis(faults: &mut Faults<'_>, identity: &Identity, regulations: &[Regulation]) {
    for (index, citation) in identity.legal_basis.iter().enumerate() {
        for regulation in regulations
            .iter()
            .filter(|regulation| regulation.is_cited_by(citation))
        {
            let by = regulation.by.join(", ");
            let (became, advice) = match regulation.status {
                RegulationStatus::Repealed => ("repealed", format!("cite {by} instead")),
                RegulationStatus::Amended => ("amended", format!("add \"sebagaimana diubah dengan {by}\"")),
            };
            faults.add(
                W08,
                &format!("identity.legal_basis.{index}"),
                format!("{} was {became} by {by}", regulation.name),
                advice,
            );
        }
    }
}
