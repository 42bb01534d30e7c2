//! Who sits at the browser: a signed cookie that names a session, and tokens bound to it.
//!
//! Until people have accounts there is one kind of session: somebody who tries the demo and has chosen one of the
//! sample people. It lives in memory and ends with the program, as does the key that signs it.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use axum::http::{HeaderMap, header};
use hmac::{Hmac, KeyInit as _, Mac};
use rajut_core::id::PersonId;
use sha2::Sha256;

/// The name of the cookie.
const COOKIE: &str = "rajut-session";
/// So many sessions are kept; the oldest goes when another one comes.
const MOST: usize = 10_000;

/// A session that this program has given out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket(String);

/// The sessions of this start of the program.
pub struct Sessions {
    key: [u8; 32],
    acting: Mutex<Acting>,
}

#[derive(Default)]
struct Acting {
    last: u64,
    people: BTreeMap<String, (u64, PersonId)>,
}

impl Sessions {
    /// No session yet; `key` is random.
    pub fn new(key: [u8; 32]) -> Self {
        Self { key, acting: Mutex::default() }
    }

    fn mac(&self, purpose: &str, id: &str) -> Hmac<Sha256> {
        let mut mac = Hmac::new_from_slice(&self.key).expect("HMAC takes a key of any length");
        mac.update(purpose.as_bytes());
        mac.update(b"\n");
        mac.update(id.as_bytes());
        mac
    }

    fn sign(&self, purpose: &str, id: &str) -> String {
        hex::encode(self.mac(purpose, id).finalize().into_bytes())
    }

    fn signed(&self, purpose: &str, id: &str, signature: &str) -> bool {
        // Compared in constant time.
        hex::decode(signature).is_ok_and(|bytes| self.mac(purpose, id).verify_slice(&bytes).is_ok())
    }

    /// A new session from fresh random bytes.
    pub fn begin(random: [u8; 32]) -> Ticket {
        Ticket(hex::encode(random))
    }

    /// The session that a request names, if it is one of ours.
    pub fn of(&self, headers: &HeaderMap) -> Option<Ticket> {
        let (id, signature) = cookie(headers, COOKIE)?.split_once('.')?;
        self.signed("session", id, signature).then(|| Ticket(id.to_owned()))
    }

    /// The value of `Set-Cookie` for a session.
    pub fn set_cookie(&self, ticket: &Ticket) -> String {
        let signature = self.sign("session", &ticket.0);
        format!("{COOKIE}={}.{signature}; Path=/; HttpOnly; SameSite=Strict", ticket.0)
    }

    /// The token that every form of this session carries.
    pub fn token(&self, ticket: &Ticket) -> String {
        self.sign("form", &ticket.0)
    }

    /// Whether a token is the session's.
    pub fn token_is_of(&self, ticket: &Ticket, token: &str) -> bool {
        self.signed("form", &ticket.0, token)
    }

    /// On whose behalf a session acts.
    pub fn person(&self, ticket: &Ticket) -> Option<PersonId> {
        let acting = self.acting.lock().unwrap_or_else(PoisonError::into_inner);
        acting.people.get(&ticket.0).map(|(_, person)| *person)
    }

    /// Ends a session and begins one that acts for `person`: a name known before is worth nothing afterwards.
    pub fn act_as(&self, before: &Ticket, random: [u8; 32], person: PersonId) -> Ticket {
        let ticket = Self::begin(random);
        let mut acting = self.acting.lock().unwrap_or_else(PoisonError::into_inner);
        acting.people.remove(&before.0);
        if acting.people.len() >= MOST {
            let oldest = acting.people.iter().min_by_key(|(_, (order, _))| *order).map(|(id, _)| id.clone());
            oldest.map(|id| acting.people.remove(&id));
        }
        acting.last += 1;
        let order = acting.last;
        acting.people.insert(ticket.0.clone(), (order, person));
        ticket
    }
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

    fn headers(value: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::COOKIE, value.parse().unwrap())])
    }

    fn sent_back(sessions: &Sessions, ticket: &Ticket) -> String {
        sessions.set_cookie(ticket).split(';').next().unwrap().to_owned()
    }

    #[test]
    fn only_our_own_sessions_are_known() {
        let ours = Sessions::new([1; 32]);
        let ticket = Sessions::begin([7; 32]);
        let value = sent_back(&ours, &ticket);
        assert_eq!(ours.of(&headers(&format!("a=b; {value}"))), Some(ticket.clone()));
        assert_eq!(Sessions::new([2; 32]).of(&headers(&value)), None, "another start of the program");
        assert_eq!(ours.of(&headers(&value.replace("0707", "0708"))), None, "another session");
        assert_eq!(ours.of(&headers(&format!("{COOKIE}={}", ticket.0))), None, "without a signature");
        assert_eq!(ours.of(&headers(&format!("{COOKIE}={}.", ticket.0))), None, "with an empty one");
    }

    #[test]
    fn a_token_is_of_one_session() {
        let sessions = Sessions::new([1; 32]);
        let (a, b) = (Sessions::begin([7; 32]), Sessions::begin([8; 32]));
        assert!(sessions.token_is_of(&a, &sessions.token(&a)));
        assert!(!sessions.token_is_of(&b, &sessions.token(&a)));
        assert!(!sessions.token_is_of(&a, ""));
        let signature = sent_back(&sessions, &a).rsplit_once('.').unwrap().1.to_owned();
        assert!(!sessions.token_is_of(&a, &signature), "the cookie's signature is no token");
    }

    #[test]
    fn choosing_a_person_changes_the_session_and_the_oldest_goes() {
        let sessions = Sessions::new([1; 32]);
        let person = PersonId(uuid::Uuid::from_u128(1));
        let before = Sessions::begin([0; 32]);
        let first = sessions.act_as(&before, [1; 32], person);
        assert_ne!(before, first);
        assert_eq!((sessions.person(&before), sessions.person(&first)), (None, Some(person)));
        let mut last = first.clone();
        for n in 0..u32::try_from(MOST).unwrap() {
            let mut random = [9; 32];
            random[..4].copy_from_slice(&n.to_be_bytes());
            last = sessions.act_as(&before, random, person);
        }
        assert_eq!((sessions.person(&first), sessions.person(&last)), (None, Some(person)));
    }
}
