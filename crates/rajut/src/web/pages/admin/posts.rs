//! The posts of the agency: what they are called, what stands above them, which lanes of a procedure they fill.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use rajut_core::id::{ActId, PostId};
use rajut_core::people::{Post, Role};
use serde::Deserialize;

use crate::web::failure::Failure;
use crate::web::form::Asked;
use crate::web::frame::{Frame, form_key};
use crate::web::pages::complaints::Choice;
use crate::web::pages::{Page, rendered};
use crate::web::visitor::Visitor;
use crate::web::{Web, say};
use crate::words::Words;

struct PostLine {
    id: PostId,
    title: String,
    unit: String,
    code: String,
    role: String,
    holder: String,
    href: String,
    lanes: String,
    superiors: Vec<Choice>,
    key: ActId,
}

#[derive(Template)]
#[template(path = "admin_posts.html")]
struct PostsPage {
    frame: Frame,
    news: bool,
    lines: Vec<PostLine>,
    /// Lanes whose post is not there.
    lost: Vec<String>,
    roles: Vec<(&'static str, String)>,
    superiors: Vec<Choice>,
    key: ActId,
}

fn role_name(words: &Words, role: Role) -> String {
    let code = role.code();
    words.word("role", code).unwrap_or_else(|| code.to_owned())
}

/// What came of the form before.
#[derive(Deserialize, Default)]
pub struct News {
    #[serde(default)]
    kabar: String,
}

/// `/pengelolaan/jabatan`.
pub async fn list(State(web): State<Arc<Web>>, visitor: Visitor, Query(news): Query<News>) -> Page {
    let frame = Frame::of(&web, &visitor).await?;
    let words = frame.words();
    let context = web.app.context().await?;
    let (duty, today) = (web.duty(&context), web.today(&context));
    let mut posts: Vec<&Post> = context
        .people
        .all::<Post>()
        .filter(|post| post.role != Role::OfficeUser)
        .collect();
    let rank = |post: &Post| Role::ALL.iter().position(|role| *role == post.role);
    posts.sort_by(|a, b| (rank(a), &a.code).cmp(&(rank(b), &b.code)));
    // Code of a post -> the lanes that it fills, by the names of the papers.
    let mut filled: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (procedure, bound) in &context.agency_file.lanes {
        let version = context.procedure_on(procedure, today).ok();
        let parsed = version.and_then(|version| context.procedures.get(&version));
        for (lane, post) in bound {
            let label = parsed
                .and_then(|it| it.lanes.iter().find(|known| known.id == *lane))
                .map_or_else(|| lane.to_string(), |known| known.label.clone());
            let title = parsed.map_or_else(|| procedure.to_string(), |it| it.identity.title.clone());
            filled.entry(post).or_default().push(format!("{label} ({title})"));
        }
    }
    let superiors = |chosen: Option<PostId>, not: Option<PostId>| -> Vec<Choice> {
        posts
            .iter()
            .filter(|post| Some(post.id) != not)
            .map(|post| (post.id.to_string(), post.title.clone(), Some(post.id) == chosen))
            .collect()
    };
    let lines = posts
        .iter()
        .map(|post| {
            let holder = duty.holder(post.id);
            PostLine {
                id: post.id,
                title: post.title.clone(),
                unit: post.unit.clone(),
                code: post.code.clone(),
                role: role_name(words, post.role),
                href: holder
                    .as_ref()
                    .map(|(id, _)| format!("/orang/{id}"))
                    .unwrap_or_default(),
                holder: holder.map_or_else(|| words.say("web-post-vacant"), |(_, name)| name),
                lanes: filled
                    .get(post.code.as_str())
                    .map(|it| it.join("; "))
                    .unwrap_or_default(),
                superiors: superiors(post.superior, Some(post.id)),
                key: form_key(&web),
            }
        })
        .collect();
    let lost = filled
        .iter()
        .filter(|(code, _)| context.post(code).is_err())
        .map(|(code, of)| {
            let args = [("what", of.join("; ").into()), ("code", (*code).into())];
            say(words, "web-post-lost", &args)
        })
        .collect();
    rendered(&PostsPage {
        news: !news.kabar.is_empty(),
        lines,
        lost,
        roles: Role::ALL
            .into_iter()
            .filter(|role| *role != Role::OfficeUser)
            .map(|role| (role.code(), role_name(words, role)))
            .collect(),
        superiors: superiors(None, None),
        key: form_key(&web),
        frame,
    })
}

/// A new post.
#[derive(Deserialize)]
pub struct NewPost {
    code: String,
    title: String,
    unit: String,
    role: String,
    superior: String,
}

fn superior(text: &str) -> Result<Option<PostId>, Failure> {
    match text {
        "" => Ok(None),
        id => Ok(Some(
            id.parse().map_err(|_| Failure::of(StatusCode::BAD_REQUEST))?,
        )),
    }
}

fn done() -> Response {
    Redirect::to("/pengelolaan/jabatan?kabar=1").into_response()
}

/// Adds a post.
pub async fn add(State(web): State<Arc<Web>>, form: Asked<NewPost>) -> Result<Response, Failure> {
    let fields = &form.fields;
    let role = Role::from_code(&fields.role).filter(|role| *role != Role::OfficeUser);
    let post = Post {
        id: web.app.ids().fresh(),
        code: fields.code.trim().to_owned(),
        title: fields.title.clone(),
        unit: fields.unit.clone(),
        superior: superior(&fields.superior)?,
        role: role.ok_or_else(|| Failure::of(StatusCode::BAD_REQUEST))?,
        office: None,
        former: Vec::new(),
    };
    web.app.add_post(form.who(), form.key, post).await?;
    Ok(done())
}

/// Another name, unit or superior.
#[derive(Deserialize)]
pub struct ChangedPost {
    post: PostId,
    title: String,
    unit: String,
    superior: String,
}

/// Changes a post.
pub async fn change(State(web): State<Arc<Web>>, form: Asked<ChangedPost>) -> Result<Response, Failure> {
    let fields = &form.fields;
    web.app
        .change_post(
            form.who(),
            form.key,
            fields.post,
            (&fields.title, &fields.unit),
            superior(&fields.superior)?,
        )
        .await?;
    Ok(done())
}
