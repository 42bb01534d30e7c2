//! Devices and links: the things that step 4 of the procedure checks.

use core::net::IpAddr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::id::{DeviceId, LinkId, OfficeId, SiteId};

macro_rules! coded {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $code:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$doc])* $variant),+ }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable code.
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.code())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::act::Unfit;
            fn from_str(text: &str) -> Result<Self, $crate::act::Unfit> {
                match text {
                    $($code => Ok(Self::$variant),)+
                    other => Err($crate::act::Unfit::from($crate::act::UnfitCode::NotOneOf)
                        .with("value", other)
                        .with("allowed", [$($code),+].join(", "))),
                }
            }
        }
    };
}
pub(crate) use coded;

coded! {
    /// What kind of thing a device is.
    DeviceKind {
        /// Router.
        Router = "router",
        /// Switch.
        Switch = "switch",
        /// Wireless access point.
        AccessPoint = "access_point",
        /// Optical terminal (ONT).
        Ont = "ont",
        /// Media converter.
        MediaConverter = "media_converter",
        /// Radio of a point-to-point link.
        Radio = "radio",
        /// Server.
        Server = "server",
        /// Video recorder.
        Nvr = "nvr",
        /// Camera.
        Cctv = "cctv",
        /// Attendance machine.
        Attendance = "attendance",
        /// IP telephone.
        Voip = "voip",
        /// Uninterruptible power supply.
        Ups = "ups",
        /// Rack with its power and air.
        Rack = "rack",
        /// Anything else.
        Other = "other",
    }
}

coded! {
    /// In what condition a device was found.
    DeviceCondition {
        /// In order (baik).
        Good = "good",
        /// Usable with a fault (rusak ringan).
        Minor = "minor",
        /// Not usable (rusak berat).
        Major = "major",
        /// Not there (tidak ada).
        Missing = "missing",
        /// Not looked at (tidak diperiksa).
        Unchecked = "unchecked",
    }
}

coded! {
    /// What carries a link.
    Medium {
        /// Optical fibre.
        Fibre = "fibre",
        /// Point-to-point radio.
        Radio = "radio",
        /// Copper.
        Copper = "copper",
        /// Mobile network.
        Cellular = "cellular",
        /// Satellite.
        Satellite = "satellite",
    }
}

coded! {
    /// To whom a device belongs.
    Owner {
        /// The regency, in its inventory.
        Agency = "agency",
        /// The provider of the link.
        Provider = "provider",
        /// The office.
        Office = "office",
    }
}

/// A number that stands on a device: known, or why it is not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Identity {
    /// As read.
    Known(String),
    /// The device carries none.
    None,
    /// It cannot be read (a photo shows why).
    Unreadable,
    /// Nobody has looked yet.
    Unknown,
}

/// Where a device answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Endpoint {
    /// Its management address.
    pub address: IpAddr,
    /// A TCP port to try where ICMP is not answered.
    pub tcp_port: Option<u16>,
}

/// A thing on the network (requirement of the inventory: kind, brand, type, serial, inventory number,
/// condition, installed, moved, replaced).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Device {
    /// Its id.
    pub id: DeviceId,
    /// Short code, unique; printed on labels.
    pub code: String,
    /// Where it stands.
    pub site: SiteId,
    /// The office that uses it; `None` belongs to all offices of the site.
    pub office: Option<OfficeId>,
    /// What it is.
    pub kind: DeviceKind,
    /// Maker.
    pub brand: String,
    /// Type designation.
    pub model: String,
    /// Serial number.
    pub serial: Identity,
    /// Number in the inventory of goods.
    pub inventory_number: Identity,
    /// To whom it belongs.
    pub owner: Owner,
    /// Where it answers; `None` for what cannot be measured.
    pub endpoint: Option<Endpoint>,
    /// Last known condition.
    pub condition: DeviceCondition,
    /// Day of installation.
    pub installed_on: Option<Date>,
    /// The device that it replaced.
    pub replaces: Option<DeviceId>,
    /// The day on which it was taken out.
    pub removed_on: Option<Date>,
}

/// A connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Link {
    /// Its id.
    pub id: LinkId,
    /// Short code, unique.
    pub code: String,
    /// The site that it connects.
    pub site: SiteId,
    /// The office that uses it; `None` belongs to all offices of the site.
    pub office: Option<OfficeId>,
    /// What carries it.
    pub medium: Medium,
    /// Provider, empty for an own link.
    pub provider: String,
    /// Customer number at the provider.
    pub customer_number: String,
    /// Rate subscribed to, in Mbps.
    pub subscribed_mbps: Option<u32>,
    /// Contract number.
    pub contract: String,
    /// Last day of the contract: lapsed contracts are a known cause of outage.
    pub contract_until: Option<Date>,
    /// The site at the far end.
    pub upstream: Option<SiteId>,
    /// Where the provider's part ends.
    pub demarcation: String,
    /// The day from which it is no longer in use.
    pub ended_on: Option<Date>,
}

impl Device {
    /// Whether it stands at its site.
    pub fn in_use(&self) -> bool {
        self.removed_on.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_read_back_and_say_what_is_allowed() {
        for kind in DeviceKind::ALL {
            assert_eq!(kind.code().parse(), Ok(*kind));
            assert_eq!(
                serde_json::to_string(kind).unwrap(),
                format!("\"{}\"", kind.code())
            );
        }
        let error = "cable".parse::<Medium>().unwrap_err();
        assert!(error.args["allowed"].contains("fibre, radio"), "{error}");
    }
}
