//! Where the database is.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use crate::StoreError;

/// The address of a database.
#[derive(Clone, PartialEq, Eq)]
pub enum DbUrl {
    /// `sqlite:PATH`, a file in a data folder. Telemetry and attachments lie beside it.
    Sqlite(PathBuf),
    /// `postgres://USER@HOST/NAME` with the parameters of libpq, as given.
    Postgres(String),
}

impl FromStr for DbUrl {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, StoreError> {
        if let Some(path) = text.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            if Path::new(path).file_name().is_some() {
                return Ok(Self::Sqlite(PathBuf::from(path)));
            }
        } else if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Postgres(text.to_owned()));
        }
        Err(StoreError::Url {
            url: without_password(text),
        })
    }
}

impl fmt::Display for DbUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(url) => f.write_str(&without_password(url)),
        }
    }
}

impl fmt::Debug for DbUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The address without what stands between `USER:` and `@`, and without its parameters.
fn without_password(url: &str) -> String {
    let url = url.split('?').next().unwrap_or_default();
    match (url.find("://"), url.rfind('@')) {
        (Some(scheme), Some(at)) if scheme + 3 <= at => {
            let user = url[scheme + 3..at].split(':').next().unwrap_or_default();
            format!("{}://{user}{}", &url[..scheme], &url[at..])
        }
        _ => url.to_owned(),
    }
}

/// The files of a data folder.
pub(super) struct Files {
    pub(super) records: PathBuf,
    pub(super) telemetry: PathBuf,
    pub(super) attachments: PathBuf,
}

impl Files {
    /// The files that belong to the database at `records`.
    pub(super) fn beside(records: &Path) -> Self {
        let stem = records.file_stem().unwrap_or_default().to_string_lossy();
        Self {
            records: records.to_owned(),
            telemetry: records.with_file_name(format!("{stem}.telemetry.db")),
            attachments: records.with_file_name(format!("{stem}.attachments")),
        }
    }

    pub(super) fn make_folder(&self) -> Result<(), StoreError> {
        std::fs::create_dir_all(&self.attachments)
            .map_err(|source| crate::file::failed(&self.attachments, source))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_and_passwords_are_never_shown() {
        assert_eq!(
            "sqlite:data/a.db".parse::<DbUrl>().unwrap(),
            DbUrl::Sqlite("data/a.db".into())
        );
        assert_eq!(
            "sqlite:///srv/a.db".parse::<DbUrl>().unwrap(),
            DbUrl::Sqlite("/srv/a.db".into())
        );
        let url: DbUrl = "postgres://contoh:rahasia@db/rajut?password=rahasia"
            .parse()
            .unwrap();
        assert_eq!(url.to_string(), "postgres://contoh@db/rajut");
        assert_eq!(format!("{url:?}"), "postgres://contoh@db/rajut");
        for wrong in ["", "sqlite:", "mysql://contoh:rahasia@db/x"] {
            let error = wrong.parse::<DbUrl>().unwrap_err().to_string();
            assert!(
                error.contains("sqlite:PATH") && !error.contains("rahasia"),
                "{error}"
            );
        }
    }
}
