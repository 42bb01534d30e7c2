//! The format of a family file, as it stands in `data/devices/`.

use std::collections::BTreeMap;

use rajut_core::check::device::Health;
use regex::Regex;
use serde::{Deserialize, Deserializer, de};

use super::template::Template;
use crate::codec::snmp::Oid;

/// A family of devices, or a part that several families share.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Family {
    /// Its code.
    pub(super) os: String,
    #[serde(default)]
    pub(super) os_text: Option<String>,
    #[serde(default)]
    pub(super) vendor: Option<String>,
    /// Families that fit equally well: the higher goes first. Generic ones are below 0.
    #[serde(default)]
    pub(super) rank: i32,
    /// Parts that this family shares with others.
    #[serde(default)]
    pub(super) include: Vec<String>,
    /// How to recognise it: any of these. A part has none.
    #[serde(default, rename = "match")]
    pub(super) matches: Vec<Match>,
    #[serde(default)]
    pub(super) device: Fields,
    #[serde(default)]
    pub(super) host_resources: HostRules,
    #[serde(default)]
    pub(super) processors: Vec<ProcessorRow>,
    #[serde(default)]
    pub(super) memory: Vec<AmountRow>,
    #[serde(default)]
    pub(super) storage: Vec<AmountRow>,
    #[serde(default)]
    pub(super) sensors: Vec<SensorRow>,
    #[serde(default)]
    pub(super) wireless: Vec<SensorRow>,
}

/// One way to recognise a family: everything named must hold.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Match {
    /// sysObjectID is one of these or stands below it.
    #[serde(default)]
    pub(super) object_id: Vec<Name>,
    /// sysObjectID does not stand below any of these.
    #[serde(default)]
    pub(super) not_object_id: Vec<Name>,
    /// sysDescr fits this.
    #[serde(default)]
    pub(super) descr: Option<Pattern>,
    /// sysDescr does not fit this.
    #[serde(default)]
    pub(super) not_descr: Option<Pattern>,
    /// Further objects and what they must fit.
    #[serde(default)]
    pub(super) values: BTreeMap<Name, Pattern>,
    /// Further objects of which one must be there.
    #[serde(default)]
    pub(super) exists: Vec<Name>,
}

/// Where the fields of a device stand: the first that gives a text.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fields {
    #[serde(default)]
    pub(super) hardware: Vec<Source>,
    #[serde(default)]
    pub(super) version: Vec<Source>,
    #[serde(default)]
    pub(super) serial: Vec<Source>,
    #[serde(default)]
    pub(super) features: Vec<Source>,
}

/// Where a text stands.
#[derive(Debug, Clone)]
pub(super) struct Source {
    pub(super) text: Template,
    /// What of it is meant: the first group of this, or all that fits.
    pub(super) find: Option<Pattern>,
    /// How the groups are put together.
    pub(super) give: Option<String>,
    /// Words for texts.
    pub(super) words: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LongSource {
    text: Template,
    find: Option<Pattern>,
    give: Option<String>,
    #[serde(default)]
    words: BTreeMap<String, String>,
}

impl<'de> Deserialize<'de> for Source {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> de::Visitor<'de> for Either {
            type Value = Source;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a text with places, or {text, find, give, words}")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Source, E> {
                let text = Template::deserialize(de::value::StrDeserializer::new(text))?;
                Ok(Source {
                    text,
                    find: None,
                    give: None,
                    words: BTreeMap::new(),
                })
            }
            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Source, A::Error> {
                let long = LongSource::deserialize(de::value::MapAccessDeserializer::new(map))?;
                Ok(Source {
                    text: long.text,
                    find: long.find,
                    give: long.give,
                    words: long.words,
                })
            }
        }
        from.deserialize_any(Either)
    }
}

/// What of HOST-RESOURCES-MIB and UCD-SNMP-MIB this family is asked.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HostRules {
    /// Its processors are not those of HOST-RESOURCES-MIB.
    #[serde(default)]
    pub(super) no_processors: bool,
    /// Its memory is not that of HOST-RESOURCES-MIB or UCD-SNMP-MIB.
    #[serde(default)]
    pub(super) no_memory: bool,
    /// Its storage is not that of HOST-RESOURCES-MIB.
    #[serde(default)]
    pub(super) no_storage: bool,
    /// Storages that are not shown, by their name.
    #[serde(default)]
    pub(super) not_storage: Option<Pattern>,
    /// Storages that are memory, by their name.
    #[serde(default)]
    pub(super) also_memory: Option<Pattern>,
    /// What processors are called instead of `Processor`.
    #[serde(default)]
    pub(super) processor: Option<Template>,
}

