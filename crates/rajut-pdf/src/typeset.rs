//! Drives the Typst compiler: template and data in, PDF and plain text out.

use typst::diag::SourceDiagnostic;
use typst::foundations::{Bytes, Smart};
use typst::{World, WorldExt, comemo};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

use crate::world::PaperWorld;
use crate::{PaperError, plain};

/// How many renders an unused result of the compiler's cache survives. Templates are used by each and stay; what
/// belongs to one paper goes. Larger values keep more memory and win nothing, since papers differ.
const CACHE_AGE: usize = 4;

/// A set paper.
pub struct Typeset {
    pub pdf: Vec<u8>,
    pub pages: usize,
    pub text: String,
}

/// Sets `template` with `data`.
pub fn typeset(
    template: &'static str,
    data: Vec<u8>,
    emblem: Option<Bytes>,
    mark: Option<Bytes>,
) -> Result<Typeset, PaperError> {
    let world = PaperWorld::new(template, data, emblem, mark);
    let result = set(&world, template);
    comemo::evict(CACHE_AGE);
    result
}

fn set(world: &PaperWorld, template: &str) -> Result<Typeset, PaperError> {
    let document: PagedDocument = typst::compile(world)
        .output
        .map_err(|errors| template_error(world, template, &errors))?;
    let conformance = |message: String| PaperError::Conformance {
        template: template.to_owned(),
        message,
    };
    let standards =
        PdfStandards::new(&[PdfStandard::A_2a]).map_err(|error| conformance(error.message().to_string()))?;
    let options = PdfOptions {
        // The document identifier is derived from title and author, which the data decides.
        ident: Smart::Auto,
        creator: Smart::Custom(Some("Rajut".into())),
        standards,
        ..PdfOptions::default()
    };
    let pdf = typst_pdf::pdf(&document, &options)
        .map_err(|errors| conformance(errors.iter().map(message_of).collect::<Vec<_>>().join("; ")))?;
    Ok(Typeset {
        pdf,
        pages: document.pages().len(),
        text: plain::text(&document),
    })
}

/// The first error, with its place.
fn template_error(world: &PaperWorld, main: &str, errors: &[SourceDiagnostic]) -> PaperError {
    let unplaced = |message| PaperError::Template {
        template: main.to_owned(),
        line: 0,
        column: 0,
        message,
    };
    let Some(error) = errors.first() else {
        return unplaced("the compiler failed without a message".to_owned());
    };
    let message = message_of(error);
    let place = error.span.id().and_then(|id| {
        let source = world.source(id).ok()?;
        let start = world.range(error.span)?.start;
        let (line, column) = source.lines().byte_to_line_column(start)?;
        Some((id.vpath().get_without_slash().to_owned(), line + 1, column + 1))
    });
    match place {
        Some((template, line, column)) => PaperError::Template {
            template,
            line,
            column,
            message,
        },
        None => unplaced(message),
    }
}

fn message_of(error: &SourceDiagnostic) -> String {
    let mut message = error.message.to_string();
    for hint in &error.hints {
        message.push_str(" (");
        message.push_str(&hint.v);
        message.push(')');
    }
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(text: &str) -> PaperError {
        set(&PaperWorld::with_text("order.typ", text), "order.typ")
            .err()
            .expect("the template is faulty")
    }

    #[test]
    fn an_error_names_template_line_and_column() {
        let PaperError::Template {
            template,
            line,
            column,
            message,
        } = failure("satu\n\ndua #tiga()")
        else {
            panic!("an unknown name is the template's fault");
        };
        assert_eq!((template.as_str(), line, column), ("order.typ", 3, 6));
        assert!(message.contains("tiga"), "{message}");
    }

    #[test]
    fn an_error_in_a_shared_template_names_that_one() {
        let error = failure("#import \"words.typ\": *\n#tanggal(3)");
        assert!(
            matches!(&error, PaperError::Template { template, .. } if template == "words.typ"),
            "{error}"
        );
    }

    #[test]
    fn a_file_outside_the_world_is_not_there() {
        for text in [
            "#read(\"/etc/passwd\")",
            "#import \"@preview/cetz:0.3.0\": *",
            "#datetime.today()",
        ] {
            assert!(
                matches!(failure(text), PaperError::Template { line: 1, .. }),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_not_an_archival_file_is_refused() {
        // PDF/A needs to know what every glyph means; a private-use character means nothing.
        let error = failure("#set document(title: \"x\")\n\u{e000}");
        assert!(matches!(error, PaperError::Conformance { .. }), "{error}");
    }
}
