//! An authority of the agency's own: made once, kept beside the data, installed on the phones of those who work with
//! the system. With it HTTPS needs nobody else, and no internet.
//!
//! The certificate of the server is made anew at every start and month and stays in memory: only the authority's key
//! is a secret on disk.

use std::fs::{File, OpenOptions, hard_link, remove_file};
use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _, tz};
use rajut_core::journal::Hash;
use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DistinguishedName, DnType, ExtendedKeyUsagePurpose,
    GeneralSubtree, IsCa, Issuer, KeyPair, KeyUsagePurpose, NameConstraints, SanType,
};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde::{Deserialize, Serialize};

use super::bounds::{Bounds, HostName};
use super::fault::Fault;

/// What the file of an authority begins with.
const FORMAT: &str = "rajut-authority/1";
/// An authority is in force for ten years: every phone has to be visited when it ends.
const AUTHORITY_YEARS: i16 = 10;
/// Phones refuse a server's certificate that is in force for longer than 398 days.
const SERVER_DAYS: i32 = 396;
/// The clock of a phone may be behind ours.
const BEFORE_DAYS: i32 = 1;

/// The authority as it stands in its file, which only its owner can read.
#[derive(Serialize, Deserialize)]
struct Kept {
    format: String,
    name: String,
    from: Date,
    until: Date,
    bounds: Bounds,
    certificate: String,
    key: String,
}

/// What a phone is told of the authority.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trust {
    /// What it is called.
    pub name: String,
    /// The certificate (DER).
    pub certificate: Vec<u8>,
    /// In force until.
    pub until: Date,
    /// The names that the server is known by, the first one first.
    pub names: Vec<HostName>,
}

impl Trust {
    /// The SHA-256 of the certificate, as phones show it.
    pub fn fingerprint(&self) -> String {
        let pairs: Vec<String> = Hash::of(&self.certificate)
            .bytes()
            .iter()
            .map(|byte| format!("{byte:02X}"))
            .collect();
        pairs.join(":")
    }
}

/// The authority.
pub struct Authority {
    file: PathBuf,
    kept: Kept,
    certificate: CertificateDer<'static>,
    key: KeyPair,
}

/// A certificate of the server with its key.
pub struct Issued {
    /// The server's, then the authority's.
    pub chain: Vec<CertificateDer<'static>>,
    /// The key.
    pub key: PrivateKeyDer<'static>,
}

fn library(error: &rcgen::Error) -> Fault {
    Fault::Library(error.to_string())
}

fn day(now: Timestamp) -> Date {
    tz::Offset::UTC.to_datetime(now).date()
}

impl Authority {
    /// The authority of a file; where there is none, a new one for these names.
    pub fn open(file: &Path, names: &[HostName], now: Timestamp) -> Result<Self, Fault> {
        let failed = |why| Fault::File {
            file: file.to_owned(),
            why,
        };
        let text = match std::fs::read_to_string(file) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let made = serde_json::to_string_pretty(&make(names, day(now))?)
                    .map_err(|error| Fault::Library(error.to_string()))?;
                keep(file, &made).map_err(failed)?;
                // Another program may have been faster; then it is the other one's.
                std::fs::read_to_string(file).map_err(failed)?
            }
            Err(error) => return Err(failed(error)),
        };
        let mode = std::fs::metadata(file).map_err(failed)?.permissions().mode();
        if mode & 0o077 != 0 {
            tracing::warn!(file = %file.display(), "others can read the key of the authority: chmod 600");
        }
        Self::read(file, &text)
    }

    fn read(file: &Path, text: &str) -> Result<Self, Fault> {
        let bad = |why: String| Fault::Authority {
            file: file.to_owned(),
            why,
        };
        let kept: Kept = serde_json::from_str(text).map_err(|error| bad(error.to_string()))?;
        if kept.format != FORMAT {
            return Err(bad(format!("{:?} instead of {FORMAT:?}", kept.format)));
        }
        let certificate = CertificateDer::from_pem_slice(kept.certificate.as_bytes())
            .map_err(|error| bad(error.to_string()))?;
        let key = KeyPair::from_pem(&kept.key).map_err(|error| bad(error.to_string()))?;
        Ok(Self {
            file: file.to_owned(),
            certificate,
            key,
            kept,
        })
    }

    /// What phones are told.
    pub fn trust(&self, names: &[HostName]) -> Trust {
        Trust {
            name: self.kept.name.clone(),
            certificate: self.certificate.to_vec(),
            until: self.kept.until,
            names: names.to_vec(),
        }
    }

    /// A new certificate for the server under these names, with a new key.
    pub fn issue(&self, names: &[HostName], now: Timestamp) -> Result<Issued, Fault> {
        if let Some(beyond) = names.iter().find(|name| !self.kept.bounds.hold(name)) {
            return Err(Fault::OutOfBounds {
                file: self.file.clone(),
                name: beyond.clone(),
            });
        }
        if day(now) >= self.kept.until {
            return Err(Fault::Ended {
                file: self.file.clone(),
            });
        }
        self.sign(names, day(now))
    }

    /// The same without asking whether it may.
    pub(super) fn sign(&self, names: &[HostName], today: Date) -> Result<Issued, Fault> {
        let key = KeyPair::generate().map_err(|error| library(&error))?;
        let mut params = CertificateParams::default();
        params.distinguished_name = called(&names.first().map(ToString::to_string).unwrap_or_default());
        params.subject_alt_names = names.iter().map(alternative).collect::<Result<_, _>>()?;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        // Before the authority nothing of it was in force.
        let from = today.saturating_sub(BEFORE_DAYS.days()).max(self.kept.from);
        let until = today.saturating_add(SERVER_DAYS.days()).min(self.kept.until);
        in_force(&mut params, from, until);
        let authority = params_of(
            &self.kept.name,
            &self.kept.bounds,
            self.kept.from,
            self.kept.until,
        );
        let signed = params
            .signed_by(&key, &Issuer::from_params(&authority, &self.key))
            .map_err(|error| library(&error))?;
        Ok(Issued {
            chain: vec![signed.der().clone(), self.certificate.clone()],
            key: PrivateKeyDer::Pkcs8(key.serialize_der().into()),
        })
    }
}

