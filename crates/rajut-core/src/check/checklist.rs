//! The field checklist of a visit, as data: groups of items, and which devices and links each item is about.
//! Hides the file format and its checks. It must not know what was found: findings are the visit's.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::Scope;
use super::thresholds::is_code;
use crate::act::{Unfit, UnfitCode};

/// A checklist: one version.
#[derive(Debug, Clone, PartialEq)]
pub struct Checklist {
    version: String,
    device_kinds: Vec<String>,
    link_media: Vec<String>,
    groups: Vec<Group>,
}

/// Items that are looked at together and can be answered together ("all good").
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Group {
    /// Its code.
    pub id: String,
    /// What people read.
    pub label: Label,
    /// The items, in the order of the work.
    pub items: Vec<Item>,
}

/// One thing to look at.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Item {
    /// Its code, unique in the checklist.
    pub id: String,
    /// What people read.
    pub label: Label,
    /// What it is about.
    pub about: About,
    /// What is measured, if anything.
    pub measures: Vec<ItemMeasure>,
    /// The duty of Peraturan BSSN 4/2021 article 33 that it serves, if any.
    pub security: Option<String>,
}

/// A text in the languages of the screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// Indonesian.
    pub id: String,
    /// English.
    pub en: String,
}

/// What an item is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// The site: answered once per visit.
    Site,
    /// Every device of these kinds.
    Devices(Vec<String>),
    /// Every link of these media.
    Links(Vec<String>),
}

/// A figure that an item asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ItemMeasure {
    /// Name of the measure, as the observation will carry it.
    pub measure: String,
    /// Unit.
    pub unit: String,
    /// Key of the threshold that judges it: a measure of the thresholds.
    pub threshold: Option<String>,
    /// The scope it is judged in.
    #[serde(default = "any")]
    pub scope: Scope,
}

fn any() -> Scope {
    Scope::Any
}

/// A group with those of its items that fit a site.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct GroupItems<'a> {
    /// The group's code.
    pub id: &'a str,
    /// What people read.
    pub label: &'a Label,
    /// The items that fit; never empty.
    pub items: Vec<&'a Item>,
}

impl Checklist {
    /// The text of the checklist shipped with the program.
    pub const SHIPPED: &str = include_str!("../../../../data/checklist.toml");

    /// Reads a checklist from TOML. An error names the line.
    pub fn read(text: &str) -> Result<Self, Unfit> {
        let file: RawFile = toml::from_str(text).map_err(|error| Unfit::toml(text, &error))?;
        let wrong = |place: &std::ops::Range<usize>, fault: Unfit| Err(fault.at(text, place.start));
        if file.version.get_ref().trim().is_empty() {
            return wrong(&file.version.span(), UnfitCode::VersionEmpty.into());
        }
        let mut ids = BTreeSet::new();
        let mut groups = Vec::with_capacity(file.group.len());
        for raw in file.group {
            check_id(text, &raw.id, &mut ids)?;
            if raw.item.is_empty() {
                return wrong(
                    &raw.id.span(),
                    Unfit::from(UnfitCode::GroupEmpty).with("group", raw.id.get_ref()),
                );
            }
            let mut items = Vec::with_capacity(raw.item.len());
            for raw in raw.item {
                check_id(text, &raw.id, &mut ids)?;
                let about = match (raw.devices, raw.links) {
                    (None, None) => About::Site,
                    (Some(kinds), None) => {
                        About::Devices(known(text, kinds, &file.device_kinds, "device_kinds")?)
                    }
                    (None, Some(media)) => About::Links(known(text, media, &file.link_media, "link_media")?),
                    (Some(_), Some(_)) => {
                        return wrong(&raw.id.span(), UnfitCode::DevicesOrLinks.into());
                    }
                };
                items.push(Item {
                    id: raw.id.into_inner(),
                    label: raw.label,
                    about,
                    measures: raw.measures,
                    security: raw.security,
                });
            }
            groups.push(Group {
                id: raw.id.into_inner(),
                label: raw.label,
                items,
            });
        }
        Ok(Self {
            version: file.version.into_inner(),
            device_kinds: file.device_kinds,
            link_media: file.link_media,
            groups,
        })
    }

    /// The version, which a visit records.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The device kinds that its items may name.
    pub fn device_kinds(&self) -> &[String] {
        &self.device_kinds
    }

    /// The link media that its items may name.
    pub fn link_media(&self) -> &[String] {
        &self.link_media
    }

    /// All groups.
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// The item with this code.
    pub fn item(&self, id: &str) -> Option<&Item> {
        self.groups
            .iter()
            .flat_map(|group| &group.items)
            .find(|item| item.id == id)
    }

    /// The groups and items that fit a site with devices of these kinds and links of these media. Items
    /// about the site itself always do; a group with nothing left is left out.
    pub fn items_for(&self, kinds: &[&str], media: &[&str]) -> Vec<GroupItems<'_>> {
        let fits = |item: &&Item| match &item.about {
            About::Site => true,
            About::Devices(wanted) => wanted.iter().any(|kind| kinds.contains(&kind.as_str())),
            About::Links(wanted) => wanted.iter().any(|medium| media.contains(&medium.as_str())),
        };
        self.groups
            .iter()
            .map(|group| GroupItems {
                id: &group.id,
                label: &group.label,
                items: group.items.iter().filter(fits).collect(),
            })
            .filter(|group| !group.items.is_empty())
            .collect()
    }
}

