//! The certificate that the server shows, and how it stays in force while the server runs.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use jiff::{SignedDuration, Timestamp};
use rustls::ServerConfig;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem};
use rustls::server::{ClientHello, ParsedCertificate, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use super::authority::{Authority, Issued, Trust};
use super::bounds::HostName;
use super::fault::Fault;

/// A certificate of our own authority is made anew after so long: well before it ends, and after a clock was set right.
const ANEW: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Where the certificate comes from.
pub enum Source {
    /// Files: the agency has one that phones trust already.
    Files {
        /// The server's certificate, then those between it and the authority.
        certificate: PathBuf,
        /// Its key.
        key: PathBuf,
    },
    /// An authority of our own.
    Own {
        /// Its file.
        file: PathBuf,
        /// What the server is known by.
        names: Vec<HostName>,
    },
}

/// The certificate, by the one who shows it.
pub struct Certificates {
    source: Source,
    authority: Option<Authority>,
    provider: Arc<CryptoProvider>,
    shown: RwLock<Shown>,
}

struct Shown {
    key: Arc<CertifiedKey>,
    since: Timestamp,
}

impl std::fmt::Debug for Certificates {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Certificates").finish_non_exhaustive()
    }
}

impl Certificates {
    /// Reads the files, or makes the certificate (and the authority, where there is none).
    pub fn open(mut source: Source, now: Timestamp) -> Result<Self, Fault> {
        let provider = Arc::new(ring::default_provider());
        let (authority, key) = match &mut source {
            Source::Files { certificate, key } => (None, of_files(certificate, key, &provider)?),
            Source::Own { file, names } => {
                // Scripts and monitoring ask on this machine.
                for here in ["localhost", "127.0.0.1", "::1"] {
                    if let Ok(here) = here.parse()
                        && !names.contains(&here)
                    {
                        names.push(here);
                    }
                }
                let authority = Authority::open(file, names, now)?;
                let key = of_issued(authority.issue(names, now)?, file, &provider)?;
                (Some(authority), key)
            }
        };
        let shown = RwLock::new(Shown {
            key: Arc::new(key),
            since: now,
        });
        Ok(Self {
            source,
            authority,
            provider,
            shown,
        })
    }

    /// What phones are told of an authority of our own.
    pub fn trust(&self) -> Option<Trust> {
        match (&self.source, &self.authority) {
            (Source::Own { names, .. }, Some(authority)) => Some(authority.trust(names)),
            _ => None,
        }
    }

    /// Reads the files again, or makes a new certificate where it is time; whoever connects from now on is shown it.
    /// Whether there is another one.
    ///
    /// # Errors
    /// What is shown stays as it was then.
    pub fn renew(&self, now: Timestamp) -> Result<bool, Fault> {
        let (before, since) = {
            let shown = self.shown.read().unwrap_or_else(PoisonError::into_inner);
            (Arc::clone(&shown.key), shown.since)
        };
        let key = match (&self.source, &self.authority) {
            (Source::Files { certificate, key }, _) => of_files(certificate, key, &self.provider)?,
            (Source::Own { file, names }, Some(authority)) => {
                let age = now.duration_since(since);
                if !age.is_negative() && age < ANEW {
                    return Ok(false);
                }
                of_issued(authority.issue(names, now)?, file, &self.provider)?
            }
            (Source::Own { .. }, None) => return Ok(false),
        };
        let is_other = key.cert != before.cert;
        *self.shown.write().unwrap_or_else(PoisonError::into_inner) = Shown {
            key: Arc::new(key),
            since: now,
        };
        Ok(is_other)
    }

    /// What the listeners agree with clients on: TLS 1.2 and 1.3, HTTP/1.1.
    pub fn server_config(self: &Arc<Self>) -> Result<Arc<ServerConfig>, Fault> {
        let mut config = ServerConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| Fault::Library(error.to_string()))?
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(self) as Arc<dyn ResolvesServerCert>);
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let shown = self.shown.read().unwrap_or_else(PoisonError::into_inner);
        Some(Arc::clone(&shown.key))
    }
}

fn of_issued(issued: Issued, file: &Path, provider: &CryptoProvider) -> Result<CertifiedKey, Fault> {
    let bad = |error: rustls::Error| Fault::Authority {
        file: file.to_owned(),
        why: error.to_string(),
    };
    let key = provider.key_provider.load_private_key(issued.key).map_err(bad)?;
    Ok(CertifiedKey::new(issued.chain, key))
}

fn of_files(certificate: &Path, key: &Path, provider: &CryptoProvider) -> Result<CertifiedKey, Fault> {
    let read = |file: &Path| {
        std::fs::read(file).map_err(|why| Fault::File {
            file: file.to_owned(),
            why,
        })
    };
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(&read(certificate)?)
        .collect::<Result<_, _>>()
        .map_err(|error| Fault::Certificate {
            file: certificate.to_owned(),
            why: error.to_string(),
        })?;
    let Some(first) = chain.first() else {
        return Err(Fault::NoCertificate {
            file: certificate.to_owned(),
        });
    };
    ParsedCertificate::try_from(first).map_err(|error| Fault::Certificate {
        file: certificate.to_owned(),
        why: error.to_string(),
    })?;
    let bad_key = |why: String| Fault::Key {
        file: key.to_owned(),
        why,
    };
    let secret = match PrivateKeyDer::from_pem_slice(&read(key)?) {
        Ok(secret) => secret,
        Err(pem::Error::NoItemsFound) => {
            return Err(Fault::NoKey { file: key.to_owned() });
        }
        Err(error) => return Err(bad_key(error.to_string())),
    };
    let secret = provider
        .key_provider
        .load_private_key(secret)
        .map_err(|error| bad_key(error.to_string()))?;
    let certified = CertifiedKey::new(chain, secret);
    match certified.keys_match() {
        Ok(()) | Err(rustls::Error::InconsistentKeys(rustls::InconsistentKeys::Unknown)) => Ok(certified),
        Err(_) => Err(Fault::Mismatch {
            certificate: certificate.to_owned(),
            key: key.to_owned(),
        }),
    }
}
