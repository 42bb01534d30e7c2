//! `rajut user`: accounts - invite, close, open, forget a phone, sign out.

use clap::Subcommand;
use rajut_app::{AppError, Invitation};
use rajut_core::account::{Account, Login};
use rajut_core::id::{PersonId, PhoneId, TokenId};

use super::names::Names;
use super::output::Output;
use super::{Error, Exit, Session};

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Accounts, with their phones and tokens in force.
    List,
    /// Open an account, or help whoever forgot a password: prints the link by which a password is set.
    Invite {
        /// The person.
        person: String,
        /// The name to sign in with; for a new account.
        #[arg(long)]
        login: Option<Login>,
        /// Where the pages are, as browsers know it; the link begins with it.
        #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8080")]
        address: String,
    },
    /// Close an account for now; whatever is signed in is signed out.
    Close {
        /// The person.
        person: String,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// Open a closed account again.
    Open {
        /// The person.
        person: String,
    },
    /// Sign somebody out wherever they are signed in.
    SignOut {
        /// The person.
        person: String,
    },
    /// End the second factor of somebody who lost the authenticator.
    EndSecondFactor {
        /// The person.
        person: String,
    },
    /// Forget a phone that is lost; whatever is signed in there is signed out.
    ForgetPhone {
        /// The person.
        person: String,
        /// Id of the phone.
        phone: PhoneId,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// Take a program's token out of force.
    RevokeToken {
        /// The person.
        person: String,
        /// Id of the token.
        token: TokenId,
        /// Why.
        #[arg(long)]
        reason: String,
    },
}

pub(super) async fn run(verb: Verb, session: &Session, out: &Output) -> Result<Exit, Error> {
    let app = &session.app;
    let (who, key) = (session.who(), session.key());
    match verb {
        Verb::List => print(&app.accounts().await?, session, out).await,
        Verb::Invite {
            person,
            login,
            address,
        } => {
            let person = session.person(&person).await?;
            let invitation = app.invite(who?, key, person, login.as_ref()).await?;
            tell(&invitation, &address, session, out).await
        }
        Verb::Close { person, reason } => {
            let person = session.person(&person).await?;
            app.disable_account(who?, key, person, &reason).await?;
            one(person, session, out).await
        }
        Verb::Open { person } => {
            let person = session.person(&person).await?;
            app.enable_account(who?, key, person).await?;
            one(person, session, out).await
        }
        Verb::SignOut { person } => {
            let person = session.person(&person).await?;
            app.sign_out_everywhere(who?, key, person).await?;
            one(person, session, out).await
        }
        Verb::EndSecondFactor { person } => {
            let person = session.person(&person).await?;
            app.end_second_factor(who?, key, person, None).await?;
            one(person, session, out).await
        }
        Verb::ForgetPhone {
            person,
            phone,
            reason,
        } => {
            let person = session.person(&person).await?;
            app.revoke_phone(who?, key, person, phone, &reason).await?;
            one(person, session, out).await
        }
        Verb::RevokeToken {
            person,
            token,
            reason,
        } => {
            let person = session.person(&person).await?;
            app.revoke_token(who?, key, person, token, &reason).await?;
            one(person, session, out).await
        }
    }
}

/// The link, which is told once.
async fn tell(
    invitation: &Invitation,
    address: &str,
    session: &Session,
    out: &Output,
) -> Result<Exit, Error> {
    let names = Names::read(&session.app).await?;
    let link = format!("{}/undangan/{}", address.trim_end_matches('/'), invitation.token);
    let told = serde_json::json!({
        "person": invitation.person, "login": invitation.login, "link": link, "until": invitation.until,
    });
    let row = vec![
        names.person(invitation.person),
        invitation.login.to_string(),
        link,
        names.time(invitation.until),
    ];
    out.print(&told, &["name", "login", "link", "until"], vec![row]);
    Ok(Exit::Done)
}

async fn one(person: PersonId, session: &Session, out: &Output) -> Result<Exit, Error> {
    let account = session
        .app
        .account(person)
        .await?
        .ok_or_else(|| AppError::not_found("account", ""))?;
    print(&[account], session, out).await
}

async fn print(accounts: &[Account], session: &Session, out: &Output) -> Result<Exit, Error> {
    let names = Names::read(&session.app).await?;
    let now = session.app.now();
    let rows = accounts
        .iter()
        .map(|account| {
            let standing = match (&account.disabled, account.password_set_at) {
                (Some(_), _) => "closed",
                (None, None) => "invited",
                (None, Some(_)) => "in-use",
            };
            let phones: Vec<String> = account
                .phones
                .iter()
                .filter(|(_, phone)| phone.revoked.is_none())
                .map(|(id, phone)| format!("{} ({id})", phone.label))
                .collect();
            let tokens: Vec<String> = account
                .tokens
                .iter()
                .filter(|(_, token)| token.in_force(now))
                .map(|(id, token)| format!("{} ({id})", token.label))
                .collect();
            vec![
                account.login.to_string(),
                names.person(account.person),
                out.words.say(&format!("account-{standing}")),
                phones.join(", "),
                tokens.join(", "),
            ]
        })
        .collect();
    out.list(
        &accounts,
        None,
        &["login", "name", "standing", "phones", "tokens"],
        rows,
    );
    Ok(Exit::Done)
}
