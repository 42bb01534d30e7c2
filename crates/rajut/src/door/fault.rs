//! What can be wrong with a certificate, its key, or the authority of our own.

use std::path::PathBuf;

use super::HostName;
use crate::words::Words;

/// Why there can be no HTTPS.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// A file cannot be read or written.
    #[error("{}: {why}", file.display())]
    File {
        /// Which.
        file: PathBuf,
        /// What the system says.
        why: std::io::Error,
    },
    /// A file holds no certificate.
    #[error("{}: no certificate in PEM form in it", file.display())]
    NoCertificate {
        /// Which.
        file: PathBuf,
    },
    /// A file holds no private key.
    #[error("{}: no private key in PEM form in it", file.display())]
    NoKey {
        /// Which.
        file: PathBuf,
    },
    /// A key of a kind that cannot be used, or one that is damaged.
    #[error("{}: the key cannot be used: {why}", file.display())]
    Key {
        /// Which.
        file: PathBuf,
        /// What the library says.
        why: String,
    },
    /// A certificate that is damaged.
    #[error("{}: the certificate cannot be used: {why}", file.display())]
    Certificate {
        /// Which.
        file: PathBuf,
        /// What the library says.
        why: String,
    },
    /// Certificate and key do not belong together.
    #[error("{} is not the key of the certificate in {}", key.display(), certificate.display())]
    Mismatch {
        /// The certificate.
        certificate: PathBuf,
        /// The key.
        key: PathBuf,
    },
    /// The file of the authority is damaged.
    #[error("{}: not the file of an authority: {why}", file.display())]
    Authority {
        /// Which.
        file: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The authority may not vouch for a name.
    #[error("{}: the authority may not vouch for {name}", file.display())]
    OutOfBounds {
        /// Which.
        file: PathBuf,
        /// The name.
        name: HostName,
    },
    /// The time of the authority is over.
    #[error("{}: the authority is no longer in force", file.display())]
    Ended {
        /// Which.
        file: PathBuf,
    },
    /// The library could not do what it always can.
    #[error("{0}")]
    Library(String),
}

impl Fault {
    /// In the reader's language: what happened, and what to do.
    pub fn told(&self, words: &Words) -> String {
        let say = |key: &str, args: &[(&str, String)]| {
            let args = args
                .iter()
                .map(|(name, value)| ((*name).to_owned(), crate::rim::plain(value)))
                .collect();
            words.say_with(key, &args)
        };
        let path = |path: &PathBuf| path.display().to_string();
        match self {
            Self::File { file, why } => say(
                "certificate-file",
                &[("file", path(file)), ("why", why.to_string())],
            ),
            Self::NoCertificate { file } => say("certificate-none", &[("file", path(file))]),
            Self::NoKey { file } => say("certificate-no-key", &[("file", path(file))]),
            Self::Key { file, why } => say(
                "certificate-bad-key",
                &[("file", path(file)), ("why", why.clone())],
            ),
            Self::Certificate { file, why } => {
                say("certificate-bad", &[("file", path(file)), ("why", why.clone())])
            }
            Self::Mismatch { certificate, key } => say(
                "certificate-mismatch",
                &[("certificate", path(certificate)), ("key", path(key))],
            ),
            Self::Authority { file, why } => say(
                "certificate-authority",
                &[("file", path(file)), ("why", why.clone())],
            ),
            Self::OutOfBounds { file, name } => say(
                "certificate-out-of-bounds",
                &[("file", path(file)), ("name", name.to_string())],
            ),
            Self::Ended { file } => say("certificate-ended", &[("file", path(file))]),
            Self::Library(why) => say("certificate-library", &[("why", why.clone())]),
        }
    }
}
