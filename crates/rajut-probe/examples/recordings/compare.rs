//! How far what is named agrees with what is expected, counted per field.

use std::collections::BTreeMap;

use serde_json::Value;

/// Agreement per field: how many of how many.
#[derive(Default)]
pub struct Tally {
    fields: BTreeMap<String, (usize, usize)>,
    /// What does not agree.
    pub misses: Vec<String>,
}

impl Tally {
    fn add(&mut self, field: &str, agrees: bool, miss: impl FnOnce() -> String) {
        let (good, all) = self.fields.entry(field.to_owned()).or_default();
        *all += 1;
        if agrees {
            *good += 1;
        } else {
            self.misses.push(format!("{field}: {}", miss()));
        }
    }

    /// Prints the table.
    pub fn print(&self) {
        println!("{:<28} {:>6} {:>6} {:>8}", "field", "agree", "of", "percent");
        for (field, (good, all)) in &self.fields {
            #[expect(clippy::cast_precision_loss, reason = "counts are small")]
            let percent = *good as f64 / *all as f64 * 100.0;
            println!("{field:<28} {good:>6} {all:>6} {percent:>8.2}");
        }
    }

    /// Counts one device.
    pub fn count(&mut self, name: &str, expected: &Value, named: &Value) {
        self.device(name, expected, named);
        self.interfaces(name, expected, named);
        self.items(name, expected, named, "processors", |it, other| {
            it["oid"] == other["oid"] && near(&it["usage"], &other["usage"], 1.0)
        });
        self.items(name, expected, named, "memory", |it, other| {
            let derived = it["derived"] == Value::Bool(true);
            shares_oid(it, other)
                && it["class"] == other["class"]
                && near(&it["percent"], &other["percent"], 1.0)
                && ["total", "used", "free"]
                    .iter()
                    .all(|field| amount(&it[field], &other[field], derived))
        });
        self.items(name, expected, named, "storage", |it, other| {
            let derived = it["derived"] == Value::Bool(true);
            it["descr"] == other["descr"]
                && it["type"] == other["type"]
                && near(&it["percent"], &other["percent"], 1.0)
                && ["total", "used"]
                    .iter()
                    .all(|field| amount(&it[field], &other[field], derived))
        });
        let sensor = |it: &Value, other: &Value| {
            it["class"] == other["class"] && it["oid"] == other["oid"] && same(&it["value"], &other["value"])
        };
        self.items(name, expected, named, "sensors", sensor);
        self.items(name, expected, named, "sensors.generic", |it, other| {
            sensor(it, other) && it["generic"] == other["generic"]
        });
        self.items(name, expected, named, "sensors.descr", |it, other| {
            sensor(it, other) && words(&it["descr"]) == words(&other["descr"])
        });
        self.items(name, expected, named, "wireless", |it, other| {
            it["class"] == other["class"] && shares_oid(it, other) && same(&it["value"], &other["value"])
        });
    }

    fn device(&mut self, name: &str, expected: &Value, named: &Value) {
        let (want, have) = (&expected["device"], &named["device"]);
        for field in [
            "os",
            "vendor",
            "sys_descr",
            "sys_object_id",
            "sys_name",
            "hardware",
            "version",
            "serial",
            "features",
        ] {
            let Some(value) = want.get(field).filter(|value| !value.is_null() && *value != "") else {
                continue;
            };
            let how = expected["evidence"][field]["how"]
                .as_str()
                .map(|how| format!(".{how}"));
            let label = format!("device.{field}{}", how.unwrap_or_default());
            let agrees = value == &have[field];
            self.add(&label, agrees, || {
                format!("{name}: {value} is named {} ({})", have[field], have["os"])
            });
        }
    }

    fn interfaces(&mut self, name: &str, expected: &Value, named: &Value) {
        let none = Vec::new();
        let have = named["interfaces"].as_array().unwrap_or(&none);
        for want in expected["interfaces"].as_array().unwrap_or(&none) {
            let other = have
                .iter()
                .find(|it| it["if_index"] == want["if_index"])
                .unwrap_or(&Value::Null);
            let wrong: Vec<String> = want
                .as_object()
                .into_iter()
                .flatten()
                .filter(|(field, value)| **value != other[field.as_str()])
                .map(|(field, value)| format!("{field} {value} is {}", other[field.as_str()]))
                .collect();
            self.add("interfaces", wrong.is_empty(), || {
                format!("{name}: {} {}", want["if_index"], wrong.join(", "))
            });
        }
    }

    fn items(
        &mut self,
        name: &str,
        expected: &Value,
        named: &Value,
        label: &str,
        fits: impl Fn(&Value, &Value) -> bool,
    ) {
        let list = label.split('.').next().unwrap_or(label);
        let none = Vec::new();
        let have = named[list].as_array().unwrap_or(&none);
        for want in expected[list].as_array().unwrap_or(&none) {
            let agrees = have.iter().any(|other| fits(want, other));
            self.add(label, agrees, || {
                let near = have
                    .iter()
                    .find(|it| shares_oid(want, it) || it["oid"] == want["oid"] && !it["oid"].is_null());
                format!("{name}: {want} is {}", near.unwrap_or(&Value::Null))
            });
        }
    }
}

fn near(a: &Value, b: &Value, by: f64) -> bool {
    match (a.as_f64(), b.as_f64()) {
        (Some(a), Some(b)) => (a - b).abs() <= by,
        (None, _) => true,
        _ => false,
    }
}

fn same(a: &Value, b: &Value) -> bool {
    match (a.as_f64(), b.as_f64()) {
        (Some(a), Some(b)) => (a - b).abs() <= 1e-5 * a.abs().max(1.0),
        _ => false,
    }
}

fn amount(a: &Value, b: &Value, derived: bool) -> bool {
    let allowed = if derived {
        a.as_f64().unwrap_or(0.0).abs() * 0.01
    } else {
        0.5
    };
    near(a, b, allowed)
}

fn shares_oid(a: &Value, b: &Value) -> bool {
    let none = Vec::new();
    let (a, b) = (
        a["oids"].as_array().unwrap_or(&none),
        b["oids"].as_array().unwrap_or(&none),
    );
    a.iter().any(|oid| b.contains(oid))
}

fn words(text: &Value) -> Vec<&str> {
    text.as_str().unwrap_or_default().split_whitespace().collect()
}
