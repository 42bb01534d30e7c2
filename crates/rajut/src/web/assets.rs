//! What pages load: styles, scripts, icons, embedded under hashed names that may be kept for ever.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::failure::Failure;

mod embedded {
    include!(concat!(env!("OUT_DIR"), "/frontend.rs"));
}

#[derive(Deserialize)]
struct Entry {
    file: String,
    #[serde(rename = "type")]
    media: String,
    gzip: Option<String>,
}

struct Asset {
    media: HeaderValue,
    plain: &'static [u8],
    gzip: Option<&'static [u8]>,
}

/// What is served.
struct Assets {
    /// By hashed name.
    files: BTreeMap<String, Asset>,
    /// Hashed names by plain name.
    names: BTreeMap<String, String>,
}

static ASSETS: LazyLock<Assets> = LazyLock::new(|| {
    let manifest = bytes("manifest.json").expect("the build refuses a front end without a manifest");
    let entries: BTreeMap<String, Entry> =
        serde_json::from_slice(manifest).expect("a test reads the embedded manifest");
    let mut assets = Assets {
        files: BTreeMap::new(),
        names: BTreeMap::new(),
    };
    for (name, entry) in entries {
        let asset = Asset {
            media: HeaderValue::from_str(&entry.media).expect("a test reads the embedded manifest"),
            plain: bytes(&entry.file).expect("a test reads the embedded manifest"),
            gzip: entry.gzip.as_deref().and_then(bytes),
        };
        assets.names.insert(name, entry.file.clone());
        assets.files.insert(entry.file, asset);
    }
    assets
});

fn bytes(file: &str) -> Option<&'static [u8]> {
    embedded::FILES
        .iter()
        .find(|(name, _)| *name == file)
        .map(|(_, bytes)| *bytes)
}

/// Where a page finds the file with this plain name (`app.css`).
pub fn address(name: &str) -> String {
    format!("/assets/{}", ASSETS.names.get(name).map_or(name, String::as_str))
}

/// `/assets/{file}`.
pub async fn serve(Path(file): Path<String>, headers: HeaderMap) -> Result<Response, Failure> {
    let asset = ASSETS
        .files
        .get(&file)
        .ok_or_else(|| Failure::of(StatusCode::NOT_FOUND))?;
    let takes_gzip = headers
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|coding| {
            coding.trim() == "gzip" || coding.trim().starts_with("gzip;") && !coding.contains("q=0")
        });
    let mut response = match asset.gzip.filter(|_| takes_gzip) {
        Some(packed) => ([(header::CONTENT_ENCODING, "gzip")], packed).into_response(),
        None => asset.plain.into_response(),
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, asset.media.clone());
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    // The name holds the hash of the bytes: they never change under it.
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=31536000, immutable"),
    );
    Ok(response)
}

/// `/sw.js`: the worker of the visit's pages. It begins with what it keeps, so that any change of a file makes it
/// another worker; it stands at the root because from there it may answer for every address.
pub async fn worker() -> Result<Response, Failure> {
    let script = ASSETS
        .names
        .get("sw.js")
        .and_then(|file| ASSETS.files.get(file))
        .ok_or_else(|| Failure::internal("the front end has no worker"))?;
    let of_page = [
        "early.js",
        "app.css",
        "app.js",
        "field.js",
        "icons.svg",
        "app-icon.svg",
    ];
    // And the pictures of the style sheet, such as the tick in a box.
    let kept: Vec<String> = ASSETS
        .names
        .keys()
        .filter(|name| of_page.contains(&name.as_str()) || name.starts_with("pic-"))
        .map(|name| address(name))
        .collect();
    let kept = serde_json::to_string(&kept).map_err(Failure::internal)?;
    let mut body = format!("self.kept={kept};\n").into_bytes();
    body.extend_from_slice(script.plain);
    let headers = [
        (header::CONTENT_TYPE, script.media.clone()),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ];
    Ok((headers, body).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_manifest_is_whole() {
        for name in ["app.css", "app.js", "early.js", "field.js", "icons.svg", "sw.js"] {
            assert!(ASSETS.names.contains_key(name), "{name}");
        }
        for (file, asset) in &ASSETS.files {
            assert!(!asset.plain.is_empty(), "{file}");
        }
    }
}