/// Rows that are left out.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Condition {
    /// The object: the column of the same row, or a whole name.
    pub(super) text: Template,
    /// It must fit this.
    #[serde(default)]
    pub(super) is: Option<Pattern>,
    /// It must not fit this.
    #[serde(default)]
    pub(super) not: Option<Pattern>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProcessorRow {
    pub(super) value: Name,
    #[serde(default)]
    pub(super) descr: Option<Template>,
    #[serde(default = "one")]
    pub(super) divisor: f64,
    /// The value is how idle it is.
    #[serde(default)]
    pub(super) idle: bool,
    #[serde(default, rename = "where")]
    pub(super) conditions: Vec<Condition>,
    #[serde(default)]
    pub(super) skip: Vec<f64>,
    /// Only when no row before gave any.
    #[serde(default)]
    pub(super) fallback: bool,
}

/// Memory or storage: amounts, of which two, or a share, are enough.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AmountRow {
    pub(super) descr: Option<Template>,
    /// Memory: its class.
    pub(super) class: Option<String>,
    /// Storage: its type.
    #[serde(rename = "type")]
    pub(super) kind: Option<Template>,
    pub(super) total: Option<Place>,
    pub(super) used: Option<Place>,
    pub(super) free: Option<Place>,
    pub(super) percent: Option<Place>,
    /// The share is what is free.
    #[serde(default)]
    pub(super) percent_free: bool,
    /// The share is divided by this.
    #[serde(default = "one")]
    pub(super) percent_divisor: f64,
    /// Bytes in one.
    #[serde(default = "one")]
    pub(super) unit: f64,
    /// The column of bytes in one.
    pub(super) unit_of: Option<Name>,
    #[serde(default, rename = "where")]
    pub(super) conditions: Vec<Condition>,
    /// Only when no row before gave any.
    #[serde(default)]
    pub(super) fallback: bool,
}

/// An amount: a column or an object, or a fixed number.
#[derive(Debug, Clone)]
pub(super) enum Place {
    Name(Name),
    Fixed(f64),
}

impl<'de> Deserialize<'de> for Place {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Either;
        impl de::Visitor<'_> for Either {
            type Value = Place;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object identifier or a number")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Place, E> {
                text.parse().map(|oid| Place::Name(Name(oid))).map_err(E::custom)
            }
            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Place, E> {
                Ok(Place::Fixed(super::text::lossy(i128::from(number))))
            }
        }
        from.deserialize_any(Either)
    }
}

/// A column or an object that is measured.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SensorRow {
    pub(super) class: String,
    pub(super) value: Name,
    #[serde(default)]
    pub(super) descr: Option<Template>,
    #[serde(default = "one")]
    pub(super) divisor: f64,
    #[serde(default = "one")]
    pub(super) multiplier: f64,
    /// Values that mean that there is none.
    #[serde(default)]
    pub(super) skip: Vec<f64>,
    /// Only values above this.
    #[serde(default)]
    pub(super) above: Option<f64>,
    /// Only values below this.
    #[serde(default)]
    pub(super) below: Option<f64>,
    #[serde(default, rename = "where")]
    pub(super) conditions: Vec<Condition>,
    /// States: `NUMBER GRADE TEXT`.
    #[serde(default)]
    pub(super) states: Vec<State>,
    /// Numbers for texts.
    #[serde(default)]
    pub(super) words: BTreeMap<String, f64>,
    #[serde(default)]
    pub(super) convert: Option<Convert>,
    /// Words for what `descr` gives.
    #[serde(default)]
    pub(super) names: BTreeMap<String, String>,
    /// All rows are one: their sum.
    #[serde(default)]
    pub(super) sum: bool,
    /// The value must be a text that begins with a number, or a number.
    #[serde(default)]
    pub(super) find: Option<Pattern>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Convert {
    /// Milliwatt to dBm.
    MilliwattToDbm,
    /// Microwatt to dBm.
    MicrowattToDbm,
    /// Degrees Fahrenheit to Celsius.
    FahrenheitToCelsius,
    /// A Wi-Fi channel to its middle frequency, MHz.
    ChannelToMhz,
}

