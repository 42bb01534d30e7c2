//! Sensors: those of the family's file, and those of the standard MIBs.

use std::collections::HashMap;

use rajut_core::check::device::{Health, Sensor};

use super::entity;
use super::family::{Convert, Family, SensorRow, State};
use super::rows::{MOST_ROWS, holds, instances};
use super::text::{integer, lossy, number, some_text};
use crate::codec::snmp::{Oid, Value};
use crate::strategy::snmp::Values;

/// entPhySensorEntry (ENTITY-SENSOR-MIB, RFC 3433).
const ENTITY_SENSOR: &[u32] = &[1, 3, 6, 1, 2, 1, 99, 1, 1, 1];
/// entSensorValueEntry (CISCO-ENTITY-SENSOR-MIB), from which the former was made.
const CISCO_SENSOR: &[u32] = &[1, 3, 6, 1, 4, 1, 9, 9, 91, 1, 1, 1, 1];
/// pethMainPseEntry (POWER-ETHERNET-MIB, RFC 3621).
const POE: &[u32] = &[1, 3, 6, 1, 2, 1, 105, 1, 3, 1, 1];

pub(super) fn sensors(family: &Family, told: &Values) -> Vec<Sensor> {
    let mut sensors: Vec<Sensor> = family.sensors.iter().flat_map(|row| of_row(row, told)).collect();
    sensors.extend(entity_sensors(told, ENTITY_SENSOR));
    sensors.extend(entity_sensors(told, CISCO_SENSOR));
    sensors.extend(poe_budgets(told));
    sensors
}

/// Whether two figures are the same as far as a device tells them apart.
pub(super) fn same(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-9
}

/// The unit in which a class is given.
fn unit(class: &str) -> Option<&'static str> {
    Some(match class {
        "temperature" => "C",
        "voltage" => "V",
        "current" => "A",
        "power" => "W",
        "frequency" => "Hz",
        "fanspeed" => "rpm",
        "dbm" | "signal" => "dBm",
        "humidity" | "charge" | "load" | "percent" => "percent",
        "runtime" => "min",
        _ => return None,
    })
}

/// What a column of a family gives.
pub(super) fn of_row(row: &SensorRow, told: &Values) -> Vec<Sensor> {
    let value = |(index, value)| Some((index, of_instance(row, told, index, value)?));
    let found: Vec<(&[u32], Sensor)> = instances(told, &row.value.0)
        .take(MOST_ROWS)
        .filter_map(value)
        .collect();
    // One row needs no number; several of the same name do.
    let mut seen: HashMap<String, usize> = HashMap::new();
    for (_, sensor) in &found {
        *seen.entry(sensor.descr.clone()).or_default() += 1;
    }
    let named = |(index, mut sensor): (&[u32], Sensor)| {
        if !row.sum && seen.get(&sensor.descr).is_some_and(|&times| times > 1) {
            sensor.descr = format!("{} {}", sensor.descr, Oid::new(index));
        }
        sensor
    };
    found.into_iter().map(named).collect()
}

fn of_instance(row: &SensorRow, told: &Values, index: &[u32], value: &Value) -> Option<Sensor> {
    let mut transformed = row.convert.is_some();
    let raw = if row.words.is_empty() {
        match (&row.find, value) {
            (Some(pattern), _) => {
                let text = some_text(value)?;
                let captures = pattern.0.captures(&text)?;
                captures
                    .get(1)
                    .or_else(|| captures.get(0))?
                    .as_str()
                    .trim()
                    .parse()
                    .ok()?
            }
            (None, value) => number(value)?,
        }
    } else {
        transformed = true;
        *row.words.get(&some_text(value)?)?
    };
    if row.skip.iter().any(|skip| same(*skip, raw)) || !holds(&row.conditions, told, index) {
        return None;
    }
    let scaled = convert(row.convert, raw / row.divisor * row.multiplier)?;
    if row.above.is_some_and(|above| scaled <= above) || row.below.is_some_and(|below| scaled >= below) {
        return None;
    }
    let state = row.states.iter().find(|state| same(state.number, raw));
    // A number outside the maker's list says nothing, but it is there.
    let descr = row
        .descr
        .as_ref()
        .map(|it| it.render(told, index).text)
        .filter(|it| !it.is_empty());
    let descr = descr.map(|it| row.names.get(&it).cloned().unwrap_or(it));
    let other = |number: f64| (!same(number, 1.0)).then_some(number);
    Some(Sensor {
        class: row.class.clone(),
        descr: descr.unwrap_or_else(|| Oid::new(index).to_string()),
        value: scaled,
        unit: unit(&row.class).map(str::to_owned),
        divisor: other(row.divisor),
        multiplier: other(row.multiplier),
        transformed,
        state: state.map(|state: &State| state.text.clone()),
        generic: state.map(|state| state.health),
        oid: row.value.0.child(index).to_string(),
    })
}

