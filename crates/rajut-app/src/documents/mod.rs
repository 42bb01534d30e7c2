//! Papers: from records to typed data, from data to bytes, and the bytes kept as issued.
//!
//! Hides where each word of a paper comes from. Names, ranks and titles are frozen in the data; personal values
//! stand there as commitments and are filled in when the paper is written.

mod blanks;
mod codes;
mod issue;
mod letters;
mod marks;
mod minutes;
mod parts;
mod procedures;
mod reports;
mod teams;
mod told;
mod visits;

use std::collections::{BTreeMap, BTreeSet};

use rajut_core::act::Act;
use rajut_core::flow::{self, record};
use rajut_core::id::DocumentId;
use rajut_core::journal::Hash;
use rajut_core::mark::short_code;
use rajut_core::people::{Person, PersonalField, Sealed, masked_name};
use rajut_core::run::{Document, DocumentEvent};
use rajut_core::stream::{StreamKind, StreamRef};
use rajut_pdf::{Paper, Rendered};
use serde_json::Value;

use crate::{App, AppError, Key, Who};

pub use issue::NewPaper;
pub use marks::{Checked, check_file_by, check_mark_by};
pub use procedures::render_procedure;
pub use teams::ComplaintsOf;
pub use told::Signing;

/// Before a commitment that stands in the place of a personal value.
const SEAL: &str = "sealed:";

/// The readable text of a rendered paper.
pub fn paper_text(rendered: &Rendered) -> &str {
    &rendered.text
}

/// A commitment as it stands in the data of a paper.
fn sealed(commitment: Option<&Sealed>) -> Option<String> {
    commitment.map(|commitment| format!("{SEAL}{commitment}"))
}

/// Where a commitment may stand in the data of a paper: fields that no free text reaches. What somebody typed
/// elsewhere is printed as typed, also where it looks like a commitment: those can be read in the journal, and a
/// purpose or a note must not open them.
fn is_personal(parent: &str, field: &str) -> bool {
    matches!(field, "nip" | "address" | "phone" | "reporter" | "met_name")
        || (field == "name" && matches!(parent, "second" | "confirmation"))
}

/// Calls `with` for every commitment in the data, in the place where it stands.
fn each_commitment(
    value: &mut Value,
    parent: &str,
    field: &str,
    with: &mut impl FnMut(&str, Sealed) -> Option<String>,
) {
    match value {
        Value::String(text) if is_personal(parent, field) => {
            let commitment = text
                .strip_prefix(SEAL)
                .and_then(|hex| Sealed::try_from(hex.to_owned()).ok());
            if let Some(opened) = commitment.and_then(|sealed| with(field, sealed)) {
                *text = opened;
            }
        }
        // The lines of a list stand in no field of their own.
        Value::Array(items) => {
            for item in items {
                each_commitment(item, field, "", with);
            }
        }
        Value::Object(fields) => {
            for (name, inner) in fields {
                each_commitment(inner, field, name, with);
            }
        }
        _ => {}
    }
}

/// Every commitment in the data.
fn commitments(value: &mut Value) -> Vec<Sealed> {
    let mut found = Vec::new();
    each_commitment(value, "", "", &mut |_, sealed| {
        found.push(sealed);
        None
    });
    found
}

/// How personal values stand on a paper that is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sight {
    /// As everybody may see them.
    Masked,
    /// In full: the caller has left a record of it, or keeps the bytes to itself.
    Full,
}

/// Puts values in the place of commitments. A value that was erased by law is said to be.
fn fill_in(value: &mut Value, values: &BTreeMap<Sealed, String>, sight: Sight) {
    each_commitment(value, "", "", &mut |field, sealed| {
        let shown = match (values.get(&sealed), sight) {
            (None, _) => "(dihapus)".to_owned(),
            (Some(value), Sight::Full) => printed(value),
            (Some(value), Sight::Masked) => PersonalField::ALL
                .iter()
                .find(|known| known.code() == field)
                .map_or_else(|| masked_name(value), |known| known.masked(value)),
        };
        Some(shown)
    });
}

/// A NIP is printed 8 6 1 3; anything else as it is.
fn printed(value: &str) -> String {
    let digits: String = value.chars().filter(|c| !c.is_whitespace()).collect();
    if digits.len() == 18 && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        format!(
            "{} {} {} {}",
            &digits[..8],
            &digits[8..14],
            &digits[14..15],
            &digits[15..]
        )
    } else {
        value.to_owned()
    }
}

fn data_of(paper: &Paper) -> Result<String, AppError> {
    serde_json::to_string(paper).map_err(|error| AppError::Paper(error.to_string()))
}

