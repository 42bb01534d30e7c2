//! What a browser holds: the token of its session, or before signing in a name of its own, and the token that every
//! form bears.
//!
//! Nothing of it is kept in this program: sessions are in the store, so that several programs on one database know
//! them, and a form's token follows from the cookie by itself.

use axum::http::{HeaderMap, header};
use hmac::{Hmac, KeyInit as _, Mac};
use sha2::Sha256;

/// The cookie of somebody who has signed in.
pub const SESSION: &str = "rajut-session";
/// The cookie of a browser in which nobody has.
pub const VISIT: &str = "rajut-visit";
/// The cookie with what a remembered phone holds for each of its people.
pub const PHONES: &str = "rajut-phones";
/// How long a remembered phone is remembered: 400 days, the longest that browsers keep a cookie.
const PHONE_SECONDS: u32 = 400 * 24 * 60 * 60;

/// What the browser holds: 64 hexadecimal digits that nobody can guess.
#[derive(Clone, PartialEq, Eq)]
pub struct Ticket(String);

impl std::fmt::Debug for Ticket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ticket(..)")
    }
}

impl Ticket {
    /// A new one from fresh random bytes.
    pub fn fresh(random: [u8; 32]) -> Self {
        Self(hex::encode(random))
    }

    /// The one that a cookie holds.
    pub fn of(headers: &HeaderMap, name: &str) -> Option<Self> {
        let text = cookie(headers, name)?;
        let hexadecimal = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        (text.len() == 64 && text.bytes().all(hexadecimal)).then(|| Self(text.to_owned()))
    }

    /// As the cookie holds it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn mac(&self) -> Hmac<Sha256> {
        let mut mac = Hmac::new_from_slice(self.0.as_bytes()).expect("HMAC takes a key of any length");
        mac.update(b"rajut-form/1");
        mac
    }

    /// The token that every form bears: whoever cannot read the cookie cannot make it, and it does not tell the
    /// cookie.
    pub fn form_token(&self) -> String {
        hex::encode(self.mac().finalize().into_bytes())
    }

    /// Whether a form's token belongs to this cookie; compared in constant time.
    pub fn is_form_token(&self, token: &str) -> bool {
        hex::decode(token).is_ok_and(|bytes| self.mac().verify_slice(&bytes).is_ok())
    }
}

/// A `Set-Cookie` of this program.
pub fn set_cookie(name: &str, value: &str, secure: bool) -> String {
    let age = match name {
        PHONES => format!("; Max-Age={PHONE_SECONDS}"),
        _ => String::new(),
    };
    let secure = if secure { "; Secure" } else { "" };
    // Lax: a link in a message opens signed in; a form from elsewhere is refused by its origin and its token.
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{age}{secure}")
}

/// A `Set-Cookie` that takes a cookie away.
pub fn no_cookie(name: &str) -> String {
    format!("{name}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0")
}

/// The value of a cookie.
pub fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_holds_a_ticket_or_nothing() {
        let headers = |value: &str| HeaderMap::from_iter([(header::COOKIE, value.parse().unwrap())]);
        let ticket = Ticket::fresh([7; 32]);
        let value = format!("a=b; {SESSION}={}", ticket.as_str());
        assert_eq!(Ticket::of(&headers(&value), SESSION), Some(ticket.clone()));
        assert_eq!(Ticket::of(&headers(&value), VISIT), None);
        for bad in ["", "x", &ticket.as_str().to_uppercase().replace('0', "A")] {
            assert_eq!(Ticket::of(&headers(&format!("{SESSION}={bad}")), SESSION), None);
        }
        assert!(!format!("{ticket:?}").contains("0707"));
    }

    #[test]
    fn a_form_token_is_of_one_ticket_and_does_not_tell_it() {
        let (a, b) = (Ticket::fresh([7; 32]), Ticket::fresh([8; 32]));
        assert!(a.is_form_token(&a.form_token()));
        assert!(!b.is_form_token(&a.form_token()));
        assert!(!a.is_form_token("") && !a.is_form_token(a.as_str()));
        assert_ne!(a.form_token(), a.as_str());
    }
}
