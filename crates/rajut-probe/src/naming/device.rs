//! What the device is: the system group (SNMPv2-MIB, RFC 3418) and the fields of its family.

use std::collections::BTreeMap;

use rajut_core::check::device::{Device, Evidence, How};

use super::family::{Family, Source};
use super::standard::{SYS_DESCR, SYS_NAME, SYS_OBJECT_ID, SYS_UP_TIME};
use super::template::Rendered;
use super::text::{count, some_text, text};
use crate::codec::snmp::Oid;
use crate::strategy::snmp::Values;

struct Found {
    text: String,
    evidence: Evidence,
}

pub(super) fn device(family: &Family, told: &Values) -> (Device, BTreeMap<String, Evidence>) {
    let mut evidence = BTreeMap::new();
    let mut field = |name: &str, sources: &[Source]| {
        let found = sources.iter().find_map(|source| source.find(told))?;
        evidence.insert(name.to_owned(), found.evidence);
        Some(found.text)
    };
    let fields = &family.device;
    let device = Device {
        os: family.os.clone(),
        os_text: family.os_text.clone(),
        vendor: family.vendor.clone(),
        sys_descr: told.get(SYS_DESCR).and_then(text),
        sys_object_id: told.get(SYS_OBJECT_ID).and_then(text),
        sys_name: told.get(SYS_NAME).and_then(text),
        uptime_s: told
            .get(SYS_UP_TIME)
            .and_then(count)
            .map(|hundredths| hundredths / 100),
        hardware: field("hardware", &fields.hardware),
        version: field("version", &fields.version),
        serial: field("serial", &fields.serial),
        features: field("features", &fields.features),
    };
    (device, evidence)
}

impl Source {
    fn find(&self, told: &Values) -> Option<Found> {
        // Of a whole column the first text is meant in which there is what is looked for.
        if let Some(column) = self.text.any_of() {
            let texts = told
                .under(column.arcs())
                .filter_map(|(rest, value)| Some((rest, some_text(value)?)));
            let rendered = |(rest, text)| Rendered {
                text,
                oids: vec![column.child(rest)],
                gaps: false,
            };
            return texts.map(rendered).find_map(|it| self.found_in(it, told));
        }
        self.found_in(self.text.render(told, &[]), told)
    }

    fn found_in(&self, rendered: Rendered, told: &Values) -> Option<Found> {
        if rendered.gaps || rendered.text.is_empty() {
            return None;
        }
        let mut text = match &self.find {
            None => rendered.text,
            Some(pattern) => {
                let captures = pattern.0.captures(&rendered.text)?;
                match &self.give {
                    Some(form) => {
                        let mut given = String::new();
                        captures.expand(form, &mut given);
                        given
                    }
                    None => captures.get(1).or_else(|| captures.get(0))?.as_str().to_owned(),
                }
            }
        };
        if let Some(word) = self.words.get(&text) {
            text.clone_from(word);
        } else if !self.words.is_empty() {
            return None;
        }
        let text = text.trim().to_owned();
        (!text.is_empty()).then(|| Found {
            evidence: evidence(&text, &rendered.oids, told),
            text,
        })
    }
}

/// How a text follows from the objects that it was read from.
fn evidence(text: &str, oids: &[Oid], told: &Values) -> Evidence {
    let how = match oids {
        [oid] => match told.get(oid.arcs()).and_then(some_text) {
            Some(whole) if whole == text => How::Verbatim,
            Some(whole) if whole.contains(text) => How::Contained,
            _ => How::Derived,
        },
        _ => How::Derived,
    };
    Evidence {
        how,
        oids: oids.iter().map(ToString::to_string).collect(),
    }
}
