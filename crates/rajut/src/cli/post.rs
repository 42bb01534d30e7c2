//! `rajut post`: list, add.

use clap::Subcommand;
use rajut_app::AppError;
use rajut_core::act::{Act, Unfit, UnfitCode};
use rajut_core::people::{Post, Role};
use rajut_core::register::Edit;
use rajut_core::stream::{State, StreamKind};

use super::output::{Output, code};
use super::{Error, Exit, Session};

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// The posts and who holds them.
    List,
    /// Add a post.
    Add {
        /// A short code, unique.
        code: String,
        /// Its title.
        #[arg(long)]
        title: String,
        /// `agency_head`, `division_head`, `section_head`, technician, `service_officer`, clerk, `office_user`, auditor or
        /// admin.
        #[arg(long)]
        role: String,
        /// The unit.
        #[arg(long, default_value = "")]
        unit: String,
        /// Code of the post above it.
        #[arg(long)]
        superior: Option<String>,
        /// Code of the office for which it speaks.
        #[arg(long)]
        office: Option<String>,
    },
}

pub(super) async fn run(verb: Verb, session: &Session, out: &Output) -> Result<Exit, Error> {
    let app = &session.app;
    if let Verb::Add {
        code,
        title,
        role,
        unit,
        superior,
        office,
    } = verb
    {
        let context = app.context().await?;
        if context.post(&code).is_ok() {
            return Err(AppError::invalid(
                "code",
                Unfit::from(UnfitCode::Taken).with("value", code),
            ));
        }
        let role = Role::from_code(&role).ok_or_else(|| {
            let all: Vec<&str> = Role::ALL.iter().map(|role| role.code()).collect();
            let why = Unfit::from(UnfitCode::NotOneOf).with("value", &role);
            AppError::invalid("--role", why.with("allowed", all.join(", ")))
        })?;
        let superior = match superior {
            Some(code) => Some(context.post(&code)?.id),
            None => None,
        };
        let office = match office {
            Some(code) => match app
                .store()
                .by_code(StreamKind::Office, &code)
                .await?
                .map(|(_, it)| it.state)
            {
                Some(State::Office(office)) => Some(office.id),
                _ => return Err(AppError::not_found("office", code)),
            },
            None => None,
        };
        let after = Post {
            id: app.ids().fresh(),
            code,
            title,
            unit,
            superior,
            role,
            office,
            former: Vec::new(),
        };
        let who = session.who_sets_up().await?;
        app.edit_posts(who, Act::EditPeople, vec![Edit { before: None, after }])
            .await?;
    }
    let context = app.context().await?;
    let day = session.day().await?;
    let posts: Vec<&Post> = context.people.all::<Post>().collect();
    let rows = posts
        .iter()
        .map(|post| {
            let above = post.superior.and_then(|id| context.people.find::<Post>(id.0));
            vec![
                post.code.clone(),
                post.title.clone(),
                out.word("role", &code(&post.role)),
                above.map(|post| post.code.clone()).unwrap_or_default(),
                context
                    .holder(&post.code, day)
                    .map(rajut_core::people::Person::full_name)
                    .unwrap_or_default(),
            ]
        })
        .collect();
    out.list(
        &posts,
        None,
        &["code", "title", "role", "superior", "holder"],
        rows,
    );
    Ok(Exit::Done)
}
