//! The files of a check by SNMP: who asks (`[name]` tables), and whom (an inventory). Hides their formats; a fault names
//! its line and never what it read there, because it may be a secret.

use rajut_core::act::{Unfit, UnfitCode};
use std::collections::BTreeMap;
use std::net::IpAddr;

use rajut_probe::codec::snmp::{AuthProtocol, Credential, PrivProtocol, Secret, User, Version};
use serde::Deserialize;

use crate::AppError;

/// The port of SNMP (RFC 3417).
pub const SNMP_PORT: u16 = 161;
/// More devices than any agency has; an inventory of more is a mistake.
const MOST_DEVICES: usize = 100_000;

/// Who may ask, by name.
#[derive(Debug, Clone, Default)]
pub struct Credentials(BTreeMap<String, Credential>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    #[serde(default)]
    version: Option<String>,
    #[serde(default)]
    community: Option<String>,
    #[serde(default)]
    user: Option<String>,
    #[serde(default)]
    auth: Option<String>,
    #[serde(default)]
    auth_password: Option<String>,
    #[serde(default, rename = "priv")]
    privacy: Option<String>,
    #[serde(default)]
    priv_password: Option<String>,
}

impl Credentials {
    /// One credential for all, which has no name.
    pub fn one(credential: Credential) -> Self {
        Self(BTreeMap::from([("default".to_owned(), credential)]))
    }

    /// Reads `[name]` tables: `community` with `version` 1 or 2c, or `user` with `auth`, `auth_password`, `priv` and
    /// `priv_password`.
    pub fn read(text: &str) -> Result<Self, AppError> {
        let tables: BTreeMap<String, Table> = toml::from_str(text).map_err(|error| {
            // The message of the parser quotes the file, and so a secret: only the line is told.
            let start = error.span().map_or(0, |span| span.start);
            AppError::invalid(
                "credentials",
                Unfit::from(UnfitCode::CredentialTable).at(text, start),
            )
        })?;
        let named = |(name, table): (String, Table)| {
            let credential = table
                .credential()
                .map_err(|why| AppError::invalid(&format!("[{name}]"), why))?;
            Ok((name, credential))
        };
        tables
            .into_iter()
            .map(named)
            .collect::<Result<_, AppError>>()
            .map(Self)
    }