fn read(data: &str) -> Result<Value, AppError> {
    serde_json::from_str(data).map_err(|error| AppError::Paper(error.to_string()))
}

impl App {
    /// Reads an issued paper, with personal values masked: who needs them in full prints it.
    pub async fn copy_of_document(&self, document: &Document) -> Result<Rendered, AppError> {
        self.render_document(document, Sight::Masked).await
    }

    /// Reads a paper that is not issued - a preview, or one without a number - with personal values masked.
    pub async fn copy_of_paper(&self, paper: &Paper) -> Result<Rendered, AppError> {
        self.render_data(&data_of(paper)?, None, Sight::Masked).await
    }

    /// Prints an issued paper as it was issued, personal values in full, for a reason. The record of it is
    /// committed first.
    pub async fn print_document(
        &self,
        who: Who,
        key: Key,
        document: &Document,
        reason: &str,
    ) -> Result<Rendered, AppError> {
        let (number, record) = (&document.number, document.record);
        self.note_print(who, key, number, record, &document.data, reason)
            .await?;
        let mut rendered = self.render_document(document, Sight::Full).await?;
        rendered.pdf = self.document_bytes(document.id).await?;
        Ok(rendered)
    }

    /// Prints a paper that is not issued, personal values in full, for a reason: `name` is how it is called,
    /// `record` what it tells of. The record of it is committed first.
    pub async fn print_paper(
        &self,
        who: Who,
        key: Key,
        name: &str,
        record: StreamRef,
        paper: &Paper,
        reason: &str,
    ) -> Result<Rendered, AppError> {
        let data = data_of(paper)?;
        self.note_print(who, key, name, record, &data, reason).await?;
        self.render_data(&data, None, Sight::Full).await
    }

    /// Records that a paper is printed in full: whose values, which, how many.
    async fn note_print(
        &self,
        who: Who,
        key: Key,
        name: &str,
        record: StreamRef,
        data: &str,
        reason: &str,
    ) -> Result<(), AppError> {
        let context = self.context().await?;
        let mut value = read(data)?;
        let sealed: BTreeSet<Sealed> = commitments(&mut value).into_iter().collect();
        let known: Vec<Sealed> = sealed.iter().cloned().collect();
        let mut sight = flow::Sight {
            // Those that were erased by law are not seen.
            values: u32::try_from(self.store().personal(&known).await?.len()).unwrap_or(u32::MAX),
            about: Some(record),
            paper: Some(name.to_owned()),
            ..flow::Sight::default()
        };
        for person in context.people.all::<Person>() {
            for field in PersonalField::ALL {
                if field.of(person).is_some_and(|of| sealed.contains(of)) {
                    sight.people.insert(person.id);
                    sight.fields.insert(*field);
                }
            }
        }
        let envelope = self.envelope(who, key.without_time(), Act::PrintPersonal);
        let facts = context.facts(&context.people);
        let changes = flow::print_personal(facts, envelope, self.ids(), sight, reason)?;
        self.commit_access(changes).await
    }

    /// An issued paper with the mark that it was issued with.
    async fn render_document(&self, document: &Document, sight: Sight) -> Result<Rendered, AppError> {
        let mark = document.mark.as_ref().map(|mark| {
            let code = short_code(&document.data_hash);
            (mark.text.clone(), code)
        });
        self.render_data(&document.data, mark, sight).await
    }

    async fn render_data(
        &self,
        data: &str,
        mark: Option<(String, String)>,
        sight: Sight,
    ) -> Result<Rendered, AppError> {
        let mut value = read(data)?;
        let values = self.store().personal(&commitments(&mut value)).await?;
        fill_in(&mut value, &values, sight);
        let mut paper: Paper =
            serde_json::from_value(value).map_err(|error| AppError::Paper(error.to_string()))?;
        if let Some((text, code)) = mark {
            let sheet = paper.sheet_mut();
            sheet.mark = Some(text);
            sheet.check_code = Some(code);
        }
        paper.sheet_mut().masked = sight == Sight::Masked && !values.is_empty();
        // Setting a page is work for a processor, not for the threads that answer requests.
        tokio::task::spawn_blocking(move || rajut_pdf::render(&paper))
            .await
            .map_err(|error| AppError::Paper(error.to_string()))?
            .map_err(|error| AppError::Paper(error.to_string()))
    }