/// A new authority.
fn make(names: &[HostName], today: Date) -> Result<Kept, Fault> {
    let key = KeyPair::generate().map_err(|error| library(&error))?;
    let name = format!(
        "Rajut {}",
        names.first().map(ToString::to_string).unwrap_or_default()
    );
    let bounds = Bounds::around(names);
    let from = today.saturating_sub(BEFORE_DAYS.days());
    let until = today.saturating_add(AUTHORITY_YEARS.years());
    let certificate = params_of(&name, &bounds, from, until)
        .self_signed(&key)
        .map_err(|error| library(&error))?;
    Ok(Kept {
        format: FORMAT.to_owned(),
        name,
        from,
        until,
        bounds,
        certificate: certificate.pem(),
        key: key.serialize_pem(),
    })
}

/// What the certificate of an authority says; made anew, it names the same issuer.
fn params_of(name: &str, bounds: &Bounds, from: Date, until: Date) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = called(name);
    // It signs servers, never other authorities.
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    in_force(&mut params, from, until);
    let domains = bounds.domains.iter().cloned().map(GeneralSubtree::DnsName);
    let networks = bounds
        .networks
        .iter()
        .map(|network| GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(network.first, network.bits)));
    params.name_constraints = Some(NameConstraints {
        permitted_subtrees: domains.chain(networks).collect(),
        excluded_subtrees: Vec::new(),
    });
    params
}

fn called(name: &str) -> DistinguishedName {
    let mut called = DistinguishedName::new();
    called.push(DnType::CommonName, name);
    called
}

fn alternative(name: &HostName) -> Result<SanType, Fault> {
    Ok(match name {
        HostName::Name(name) => SanType::DnsName(name.as_str().try_into().map_err(|error| library(&error))?),
        HostName::Address(address) => SanType::IpAddress(*address),
    })
}

/// From the beginning of one day to that of another.
fn in_force(params: &mut CertificateParams, from: Date, until: Date) {
    let part = |number: i8| u8::try_from(number).unwrap_or(1);
    let begin =
        |date: Date| rcgen::date_time_ymd(i32::from(date.year()), part(date.month()), part(date.day()));
    (params.not_before, params.not_after) = (begin(from), begin(until));
}

/// Writes a new file that only its owner can read; one that is there already stays. What is there is whole at any time.
fn keep(file: &Path, text: &str) -> std::io::Result<()> {
    let new = file.with_extension(format!("{}.new", std::process::id()));
    let mut open = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&new)?;
    open.write_all(text.as_bytes())?;
    open.sync_all()?;
    let linked = match hard_link(&new, file) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        other => other,
    };
    remove_file(&new)?;
    linked?;
    match file.parent() {
        Some(folder) if folder != Path::new("") => File::open(folder)?.sync_all(),
        _ => Ok(()),
    }
}
