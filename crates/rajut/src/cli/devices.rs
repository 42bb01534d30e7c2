//! The SNMP part of `rajut check`: which devices are asked how, and what is printed of them.

use std::io::Read as _;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use clap::Args;
use rajut_app::AppError;
use rajut_app::probe::codec::snmp::{Credential, Secret, Version};
use rajut_app::probe::{Access, DeviceLook};
use rajut_app::snmp_files::{Credentials, Listed, SNMP_PORT, read_inventory};
use rajut_core::check::device::{Interface, Named};
use rajut_core::check::{Observation, Outcome, Thresholds};
use serde_json::{Map, Value};

use super::output::{Format, Output, code};

/// More of an inventory or a credential file is not read.
const MOST_FILE: u64 = 16 << 20;

/// Arguments that ask by SNMP.
#[derive(Debug, Args)]
pub struct SnmpArguments {
    /// Ask these devices: CSV with name, address, `snmp_port`, `snmp_version`, credential.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["targets", "visit"])]
    pub(super) inventory: Option<PathBuf>,
    /// Ask by SNMP with the communities of this file (`[name]` tables).
    #[arg(long, value_name = "FILE", conflicts_with = "visit")]
    snmp_community_file: Option<PathBuf>,
    /// Ask by SNMP version 3 with the users of this file (`[name]` tables).
    #[arg(long, value_name = "FILE", conflicts_with_all = ["visit", "snmp_community_file"])]
    snmp_v3_file: Option<PathBuf>,
    /// Ask by SNMP with this community; everybody on this machine can read it in the list of processes.
    #[arg(long, value_name = "COMMUNITY", conflicts_with_all = ["visit", "snmp_community_file", "snmp_v3_file"])]
    snmp_community: Option<Secret>,
}

/// Somebody to look at.
pub(super) struct Asked {
    pub(super) name: String,
    pub(super) address: IpAddr,
    /// The TCP port of the register.
    pub(super) tcp_port: Option<u16>,
    pub(super) access: Option<Access>,
}

fn read(path: &Path) -> Result<String, AppError> {
    let wrong = |error| AppError::file(path, error);
    let mut text = String::new();
    let opened = std::fs::File::open(path).map_err(wrong)?;
    opened.take(MOST_FILE).read_to_string(&mut text).map_err(wrong)?;
    Ok(text)
}

impl SnmpArguments {
    /// Who asks. A community on the command line is warned about.
    pub(super) fn credentials(&self, out: &Output) -> Result<Credentials, AppError> {
        if let Some(community) = &self.snmp_community {
            out.say("community-seen");
            return Ok(Credentials::one(Credential::Community {
                version: Version::V2c,
                community: community.clone(),
            }));
        }
        match self.snmp_community_file.as_ref().or(self.snmp_v3_file.as_ref()) {
            Some(path) => Credentials::read(&read(path)?),
            None => Ok(Credentials::default()),
        }
    }

    /// The devices of the inventory, if there is one.
    pub(super) fn listed(&self, credentials: &Credentials) -> Result<Option<Vec<Asked>>, AppError> {
        let Some(path) = &self.inventory else {
            return Ok(None);
        };
        let asked = |listed: Listed| {
            let credential = listed.credential(credentials)?;
            Ok(Asked {
                access: credential.map(|credential| Access {
                    port: listed.port,
                    credential,
                }),
                name: listed.name,
                address: listed.address,
                tcp_port: None,
            })
        };
        read_inventory(&read(path)?)?
            .into_iter()
            .map(asked)
            .collect::<Result<_, AppError>>()
            .map(Some)
    }
}

/// How a target that was named on the command line is asked by SNMP; `port` is what stands behind its address.
pub(super) fn access(credentials: &Credentials, port: Option<u16>) -> Result<Option<Access>, AppError> {
    if credentials.is_empty() {
        return Ok(None);
    }
    let credential = credentials.get(None).cloned();
    let credential = credential.ok_or_else(|| AppError::not_found("credential", "default"))?;
    Ok(Some(Access {
        port: port.unwrap_or(SNMP_PORT),
        credential,
    }))
}