fn convert(how: Option<Convert>, value: f64) -> Option<f64> {
    let dbm = |milliwatt: f64| (milliwatt > 0.0).then(|| 10.0 * milliwatt.log10());
    match how {
        None => Some(value),
        Some(Convert::MilliwattToDbm) => dbm(value),
        Some(Convert::MicrowattToDbm) => dbm(value / 1000.0),
        // Hundredths are more than any such sensor knows.
        Some(Convert::FahrenheitToCelsius) => Some(((value - 32.0) / 1.8 * 100.0).round() / 100.0),
        Some(Convert::ChannelToMhz) => Some(channel_to_mhz(value)),
    }
}

/// IEEE 802.11: channels 1 to 13 begin at 2,407 MHz, 14 stands alone, the others begin at 5,000 MHz.
fn channel_to_mhz(channel: f64) -> f64 {
    match channel {
        channel if channel < 1.0 => 0.0,
        channel if channel < 14.0 => 2407.0 + 5.0 * channel,
        channel if same(channel, 14.0) => 2484.0,
        channel => 5000.0 + 5.0 * channel,
    }
}

/// The kind of an ENTITY-SENSOR (`EntitySensorDataType`).
pub(super) fn entity_class(kind: i64) -> Option<&'static str> {
    Some(match kind {
        3 | 4 => "voltage",
        5 => "current",
        6 => "power",
        7 => "frequency",
        8 => "temperature",
        9 => "humidity",
        10 => "fanspeed",
        14 => "dbm",
        _ => return None,
    })
}

/// A sensor's name without the word that says nothing.
fn without_sensor(name: &str) -> String {
    let words: Vec<&str> = name
        .split_whitespace()
        .filter(|word| !word.eq_ignore_ascii_case("sensor"))
        .collect();
    if words.is_empty() {
        name.to_owned()
    } else {
        words.join(" ")
    }
}

fn is_optical_power(name: &str) -> bool {
    let name = name.to_lowercase();
    name.contains("power")
        && ["tx", "rx", "transmit", "receive"]
            .iter()
            .any(|way| name.contains(way))
}

/// What a reading is divided by: 10^precision, and a power of 1,000 by the scale, where 9 means units.
pub(super) fn entity_divisor(scale: i64, precision: i64) -> f64 {
    let scale = i32::try_from(scale.clamp(1, 17)).unwrap_or(9);
    let precision = i32::try_from(precision.clamp(-8, 9)).unwrap_or(0);
    10_f64.powi(precision + 3 * (9 - scale))
}

fn entity_sensors(told: &Values, table: &[u32]) -> Vec<Sensor> {
    let cell = |column: u32, index: &[u32]| {
        told.get(Oid::new(table).child(&[column]).child(index).arcs())
            .and_then(integer)
    };
    let values = Oid::new(table).child(&[4]);
    let one = |(index, value): (&[u32], &Value)| {
        let name = entity::cell(told, 7, index).or_else(|| entity::cell(told, 2, index));
        // The standard knows no dBm: optics are told as "other", and named.
        let other = || {
            name.as_deref()
                .filter(|name| is_optical_power(name))
                .map(|_| "dbm")
        };
        let class = match cell(1, index)? {
            1 => other()?,
            kind => entity_class(kind)?,
        };
        let raw = lossy(i128::from(integer(value)?));
        // entPhySensorOperStatus: ok is 1, unavailable 2, nonoperational 3.
        if cell(5, index).is_some_and(|status| status != 1)
            || raw <= -1_000_000_000.0
            || raw >= 1_000_000_000.0
        {
            return None;
        }
        let divisor = entity_divisor(cell(2, index).unwrap_or(9), cell(3, index).unwrap_or(0));
        Some(Sensor {
            class: class.to_owned(),
            descr: name.map_or_else(|| Oid::new(index).to_string(), |name| without_sensor(&name)),
            value: raw / divisor,
            unit: unit(class).map(str::to_owned),
            divisor: (!same(divisor, 1.0)).then_some(divisor),
            multiplier: None,
            transformed: false,
            state: None,
            generic: None,
            oid: values.child(index).to_string(),
        })
    };
    told.under(values.arcs())
        .take(MOST_ROWS)
        .filter_map(one)
        .collect()
}

fn poe_budgets(told: &Values) -> Vec<Sensor> {
    let mut sensors = Vec::new();
    for (column, descr) in [(2, "PoE Budget Total - ID"), (4, "PoE Budget Consumed - ID")] {
        let column = Oid::new(POE).child(&[column]);
        for (index, value) in told.under(column.arcs()).take(MOST_ROWS) {
            let Some(watts) = number(value) else { continue };
            sensors.push(Sensor {
                class: "power".to_owned(),
                descr: format!("{descr} {}", Oid::new(index)),
                value: watts,
                unit: unit("power").map(str::to_owned),
                divisor: None,
                multiplier: None,
                transformed: false,
                state: None,
                generic: None::<Health>,
                oid: column.child(index).to_string(),
            });
        }
    }
    sensors
}
