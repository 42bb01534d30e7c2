//! What stands around every page: title bar, navigation, who one is, language and theme.

use rajut_app::AppError;
use rajut_core::id::ActId;

use super::pages::admin::{ADMINISTRATORS, JOURNAL_READERS};
use super::visitor::Visitor;
use super::{Mode, Web, assets, say};
use crate::words::{Language, Words};

/// The person on whose behalf pages are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Me {
    /// Full name.
    pub name: String,
    /// Titles of the posts held.
    pub posts: String,
}

/// What stands around a page.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one thing that the layout asks"
)]
pub struct Frame {
    words: &'static Words,
    /// Whether this is the demo.
    pub demo: bool,
    /// Who one is.
    pub me: Option<Me>,
    /// Whether the page asks for itself again when something has happened.
    pub live: bool,
    /// Whether it is somebody of a served office, who has pages of their own.
    pub office: bool,
    /// Whether there is an authority of our own to be trusted.
    pub certificate: bool,
    /// Whether it is an administrator.
    pub admin: bool,
    /// Whether it is somebody who reads the journal.
    pub auditor: bool,
    /// Whether an act of authority asks for the PIN of the phone.
    pub pin: bool,
    /// The token for forms.
    pub token: String,
    /// The path, for links to itself.
    pub path: String,
}

impl Frame {
    /// The frame for a visitor, without asking the database.
    pub fn plain(web: &Web, visitor: &Visitor) -> Self {
        Self {
            words: visitor.words(),
            demo: web.mode == Mode::Demo,
            me: None,
            live: visitor.session.is_some() && LIVE.iter().any(|place| is_in(&visitor.path, place)),
            office: false,
            certificate: web
                .reach
                .https
                .as_ref()
                .is_some_and(|https| https.trust.is_some()),
            admin: false,
            auditor: false,
            pin: visitor
                .session
                .as_ref()
                .is_some_and(|session| session.phone.is_some()),
            token: visitor.token.clone(),
            path: visitor.path.clone(),
        }
    }

    /// The frame for a visitor.
    pub async fn of(web: &Web, visitor: &Visitor) -> Result<Self, AppError> {
        let mut frame = Self::plain(web, visitor);
        if let Some(id) = visitor.person {
            let context = web.app.context().await?;
            let duty = web.duty(&context);
            let posts: Vec<&str> = duty
                .roster()
                .posts_of(id, web.today(&context))
                .iter()
                .map(|(post, _)| post.title.as_str())
                .collect();
            frame.office = !duty.is_staff(id) && !duty.offices_of(id).is_empty();
            frame.admin = duty.has_role(id, ADMINISTRATORS);
            frame.auditor = duty.has_role(id, JOURNAL_READERS);
            frame.live &= !frame.office;
            frame.me = Some(Me {
                name: context.person(id)?.full_name(),
                posts: posts.join(", "),
            });
        }
        Ok(frame)
    }

    /// The words.
    pub fn words(&self) -> &'static Words {
        self.words
    }

    /// The sentence of a key.
    pub fn t(&self, key: &str) -> String {
        self.words.say(key)
    }

    /// The sentence of a key about one thing, `$what`.
    pub fn about(&self, key: &str, what: &str) -> String {
        say(self.words, key, &[("what", what.into())])
    }

    /// The sentence of a key about so many things, `$count`.
    pub fn many(&self, key: &str, count: usize) -> String {
        say(self.words, key, &[("count", count.into())])
    }

    /// Code of the language.
    pub fn language(&self) -> &'static str {
        self.words.language().code()
    }

    /// Whether pages are in English.
    pub fn english(&self) -> bool {
        self.words.language() == Language::English
    }

    /// Where an asset is.
    #[allow(clippy::unused_self, reason = "templates call methods of the frame")]
    pub fn asset(&self, name: &str) -> String {
        assets::address(name)
    }

    /// Where an icon is.
    #[allow(clippy::unused_self, reason = "templates call methods of the frame")]
    pub fn icon(&self, name: &str) -> String {
        format!("{}#{name}", assets::address("icons.svg"))
    }

    /// The places of the navigation: address, and key of the word.
    pub fn places(&self) -> Vec<(&'static str, &'static str)> {
        if self.office {
            return vec![("/", "web-nav-home"), ("/kantor/pengaduan", "web-nav-complaints")];
        }
        let mut places = vec![
            ("/", "web-nav-home"),
            ("/pelaksanaan", "web-nav-runs"),
            ("/status", "web-nav-status"),
            ("/pengaduan", "web-nav-complaints"),
            ("/lokasi", "web-nav-sites"),
            ("/orang", "web-nav-people"),
        ];
        if self.admin {
            places.push(("/pengelolaan", "web-nav-admin"));
        } else if self.auditor {
            places.push(("/pengelolaan/jurnal", "web-journal"));
        }
        places
    }

    /// Whether a place of the navigation is the one shown.
    pub fn here(&self, place: &str) -> bool {
        is_in(&self.path, place)
    }
}

/// Pages that show what is true now; forms stand on pages of their own or are left alone while somebody types.
const LIVE: &[&str] = &["/", "/pelaksanaan", "/status", "/pengaduan"];

fn is_in(path: &str, place: &str) -> bool {
    path == place || (place != "/" && path.starts_with(&format!("{place}/")))
}

/// A fresh key for a form: however often it is sent, it is one act.
pub fn form_key(web: &Web) -> ActId {
    web.app.ids().fresh()
}
