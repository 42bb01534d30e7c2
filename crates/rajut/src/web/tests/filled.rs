//! A form as a browser would send it when nobody touches anything: what the page has filled in.

use super::world::{Answer, Browser};

/// The value of an attribute of a tag.
fn attribute<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    rest.split_once('"').map(|(value, _)| value)
}

fn unescaped(text: &str) -> String {
    text.replace("&#60;", "<")
        .replace("&#62;", ">")
        .replace("&#34;", "\"")
        .replace("&#39;", "'")
        .replace("&#38;", "&")
}

/// The fields of the form that posts to an address, with the values that the page gives them.
pub fn filled(answer: &Answer, action: &str) -> Vec<(String, String)> {
    let text = answer.text();
    let begin = format!("method=\"post\" action=\"{action}\"");
    let (_, rest) = text
        .split_once(&begin)
        .unwrap_or_else(|| panic!("the page has no form for {action}"));
    let (form, _) = rest.split_once("</form>").expect("a form ends");
    let mut fields = Vec::new();
    let (mut select, mut chosen): (Option<String>, Option<String>) = (None, None);
    for part in form.split('<').skip(1) {
        let (tag, after) = part.split_once('>').unwrap_or((part, ""));
        let name = || attribute(tag, "name").map(str::to_owned);
        if tag.starts_with("input") {
            let kind = attribute(tag, "type").unwrap_or("text");
            let on = !["checkbox", "radio"].contains(&kind) || tag.ends_with(" checked");
            if let Some(name) = name().filter(|_| on) {
                fields.push((name, unescaped(attribute(tag, "value").unwrap_or_default())));
            }
        } else if tag.starts_with("textarea") {
            fields.extend(name().map(|name| (name, unescaped(after))));
        } else if tag.starts_with("select") {
            select = name();
            chosen = None;
        } else if tag.starts_with("option") {
            let value = attribute(tag, "value").unwrap_or_default();
            if chosen.is_none() || tag.ends_with(" selected") {
                chosen = Some(unescaped(value));
            }
        } else if tag.starts_with("/select") {
            fields.extend(select.take().zip(chosen.take()));
        }
    }
    fields
}

/// Sets a field of a form; one that is not there is added, as a ticked box is.
pub fn set(fields: &mut Vec<(String, String)>, name: &str, value: &str) {
    match fields.iter_mut().find(|(known, _)| known == name) {
        Some(field) => value.clone_into(&mut field.1),
        None => fields.push((name.to_owned(), value.to_owned())),
    }
}

/// Sends a form.
pub async fn send(browser: &mut Browser, action: &str, fields: &[(String, String)]) -> Answer {
    let fields: Vec<(&str, String)> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.clone()))
        .collect();
    browser.post(action, &fields).await
}
