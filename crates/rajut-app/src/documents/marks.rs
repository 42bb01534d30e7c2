//! Papers that can be checked: the agency's key, the marks it signs, and what a mark is worth.

use rajut_core::account::Counted;
use rajut_core::journal::Hash;
use rajut_core::laptop::PublicKey;
use rajut_core::mark::{AgencySecret, FileSignature, Finding, Mark, MarkFault, MarkTold, short_code};
use rajut_core::run::{Document, DocumentKind, PaperMark};
use rajut_pdf::Paper;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::parts::title_of;
use super::{data_of, read};
use crate::{App, AppError};

/// The name of the key among the secrets of the agency.
const KEY: &str = "papers";

/// What a check found, and of which paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Checked {
    /// Genuine, altered or unknown.
    pub finding: Finding,
    /// Why it is not genuine.
    pub why: Option<MarkFault>,
    /// What was signed; only of what is genuine.
    pub told: Option<MarkTold>,
    /// The paper's kind, where our register has it as it was signed.
    pub kind: Option<DocumentKind>,
}

impl Checked {
    fn genuine(told: MarkTold, kind: Option<DocumentKind>) -> Self {
        Self {
            finding: Finding::Genuine,
            why: None,
            told: Some(told),
            kind,
        }
    }
}

impl From<MarkFault> for Checked {
    fn from(why: MarkFault) -> Self {
        Self {
            finding: why.finding(),
            why: Some(why),
            told: None,
            kind: None,
        }
    }
}

/// Checks the mark in a text by a key, without a database.
pub fn check_mark_by(text: &str, key: &PublicKey) -> Checked {
    match Mark::read(text).and_then(|mark| mark.verify(key).cloned()) {
        Ok(told) => Checked::genuine(told, None),
        Err(why) => why.into(),
    }
}

/// Checks the bytes of a file by the signature that lies beside it, without a database.
pub fn check_file_by(bytes: &[u8], signature: &str, key: &PublicKey) -> Checked {
    let found = signature
        .parse::<FileSignature>()
        .and_then(|signature| signature.verify(Hash::of(bytes), key));
    match found {
        Ok(()) => Checked {
            finding: Finding::Genuine,
            why: None,
            told: None,
            kind: None,
        },
        Err(why) => why.into(),
    }
}

impl App {
    /// The agency's key for papers, made on first need.
    async fn agency_secret(&self) -> Result<AgencySecret, AppError> {
        let kept = if let Some(kept) = self.store().agency_secret(KEY).await? {
            kept
        } else {
            let fresh = AgencySecret::from_random((self.entropy)());
            self.store().keep_agency_secret(KEY, &fresh.reveal()).await?
        };
        // What stands there is not told: it would be in the log.
        AgencySecret::read(&kept).ok_or_else(|| AppError::Paper("the agency's key cannot be read".to_owned()))
    }

    /// The public half of the agency's key for papers: what others check them by.
    pub async fn paper_key(&self) -> Result<PublicKey, AppError> {
        Ok(self.agency_secret().await?.public())
    }

    /// Freezes the data of a paper and signs what its QR code tells: what is rendered from now on is rendered from it
    /// alone.
    pub(super) async fn freeze_data(&self, document: &mut Document, paper: &Paper) -> Result<(), AppError> {
        document.data = data_of(paper)?;
        document.data_hash = Hash::of(document.data.as_bytes());
        let secret = self.agency_secret().await?;
        let context = self.context().await?;
        let told = MarkTold {
            number: document.number.clone(),
            date: document.date,
            post: signed_as(&read(&document.data)?)
                .unwrap_or_else(|| title_of(&context, document.signed_by, document.date)),
            subject: document.subject.clone(),
            data_hash: document.data_hash,
        };
        let mark = told.sign(&secret);
        let page = &context.agency_file.papers.check_page;
        document.mark = Some(PaperMark {
            text: if page.is_empty() {
                mark
            } else {
                format!("{page}?kode={mark}")
            },
            key: secret.public(),
        });
        Ok(())
    }

    /// Signs the bytes of a paper.
    pub(super) async fn sign_bytes(&self, bytes: Hash) -> Result<FileSignature, AppError> {
        Ok(FileSignature::sign(bytes, &self.agency_secret().await?))
    }

    /// What the mark in a text is worth, by the keys with which this agency has signed. Guesses are counted by address,
    /// like those of passwords.
    pub async fn check_mark(&self, text: &str, address: &str) -> Result<Checked, AppError> {
        let mark = match Mark::read(text) {
            Ok(mark) => mark,
            Err(why) => return Ok(why.into()),
        };
        let names = [(Counted::Address, format!("paper-address:{address}"))];
        self.counted(&names).await?;
        let known = self.papers_of(&mark.claims().number).await?;
        let ours = self.paper_key().await?;
        let keys = known
            .iter()
            .filter_map(|document| Some(&document.mark.as_ref()?.key))
            .chain([&ours]);
        let mut found = MarkFault::OtherKey;
        for key in keys {
            match mark.verify(key) {
                Ok(told) => {
                    self.was_right(&names).await?;
                    let registered = known.iter().find(|it| it.data_hash == told.data_hash);
                    return Ok(Checked::genuine(told.clone(), registered.map(|it| it.kind)));
                }
                Err(MarkFault::OtherKey) => {}
                Err(why) => found = why,
            }
        }
        Ok(found.into())
    }

    /// What was signed under a number, for whoever types it with the code that stands beside the mark. Guesses are
    /// counted by number and by address.
    pub async fn check_number(&self, number: &str, code: &str, address: &str) -> Result<Checked, AppError> {
        let number = number.trim();
        let shown: String = number.to_uppercase().chars().take(96).collect();
        let names = [
            (Counted::Name, format!("paper:{shown}")),
            (Counted::Address, format!("paper-address:{address}")),
        ];
        self.counted(&names).await?;
        let code: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
        for document in self.papers_of(number).await? {
            let right = short_code(&document.data_hash).replace('-', "");
            let Some(mark) = &document.mark else { continue };
            if right.eq_ignore_ascii_case(&code) {
                self.was_right(&names).await?;
                let checked = check_mark_by(&mark.text, &mark.key);
                let kind = checked.told.is_some().then_some(document.kind);
                return Ok(Checked { kind, ..checked });
            }
        }
        Ok(MarkFault::NoMark.into())
    }

    /// Refuses whoever has guessed too often, and counts this try as wrong until it was right.
    async fn counted(&self, names: &[(Counted, String)]) -> Result<(), AppError> {
        if let Some(until) = self.waits(names).await? {
            return Err(AppError::TryAgain { until });
        }
        self.count(names).await
    }

    async fn papers_of(&self, number: &str) -> Result<Vec<Document>, AppError> {
        let known = self.store().documents_by_number(number).await?;
        Ok(known.into_iter().map(|it| it.state).collect())
    }
}

/// The titles above the name of whoever signs, as the paper bears them.
fn signed_as(data: &Value) -> Option<String> {
    let titles = data.pointer("/signature/titles")?.as_array()?;
    let titles: Vec<&str> = titles.iter().filter_map(Value::as_str).collect();
    (!titles.is_empty()).then(|| titles.join(", "))
}
