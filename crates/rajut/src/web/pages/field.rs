//! The page of a visit: the same for everybody, so that a phone can keep it. Who asks and what there is to do comes from
//! the phone's own store, and from the API when there is a network.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};

use super::{Page, rendered};
use crate::web::failure::Failure;
use crate::web::frame::Frame;
use crate::web::visitor::Visitor;
use crate::web::{Web, assets};

/// The keys of the words that the script says; it asks for no others.
const WORDS: &str = include_str!("field.words");

/// The page.
#[derive(Template)]
#[template(path = "field.html")]
struct FieldPage {
    frame: Frame,
    /// The words of the script, as JSON.
    words: String,
}

/// `/lapangan`, and `/lapangan/{target}`: one page, which reads the address itself.
pub async fn show(State(web): State<Arc<Web>>, visitor: Visitor) -> Page {
    let words = visitor.words();
    let said: BTreeMap<&str, String> = keys()
        .map(|key| (key, words.say(&format!("web-field-{key}"))))
        .collect();
    // Inside a page `<` could end the block.
    let words = serde_json::to_string(&said)
        .map_err(Failure::internal)?
        .replace('<', "\\u003c");
    rendered(&FieldPage {
        frame: Frame::plain(&web, &visitor),
        words,
    })
}

fn keys() -> impl Iterator<Item = &'static str> {
    WORDS.lines().map(str::trim).filter(|line| !line.is_empty())
}

/// `/rajut.webmanifest`: lets a phone put the visits beside its other programs.
pub async fn manifest() -> Response {
    let manifest = serde_json::json!({
        "name": "Rajut", "short_name": "Rajut", "id": "/lapangan", "start_url": "/lapangan", "scope": "/",
        "display": "standalone", "background_color": "#ffffff", "theme_color": "#066fd1",
        "icons": [{ "src": assets::address("app-icon.svg"), "sizes": "any", "type": "image/svg+xml" }],
    });
    let kind = [(header::CONTENT_TYPE, "application/manifest+json")];
    (kind, manifest.to_string()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::{Language, Words};

    #[test]
    fn the_script_has_its_words_in_both_languages() {
        for language in [Language::Indonesian, Language::English] {
            for key in keys() {
                let key = format!("web-field-{key}");
                assert_ne!(Words::shared(language).say(&key), key, "{language:?}");
            }
        }
        assert!(keys().count() > 50);
    }
}
