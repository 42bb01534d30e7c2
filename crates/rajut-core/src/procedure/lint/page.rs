//! The identity page: E01 to E03, W05 to W08, I03.

use jiff::civil::Date;

use super::LintCode::{E01, E02, E03, I03, W05, W06, W07, W08};
use super::{Faults, LintFacts, LintFault, Regulation, RegulationStatus, words};
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
        faults.add(W05, "identity.records", LintFault::RecordsEmpty);
    }
    if faults
        .procedure
        .frequency
        .as_ref()
        .is_none_or(|text| text.trim().is_empty())
    {
        faults.add(I03, "frequency", LintFault::FrequencyMissing);
    }
}

fn missing(faults: &mut Faults<'_>, identity: &Identity) {
    let blank = |text: &str| text.trim().is_empty();
    let none = |list: &[String]| list.iter().all(|item| blank(item));
    for (key, is_missing) in [
        ("agency", blank(&identity.agency)),
        ("unit", blank(&identity.unit)),
        ("number", blank(&identity.number)),
        ("created", identity.created.is_none()),
        ("effective", identity.effective.is_none()),
        ("title", blank(&identity.title)),
        ("legal_basis", none(&identity.legal_basis)),
        ("qualifications", none(&identity.qualifications)),
        ("equipment", none(&identity.equipment)),
        ("warnings", none(&identity.warnings)),
    ] {
        if is_missing {
            faults.add(
                E01,
                &format!("identity.{key}"),
                LintFault::FieldEmpty.with("key", key),
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
            LintFault::EffectiveBeforeCreated
                .with("effective", effective)
                .with("created", created),
        );
    }
    // A revision date ahead is the planned review.
    if let Some(revised) = identity.revised.filter(|date| *date <= today && *date < created) {
        faults.add(
            E02,
            "identity.revised",
            LintFault::RevisedBeforeCreated
                .with("revised", revised)
                .with("created", created),
        );
    }
}

fn approver(faults: &mut Faults<'_>, identity: &Identity, facts: &LintFacts<'_>) {
    let approver = &identity.approver;
    for (key, text) in [
        ("name", &approver.name),
        ("position", &approver.position),
        ("rank", &approver.rank),
    ] {
        if text.trim().is_empty() {
            let path = format!("identity.approver.{key}");
            faults.add(
                E03,
                &path,
                LintFault::FieldEmpty.with("key", format!("approver.{key}")),
            );
        }
    }
    if !(facts.nip_ok)(&approver.nip) {
        faults.add(
            E03,
            "identity.approver.nip",
            LintFault::NipImpossible.with("nip", &approver.nip),
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
        faults.add(W06, "identity.related", LintFault::RelatedEmpty);
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
                LintFault::RelatedUnknown.with("title", title),
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
            faults.at(
                W06,
                step,
                "starts",
                LintFault::StartsUnrelated.with("procedure", starts),
            );
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
            LintFault::NotReviewed.with("since", last),
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
            let became = match regulation.status {
                RegulationStatus::Repealed => LintFault::Repealed,
                RegulationStatus::Amended => LintFault::Amended,
            };
            faults.add(
                W08,
                &format!("identity.legal_basis.{index}"),
                became.with("name", &regulation.name).with("by", by),
            );
        }
    }
}
