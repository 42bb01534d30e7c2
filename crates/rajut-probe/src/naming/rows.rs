//! Rows of a family: every instance of a column becomes a processor, a memory, a storage or a radio's figure.

use rajut_core::check::device::{Memory, Processor, Storage, Wireless};

use super::family::{AmountRow, Condition, Family, Place};
use super::sensors;
use super::text::{integer, lossy, number, whole};
use crate::codec::snmp::{Oid, Value};
use crate::strategy::snmp::Values;

/// More rows than this of one kind are not kept.
pub(super) const MOST_ROWS: usize = 10_000;

/// A share in percent.
pub(super) fn percent(used: i64, total: i64) -> Option<f64> {
    (total != 0).then(|| (lossy(i128::from(used)) / lossy(i128::from(total)) * 100.0).max(0.0))
}

/// The instances of a column: the rest of their names, and their values. A whole name is an instance of itself.
pub(super) fn instances<'a>(
    told: &'a Values,
    column: &'a Oid,
) -> impl Iterator<Item = (&'a [u32], &'a Value)> {
    told.under(column.arcs())
}

pub(super) fn holds(conditions: &[Condition], told: &Values, index: &[u32]) -> bool {
    conditions.iter().all(|condition| {
        let rendered = condition.text.render(told, index);
        let is = condition
            .is
            .as_ref()
            .is_none_or(|it| !rendered.gaps && it.0.is_match(&rendered.text));
        let not = condition
            .not
            .as_ref()
            .is_none_or(|it| !it.0.is_match(&rendered.text));
        is && not
    })
}

pub(super) fn processors(family: &Family, told: &Values) -> Vec<Processor> {
    let mut processors = Vec::new();
    for row in &family.processors {
        if row.fallback && !processors.is_empty() {
            continue;
        }
        for (index, value) in instances(told, &row.value.0).take(MOST_ROWS) {
            let Some(raw) = number(value) else { continue };
            if row.skip.iter().any(|skip| sensors::same(*skip, raw)) || !holds(&row.conditions, told, index) {
                continue;
            }
            let usage = raw / row.divisor;
            let descr = row
                .descr
                .as_ref()
                .map(|it| it.render(told, index).text)
                .filter(|it| !it.is_empty());
            processors.push(Processor {
                descr: descr.unwrap_or_else(|| "Processor".to_owned()),
                usage: if row.idle { 100.0 - usage } else { usage },
                oid: row.value.0.child(index).to_string(),
            });
        }
    }
    processors
}

/// The amounts of one instance.
struct Amounts {
    index: Vec<u32>,
    total: Option<i64>,
    used: Option<i64>,
    free: Option<i64>,
    percent: Option<f64>,
    oids: Vec<String>,
}

/// The instances of a row: those of its first column that is no fixed number.
fn amounts(row: &AmountRow, told: &Values) -> Vec<Amounts> {
    let places = [&row.used, &row.free, &row.percent, &row.total];
    let leading = places.into_iter().flatten().find_map(|place| match place {
        Place::Name(name) => Some(&name.0),
        Place::Fixed(_) => None,
    });
    let Some(leading) = leading else {
        return Vec::new();
    };
    instances(told, leading)
        .take(MOST_ROWS)
        .filter(|(index, _)| holds(&row.conditions, told, index))
        .filter_map(|(index, _)| of_instance(row, told, index))
        .collect()
}

fn of_instance(row: &AmountRow, told: &Values, index: &[u32]) -> Option<Amounts> {
    let mut oids = Vec::new();
    let mut get = |place: &Option<Place>| match place.as_ref()? {
        Place::Fixed(number) => Some(*number),
        Place::Name(name) => {
            let name = name.0.child(index);
            let number = told.get(name.arcs()).and_then(number)?;
            oids.push(name.to_string());
            Some(number)
        }
    };
    let (used, free, share, total) = (get(&row.used), get(&row.free), get(&row.percent), get(&row.total));
    let unit = match &row.unit_of {
        Some(column) => lossy(i128::from(
            told.get(column.0.child(index).arcs()).and_then(integer)?,
        )),
        None => row.unit,
    };
    let fixed = matches!(row.total, Some(Place::Fixed(_)));
    let bytes = |amount: Option<f64>| amount.map(|amount| amount * unit);
    let (used, free, total) = (bytes(used), bytes(free), if fixed { total } else { bytes(total) });
    // Devices that do not know say 0 or -1.
    let total = total.or_else(|| Some(used? + free?)).filter(|&total| total > 0.0);
    let share = share.map(|share| share / row.percent_divisor);
    let share = share.map(|share| if row.percent_free { 100.0 - share } else { share });
    let used = used
        .or_else(|| Some(total? - free?))
        .or_else(|| Some(total? * share? / 100.0));
    let share = share.or_else(|| {
        total
            .filter(|&total| total > 0.0)
            .zip(used)
            .map(|(total, used)| (used / total * 100.0).max(0.0))
    });
    // A share alone is enough.
    share?;
    Some(Amounts {
        index: index.to_vec(),
        total: total.and_then(whole),
        used: used.and_then(whole),
        free: total.zip(used).and_then(|(total, used)| whole(total - used)),
        percent: share,
        oids,
    })
}

pub(super) fn memory(family: &Family, told: &Values) -> Vec<Memory> {
    let mut memory = Vec::new();
    for row in &family.memory {
        if row.fallback && !memory.is_empty() {
            continue;
        }
        for amounts in amounts(row, told) {
            let descr = row.descr.as_ref().map(|it| it.render(told, &amounts.index).text);
            memory.push(Memory {
                descr: descr
                    .filter(|it| !it.is_empty())
                    .unwrap_or_else(|| "Memory".to_owned()),
                class: row.class.clone().unwrap_or_else(|| "system".to_owned()),
                percent: amounts.percent,
                total: amounts.total,
                used: amounts.used,
                free: amounts.free,
                oids: amounts.oids,
            });
        }
    }
    memory
}

pub(super) fn storage(family: &Family, told: &Values) -> Vec<Storage> {
    let mut storage = Vec::new();
    for row in &family.storage {
        if row.fallback && !storage.is_empty() {
            continue;
        }
        for amounts in amounts(row, told) {
            let text = |it: &Option<super::template::Template>| {
                it.as_ref()
                    .map(|it| it.render(told, &amounts.index).text)
                    .filter(|it| !it.is_empty())
            };
            storage.push(Storage {
                descr: text(&row.descr).unwrap_or_else(|| Oid::new(&amounts.index).to_string()),
                kind: text(&row.kind).unwrap_or_else(|| "storage".to_owned()),
                percent: amounts.percent,
                total: amounts.total,
                used: amounts.used,
                oids: amounts.oids,
            });
        }
    }
    storage
}

pub(super) fn wireless(family: &Family, told: &Values) -> Vec<Wireless> {
    let mut wireless = Vec::new();
    for row in &family.wireless {
        let found = sensors::of_row(row, told);
        if row.sum {
            let Some(first) = found.first() else { continue };
            wireless.push(Wireless {
                class: row.class.clone(),
                descr: first.descr.clone(),
                value: found.iter().map(|one| one.value).sum(),
                divisor: first.divisor,
                multiplier: first.multiplier,
                aggregate: Some("sum".to_owned()),
                oids: found.into_iter().map(|one| one.oid).collect(),
            });
            continue;
        }
        wireless.extend(found.into_iter().map(|one| Wireless {
            class: one.class,
            descr: one.descr,
            value: one.value,
            divisor: one.divisor,
            multiplier: one.multiplier,
            aggregate: None,
            oids: vec![one.oid],
        }));
    }
    wireless
}