fn check_id(text: &str, id: &Spanned<String>, ids: &mut BTreeSet<String>) -> Result<(), Unfit> {
    if !is_code(id.get_ref()) {
        let fault = Unfit::from(UnfitCode::NotACode).with("value", id.get_ref());
        return Err(fault.at(text, id.span().start));
    }
    if !ids.insert(id.get_ref().clone()) {
        let fault = Unfit::from(UnfitCode::IdTwice).with("value", id.get_ref());
        return Err(fault.at(text, id.span().start));
    }
    Ok(())
}

fn known(
    text: &str,
    used: Vec<Spanned<String>>,
    declared: &[String],
    list: &str,
) -> Result<Vec<String>, Unfit> {
    let check = |one: Spanned<String>| {
        if declared.contains(one.get_ref()) {
            return Ok(one.into_inner());
        }
        let fault = Unfit::from(UnfitCode::NotDeclared)
            .with("value", one.get_ref())
            .with("list", list);
        Err(fault.at(text, one.span().start))
    };
    used.into_iter().map(check).collect()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    version: Spanned<String>,
    device_kinds: Vec<String>,
    link_media: Vec<String>,
    group: Vec<RawGroup>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawGroup {
    id: Spanned<String>,
    label: Label,
    #[serde(default)]
    item: Vec<RawItem>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawItem {
    id: Spanned<String>,
    label: Label,
    devices: Option<Vec<Spanned<String>>>,
    links: Option<Vec<Spanned<String>>>,
    #[serde(default)]
    measures: Vec<ItemMeasure>,
    security: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Thresholds;

    fn shipped() -> Checklist {
        Checklist::read(Checklist::SHIPPED).unwrap()
    }

    fn ids<'a>(groups: &[GroupItems<'a>]) -> Vec<&'a str> {
        groups
            .iter()
            .flat_map(|group| &group.items)
            .map(|item| item.id.as_str())
            .collect()
    }

    #[test]
    fn every_threshold_that_the_shipped_checklist_names_is_shipped_in_the_same_unit() {
        let thresholds = Thresholds::read(Thresholds::SHIPPED).unwrap();
        let checklist = shipped();
        let mut named = 0;
        for measure in checklist
            .groups()
            .iter()
            .flat_map(|group| &group.items)
            .flat_map(|item| &item.measures)
        {
            let Some(key) = &measure.threshold else { continue };
            let threshold = thresholds
                .find(key, measure.scope)
                .unwrap_or_else(|| panic!("{key} in {}", measure.scope));
            assert_eq!(threshold.unit(), measure.unit, "{}", measure.measure);
            named += 1;
        }
        assert!(named >= 9, "only {named} measures are judged");
    }

    #[test]
    fn every_declared_kind_and_medium_has_something_to_look_at() {
        let checklist = shipped();
        let bare = ids(&checklist.items_for(&[], &[])).len();
        assert!(bare > 0);
        for kind in checklist.device_kinds() {
            assert!(
                ids(&checklist.items_for(&[kind], &[])).len() > bare,
                "nothing for {kind}"
            );
        }
        for medium in checklist.link_media() {
            assert!(
                ids(&checklist.items_for(&[], &[medium])).len() > bare,
                "nothing for {medium}"
            );
        }
    }

    #[test]
    fn a_site_gets_what_it_has() {
        let checklist = shipped();
        let got = checklist.items_for(&["router"], &["fibre"]);
        let ids = ids(&got);
        assert!(ids.contains(&"mains"), "the site's own");
        assert!(ids.contains(&"router_config_backup"));
        assert!(ids.contains(&"fibre_power"));
        assert!(!ids.contains(&"radio_alignment"));
        assert!(!ids.contains(&"ap_ssid"));
        assert!(got.iter().all(|group| !group.items.is_empty()));
        assert!(!got.iter().any(|group| group.id == "access_point"));
    }

    #[test]
    fn the_security_items_of_article_33_are_there() {
        let checklist = shipped();
        for id in [
            "router_unused_ports",
            "router_default_password",
            "zones_separated",
            "router_config_backup",
        ] {
            assert!(checklist.item(id).unwrap().security.is_some(), "{id}");
        }
    }

    #[test]
    fn a_fault_is_named_with_its_line() {
        let head = "version = \"1\"\ndevice_kinds = [\"router\"]\nlink_media = [\"fibre\"]\n[[group]]\nid = \"g\"\nlabel = { id = \"G\", en = \"G\" }\n";
        let item = "[[group.item]]\nid = \"i\"\nlabel = { id = \"I\", en = \"I\" }\n";
        for (text, line, word) in [
            (head.to_owned(), 5, "group_empty"),
            (format!("{head}{item}{item}"), 11, "id_twice"),
            (
                format!("{head}{item}").replace("\"i\"", "\"I 1\""),
                8,
                "not_a_code",
            ),
            (format!("{head}{item}devices = [\"toaster\"]\n"), 10, "toaster"),
            (format!("{head}{item}links = [\"string\"]\n"), 10, "string"),
            (
                format!("{head}{item}links = [\"fibre\"]\ndevices = [\"router\"]\n"),
                8,
                "devices_or_links",
            ),
            (format!("{head}{item}colour = 1\n"), 10, "colour"),
            (head.replace("\"1\"", "\" \""), 1, "version_empty"),
        ] {
            let error = Checklist::read(&text).unwrap_err();
            assert_eq!(error.line(), Some(line), "{text}\n{error}");
            assert!(error.to_string().contains(word), "{error} lacks {word:?}");
        }
    }
}