/// A state of a device: its number, what it means and its name.
#[derive(Debug, Clone)]
pub(super) struct State {
    pub(super) number: f64,
    pub(super) health: Health,
    pub(super) text: String,
}

impl<'de> Deserialize<'de> for State {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let line = String::deserialize(from)?;
        let mut parts = line.splitn(3, ' ');
        let mut read = || {
            let number = parts.next()?.parse().ok()?;
            let health = match parts.next()? {
                "ok" => Health::Ok,
                "warning" => Health::Warning,
                "critical" => Health::Critical,
                "unknown" => Health::Unknown,
                _ => return None,
            };
            Some(Self {
                number,
                health,
                text: parts.next()?.to_owned(),
            })
        };
        read().ok_or_else(|| {
            de::Error::custom(format!(
                "`{line}` is not `NUMBER ok|warning|critical|unknown TEXT`"
            ))
        })
    }
}

fn one() -> f64 {
    1.0
}

/// An object identifier in a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Name(pub(super) Oid);

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        text.parse()
            .map(Self)
            .map_err(|error| de::Error::custom(format!("`{text}`: {error}")))
    }
}

/// A regular expression in a file. Matching takes time linear in the text, whatever the text.
#[derive(Debug, Clone)]
pub(super) struct Pattern(pub(super) Regex);

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Regex::new(&String::deserialize(from)?)
            .map(Self)
            .map_err(de::Error::custom)
    }
}

impl Family {
    /// Its code.
    pub fn os(&self) -> &str {
        &self.os
    }

    /// Whether it is no family but a part of several.
    pub(super) fn is_part(&self) -> bool {
        self.matches.is_empty()
    }

    /// All columns and objects that it reads beyond the standard ones.
    pub(super) fn oids(&self) -> Vec<Oid> {
        let mut oids = Vec::new();
        let fields = &self.device;
        for source in [
            &fields.hardware,
            &fields.version,
            &fields.serial,
            &fields.features,
        ]
        .into_iter()
        .flatten()
        {
            oids.extend(source.text.oids());
        }
        let conditions = |list: &[Condition], oids: &mut Vec<Oid>| {
            oids.extend(list.iter().flat_map(|it| it.text.oids().collect::<Vec<_>>()));
        };
        for row in &self.processors {
            oids.push(row.value.0.clone());
            oids.extend(row.descr.iter().flat_map(Template::oids));
            conditions(&row.conditions, &mut oids);
        }
        for row in self.memory.iter().chain(&self.storage) {
            for place in [&row.total, &row.used, &row.free, &row.percent]
                .into_iter()
                .flatten()
            {
                if let Place::Name(name) = place {
                    oids.push(name.0.clone());
                }
            }
            oids.extend(row.unit_of.iter().map(|name| name.0.clone()));
            oids.extend(
                [&row.descr, &row.kind]
                    .into_iter()
                    .flatten()
                    .flat_map(Template::oids),
            );
            conditions(&row.conditions, &mut oids);
        }
        for row in self.sensors.iter().chain(&self.wireless) {
            oids.push(row.value.0.clone());
            oids.extend(row.descr.iter().flat_map(Template::oids));
            conditions(&row.conditions, &mut oids);
        }
        oids.extend(self.host_resources.processor.iter().flat_map(Template::oids));
        oids
    }

    /// Takes over what a shared part has.
    pub(super) fn take(&mut self, part: &Self) {
        let fill = |own: &mut Vec<Source>, other: &[Source]| own.extend_from_slice(other);
        fill(&mut self.device.hardware, &part.device.hardware);
        fill(&mut self.device.version, &part.device.version);
        fill(&mut self.device.serial, &part.device.serial);
        fill(&mut self.device.features, &part.device.features);
        self.processors.extend_from_slice(&part.processors);
        self.memory.extend_from_slice(&part.memory);
        self.storage.extend_from_slice(&part.storage);
        self.sensors.extend_from_slice(&part.sensors);
        self.wireless.extend_from_slice(&part.wireless);
    }
}