    /// The credential of a name; without one, `default` or the only one there is.
    pub fn get(&self, name: Option<&str>) -> Option<&Credential> {
        match name.filter(|name| !name.is_empty()) {
            Some(name) => self.0.get(name),
            None if self.0.len() == 1 => self.0.values().next(),
            None => self.0.get("default"),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Table {
    fn credential(self) -> Result<Credential, UnfitCode> {
        let version = self.version.as_deref();
        match (self.community, self.user) {
            (Some(community), None) => Ok(Credential::Community {
                version: match version {
                    None | Some("2c" | "2" | "v2c") => Version::V2c,
                    Some("1" | "v1") => Version::V1,
                    Some(_) => return Err(UnfitCode::CommunityVersion),
                },
                community: Secret::new(community),
            }),
            (None, Some(name)) => {
                if !matches!(version, None | Some("3" | "v3")) {
                    return Err(UnfitCode::UserVersion);
                }
                let auth = pair(self.auth, self.auth_password, auth_protocol)?;
                let privacy = pair(self.privacy, self.priv_password, priv_protocol)?;
                if privacy.is_some() && auth.is_none() {
                    return Err(UnfitCode::PrivNeedsAuth);
                }
                Ok(Credential::User(User { name, auth, privacy }))
            }
            _ => Err(UnfitCode::CommunityOrUser),
        }
    }
}

fn pair<P>(
    protocol: Option<String>,
    password: Option<String>,
    read: impl Fn(&str) -> Option<P>,
) -> Result<Option<(P, Secret)>, UnfitCode> {
    match (protocol, password) {
        (None, None) => Ok(None),
        (Some(protocol), Some(password)) => {
            // RFC 3414 section 11.2 asks for eight octets at least.
            if password.len() < 8 {
                return Err(UnfitCode::SnmpPassword);
            }
            let protocol =
                read(&protocol.to_lowercase().replace(['-', '_'], "")).ok_or(UnfitCode::SnmpProtocol)?;
            Ok(Some((protocol, Secret::new(password))))
        }
        _ => Err(UnfitCode::SnmpPair),
    }
}

fn auth_protocol(name: &str) -> Option<AuthProtocol> {
    Some(match name {
        "md5" => AuthProtocol::Md5,
        "sha" | "sha1" => AuthProtocol::Sha1,
        "sha224" => AuthProtocol::Sha224,
        "sha256" => AuthProtocol::Sha256,
        "sha384" => AuthProtocol::Sha384,
        "sha512" => AuthProtocol::Sha512,
        _ => return None,
    })
}

fn priv_protocol(name: &str) -> Option<PrivProtocol> {
    Some(match name {
        "des" => PrivProtocol::Des,
        "aes" | "aes128" => PrivProtocol::Aes128,
        "aes192" => PrivProtocol::Aes192,
        "aes256" => PrivProtocol::Aes256,
        "aes192cisco" | "aes192c" => PrivProtocol::Aes192Cisco,
        "aes256cisco" | "aes256c" => PrivProtocol::Aes256Cisco,
        _ => return None,
    })
}

/// A line of an inventory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// How it is called.
    pub name: String,
    /// Its address.
    pub address: IpAddr,
    /// Its port of SNMP.
    pub port: u16,
    /// The version that the line asks for; `None` is that of the credential.
    pub version: Option<Version>,
    /// The name of the credential, if the line has one.
    pub credential: Option<String>,
}

#[derive(Deserialize)]
struct Row {
    name: String,
    address: IpAddr,
    #[serde(default)]
    snmp_port: Option<u16>,
    #[serde(default)]
    snmp_version: Option<String>,
    #[serde(default)]
    credential: Option<String>,
}

/// Reads an inventory: CSV with the header `name,address,snmp_port,snmp_version,credential`, of which the last three
/// may be absent or empty.
pub fn read_inventory(text: &str) -> Result<Vec<Listed>, AppError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut listed = Vec::new();
    for row in reader.deserialize() {
        let row: Row = row.map_err(|error| AppError::invalid("inventory", Unfit::detail(error)))?;
        if listed.len() == MOST_DEVICES {
            return Err(AppError::invalid(
                "inventory",
                Unfit::from(UnfitCode::TooManyDevices).with("most", MOST_DEVICES),
            ));
        }
        let version = match row.snmp_version.as_deref().unwrap_or("") {
            "" | "3" | "v3" => None,
            "1" | "v1" => Some(Version::V1),
            "2" | "2c" | "v2c" => Some(Version::V2c),
            other => {
                let why = Unfit::from(UnfitCode::NotOneOf).with("value", other);
                return Err(AppError::invalid(&row.name, why.with("allowed", "1, 2c, 3")));
            }
        };
        listed.push(Listed {
            name: row.name,
            address: row.address,
            port: row.snmp_port.unwrap_or(SNMP_PORT),
            version,
            credential: row.credential.filter(|name| !name.is_empty()),
        });
    }
    Ok(listed)
}

impl Listed {
    /// Its credential, speaking the version that the line asks for.
    pub fn credential(&self, credentials: &Credentials) -> Result<Option<Credential>, AppError> {
        let found = credentials.get(self.credential.as_deref()).cloned();
        if found.is_none()
            && let Some(name) = &self.credential
        {
            return Err(AppError::not_found("credential", name));
        }
        Ok(match (found, self.version) {
            (Some(Credential::Community { community, .. }), Some(version)) => {
                Some(Credential::Community { version, community })
            }
            (found, _) => found,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_credentials_by_name() {
        let read = Credentials::read(
            "[publik]\ncommunity = \"rahasia\"\n[lama]\ncommunity = \"x\"\nversion = \"1\"\n\
             [v3]\nuser = \"rajut\"\nauth = \"SHA-256\"\nauth_password = \"sandi-panjang\"\npriv = \"aes128\"\n\
             priv_password = \"sandi-lain-lagi\"\n",
        )
        .unwrap();
        assert_eq!(read.get(Some("publik")), Some(&Credential::v2c("rahasia")));
        assert!(matches!(
            read.get(Some("lama")),
            Some(Credential::Community {
                version: Version::V1,
                ..
            })
        ));
        assert!(matches!(
            read.get(Some("v3")),
            Some(Credential::User(User {
                auth: Some((AuthProtocol::Sha256, _)),
                privacy: Some(_),
                ..
            }))
        ));
        assert_eq!(read.get(None), None, "three are no default");
        assert_eq!(read.get(Some("lain")), None);
        let shown = format!("{read:?}");
        assert!(!shown.contains("rahasia") && !shown.contains("sandi"), "{shown}");
    }

    #[test]
    fn a_fault_names_its_place_and_no_secret() {
        for (text, place) in [
            ("[a]\ncommunity = \"x\"\n[b]\ncomunity = \"rahasia\"\n", "line"),
            ("[a]\ncommunity = \"rahasia\n", "line=\"2\""),
            ("[a]\ncommunity = \"rahasia\"\nuser = \"u\"\n", "[a]"),
            (
                "[a]\nuser = \"u\"\nauth = \"md4\"\nauth_password = \"rahasia-sekali\"\n",
                "[a]",
            ),
            (
                "[a]\nuser = \"u\"\nauth = \"md5\"\nauth_password = \"rahasia\"\n",
                "[a]",
            ),
            (
                "[a]\nuser = \"u\"\npriv = \"des\"\npriv_password = \"rahasia-sekali\"\n",
                "[a]",
            ),
        ] {
            let error = Credentials::read(text).unwrap_err().to_string();
            assert!(error.contains(place) && !error.contains("rahasia"), "{error}");
        }
    }

    #[test]
    fn an_inventory_has_lines_with_defaults() {
        let text = "\u{feff}name,address,snmp_port,snmp_version,credential\n\
                    sw-1, 10.9.1.1 ,,,\nsw-2,10.9.1.2,1161,1,lama\nsw-3,2001:db8::3\n";
        let listed = read_inventory(text).unwrap();
        assert_eq!(listed.len(), 3);
        assert_eq!(
            (listed[0].port, listed[0].version, &listed[0].credential),
            (161, None, &None)
        );
        assert_eq!((listed[1].port, listed[1].version), (1161, Some(Version::V1)));
        let credentials = Credentials::one(Credential::v2c("x"));
        assert!(listed[0].credential(&credentials).unwrap().is_some());
        assert!(
            listed[1].credential(&credentials).is_err(),
            "a name that stands in no file"
        );
        assert!(
            read_inventory("name,address\nsw-1,10.9.1\n")
                .unwrap_err()
                .to_string()
                .contains("line: 2")
        );
        assert!(
            read_inventory("name,address,snmp_version\nsw-1,10.9.1.1,\n").unwrap()[0]
                .version
                .is_none()
        );
        assert!(read_inventory("name,address,snmp_port,snmp_version\nsw-1,10.9.1.1,161,4\n").is_err());
    }
}