    /// Writes an issued paper and keeps its bytes. To do it again changes nothing: the same data give the same
    /// bytes, so a crash between issuing and freezing is mended by doing it again.
    pub async fn freeze(&self, id: DocumentId) -> Result<Hash, AppError> {
        let document: Document = self.find(id.0).await?;
        if let Some(bytes) = document.bytes {
            return Ok(bytes);
        }
        let rendered = self.render_document(&document, Sight::Full).await?;
        let context = self.context().await?;
        let limit = context.agency_file.limits.attachment;
        let chunk = futures_util::stream::iter([Ok::<_, std::io::Error>(rendered.pdf)]);
        let bytes = self.store().put_attachment(chunk, limit).await?;
        let signature = Some(self.sign_bytes(bytes).await?);
        let stream = StreamRef {
            kind: StreamKind::Document,
            id: id.0,
        };
        let mut records = context.records();
        self.load_into(&mut records, [stream]).await?;
        let envelope = self.envelope(Who::system(), Key::default(), Act::FreezeDocument);
        let facts = context.facts(&records);
        let changes = record(
            facts,
            envelope,
            self.ids(),
            Act::FreezeDocument,
            stream,
            DocumentEvent::Frozen { bytes, signature },
        )?;
        match self.commit(changes).await {
            Ok(_) | Err(AppError::Conflict { .. }) => Ok(bytes),
            Err(other) => Err(other),
        }
    }

    /// The bytes of an issued paper, as they were issued: personal values in full.
    pub(crate) async fn document_bytes(&self, id: DocumentId) -> Result<Vec<u8>, AppError> {
        let hash = self.freeze(id).await?;
        let attachment = self
            .store()
            .attachment(hash)
            .await?
            .ok_or_else(|| AppError::not_found("paper", format!("{id} ({hash})")))?;
        Ok(attachment.read().await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commitments_are_filled_in_and_erased_ones_named() {
        let kept = Sealed::commit([1; 16], "196402181987031007");
        let gone = Sealed::commit([2; 16], "x");
        let mut data = serde_json::json!({
            "nip": sealed(Some(&kept)), "people": [{"phone": sealed(Some(&gone))}], "reporter": "sealed:no",
        });
        assert_eq!(commitments(&mut data), [kept.clone(), gone]);
        fill_in(
            &mut data,
            &BTreeMap::from([(kept, "196402181987031007".to_owned())]),
            Sight::Full,
        );
        assert_eq!(
            data,
            serde_json::json!({
                "nip": "19640218 198703 1 007", "people": [{"phone": "(dihapus)"}], "reporter": "sealed:no",
            })
        );
    }

    #[test]
    fn a_copy_masks_each_value_in_its_own_way() {
        let values = [
            "196402181987031007",
            "0800-000-0028",
            "Jalan Contoh 1",
            "Contoh Pelapor",
        ];
        let seals: Vec<Sealed> = (1_u8..)
            .zip(values)
            .map(|(n, it)| Sealed::commit([n; 16], it))
            .collect();
        let known = seals.iter().cloned().zip(values.map(str::to_owned)).collect();
        let mut data = serde_json::json!({
            "nip": sealed(Some(&seals[0])), "phone": sealed(Some(&seals[1])), "address": sealed(Some(&seals[2])),
            "reporter": sealed(Some(&seals[3])), "met_name": sealed(Some(&seals[3])),
            "confirmation": {"name": sealed(Some(&seals[3]))},
        });
        fill_in(&mut data, &known, Sight::Masked);
        let shown = serde_json::json!({
            "nip": "19640218 ****** * ***", "phone": "***028", "address": "***",
            "reporter": "C*** P***", "met_name": "C*** P***", "confirmation": {"name": "C*** P***"},
        });
        assert_eq!(data, shown);
    }

    /// Everybody who may read the journal knows the commitments: free text that holds one stays text.
    #[test]
    fn free_text_opens_no_commitment() {
        let phone = Sealed::commit([1; 16], "0800-000-0028");
        let text = sealed(Some(&phone)).unwrap();
        let typed = serde_json::json!({
            "order": {"purpose": text, "basis": [text], "note": text},
            "sheet": {"letterhead": {"address": [text]}},
            "first": {"name": text, "post": text},
            "lines": [{"name": text, "symptom": text}],
        });
        let mut data = typed.clone();
        assert_eq!(commitments(&mut data), []);
        fill_in(
            &mut data,
            &BTreeMap::from([(phone.clone(), "0800-000-0028".to_owned())]),
            Sight::Full,
        );
        assert_eq!(data, typed);
        for place in ["second", "confirmation"] {
            let mut data = serde_json::json!({place: {"name": text, "post": text}});
            assert_eq!(commitments(&mut data), std::slice::from_ref(&phone), "{place}");
        }
    }
}