/// What was seen of one target.
pub(super) struct Seen {
    pub(super) name: String,
    pub(super) reached: Option<Observation>,
    pub(super) device: Option<DeviceLook>,
}

impl Seen {
    fn observations(&self) -> impl Iterator<Item = &Observation> {
        self.reached
            .iter()
            .chain(self.device.as_ref().map(|look| &look.observation))
    }

    /// Whether it was asked what it is, and did not say.
    pub(super) fn is_unread(&self) -> bool {
        self.device.as_ref().is_some_and(|look| look.named.is_none())
    }

    /// Whether it is alive; a device that answers SNMP is, whatever it does with echoes.
    pub(super) fn outcome(&self) -> Outcome {
        let asked = self.device.as_ref().map(|look| look.observation.outcome);
        let reached = self.reached.as_ref().map(|it| it.outcome);
        match (asked, reached) {
            (Some(Outcome::Seen), _) => Outcome::Seen,
            (Some(outcome), _) if outcome.alive().is_some() => outcome,
            (asked, reached) => reached.or(asked).unwrap_or(Outcome::NotObserved),
        }
    }
}

/// Prints what was seen of devices that were asked by SNMP.
pub(super) fn print(seen: &[Seen], thresholds: &Thresholds, scope: rajut_core::check::Scope, out: &Output) {
    if out.format() == Format::Json {
        for one in seen {
            Output::json_line(&json(one, thresholds, scope));
        }
        return;
    }
    let row = |one: &Seen| {
        let named = one.device.as_ref().and_then(|look| look.named.as_ref());
        let device = |field: fn(&Named) -> Option<String>| named.and_then(field).unwrap_or_default();
        let delay = one.reached.as_ref().and_then(|it| it.measure("delay"));
        let remark = one
            .observations()
            .filter_map(|it| it.raw.clone())
            .collect::<Vec<_>>()
            .join("; ");
        vec![
            one.name.clone(),
            out.word("outcome", &code(&one.outcome())),
            delay
                .map(|it| format!("{:.2} {}", it.value, it.unit))
                .unwrap_or_default(),
            device(|it| it.device.os_text.clone().or_else(|| Some(it.device.os.clone()))),
            device(|it| it.device.hardware.clone()),
            device(|it| it.device.version.clone()),
            device(|it| it.device.serial.clone()),
            named.map(ports).unwrap_or_default(),
            remark,
        ]
    };
    let headers = [
        "target", "outcome", "delay", "system", "hardware", "version", "serial", "ports", "remark",
    ];
    out.print(&(), &headers, seen.iter().map(row).collect());
}

/// How many interfaces are up, of how many.
fn ports(named: &Named) -> String {
    let up = |it: &&Interface| it.oper_status.as_deref() == Some("up");
    let count = named.interfaces.iter().filter(up).count();
    format!("{count}/{}", named.interfaces.len())
}

fn json(one: &Seen, thresholds: &Thresholds, scope: rajut_core::check::Scope) -> Value {
    let judgements: Vec<_> = one
        .observations()
        .flat_map(|it| thresholds.judge_observation(it, scope))
        .collect();
    let observations: Vec<_> = one.observations().collect();
    let mut object = Map::new();
    object.insert("target".to_owned(), serde_json::json!(one.name));
    object.insert("observations".to_owned(), serde_json::json!(observations));
    object.insert("judgements".to_owned(), serde_json::json!(judgements));
    if let Some(look) = &one.device {
        // The keys are always there; a device that told nothing is null, not one that has nothing.
        if let Ok(Value::Object(named)) = serde_json::to_value(look.named.clone().unwrap_or_default()) {
            object.extend(named);
        }
        if look.named.is_none() {
            object.insert("device".to_owned(), Value::Null);
        }
    }
    Value::Object(object)
}
