//! `rajut document verify`: a paper is checked by the agency's public key, without a database.

use std::path::{Path, PathBuf};

use rajut_app::{AppError, Checked, check_file_by, check_mark_by};
use rajut_core::act::{Unfit, UnfitCode};
use rajut_core::laptop::PublicKey;
use rajut_core::mark::{self, Finding};

use super::output::Output;
use super::{Error, Exit, session};

/// Checks a mark or a file by a key; found wanting where it is not genuine.
pub(super) fn verify(paper: &str, key: &str, signature: Option<&Path>, out: &Output) -> Result<Exit, Error> {
    let key = public_key(key)?;
    let checked = if paper.to_uppercase().contains(mark::PREFIX) {
        check_mark_by(paper, &key)
    } else {
        let path = Path::new(paper);
        let bytes = std::fs::read(path).map_err(|error| AppError::file(path, error))?;
        let beside = signature.map_or_else(|| beside(path), Path::to_path_buf);
        // Without a signature nothing is known of the file; one that was named has to be there.
        let text = match std::fs::read_to_string(&beside) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && signature.is_none() => {
                String::new()
            }
            read => read.map_err(|error| AppError::file(&beside, error))?,
        };
        check_file_by(&bytes, &text, &key)
    };
    tell_checked(&checked, out);
    Ok(match checked.finding {
        Finding::Genuine => Exit::Done,
        Finding::Altered | Finding::Unknown => Exit::Refused,
    })
}

/// Where the signature of a file lies: beside it.
pub(super) fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".sig");
    name.into()
}

/// A public key as it is typed, or as it stands in a file.
fn public_key(text: &str) -> Result<PublicKey, AppError> {
    let typed = match text.trim().parse() {
        Ok(key) => return Ok(key),
        Err(_) if Path::new(text).exists() => session::read(Path::new(text))?,
        Err(_) => text.to_owned(),
    };
    typed
        .trim()
        .parse()
        .map_err(|_| AppError::invalid("--key", Unfit::from(UnfitCode::NotUnderstood).with("value", text)))
}

fn tell_checked(checked: &Checked, out: &Output) {
    let why = checked.why.map(|why| out.word("paper-fault", why.code()));
    let mut row = vec![out.word("paper", checked.finding.code()), why.unwrap_or_default()];
    row.extend(match &checked.told {
        Some(told) => [
            told.number.clone(),
            told.date.to_string(),
            told.post.clone(),
            told.subject.clone(),
        ],
        None => Default::default(),
    });
    let headers = ["paper-finding", "paper-why", "number", "date", "post", "title"];
    out.print(checked, &headers, vec![row]);
    if checked.told.is_some() {
        out.say("paper-compare");
    }
}
