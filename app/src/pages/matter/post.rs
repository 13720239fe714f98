//! `/proposals/{number}/posts/{id}`: a post with all its replies; kind words, and taking one's own back.

use axum::Router;
use axum::extract::{Form, Path, Query, State};
use axum::response::Response;
use axum::routing::get;
use domain::ids::PostId;
use domain::role::Actor;
use domain::talk::{Reaction, turn_comes_at};
use leptos::prelude::*;
use serde::Deserialize;
use service::post::{post_react, post_withdraw};
use service::views::matter::{PostPage, post_page};

use super::talk_post::{former, post_view};
use super::thread::{Acts, Thread, names_of, quote_of};
use super::{Asked, Back, Look};
use crate::fail::Fail;
use crate::link::{parse, to};
use crate::pages::denied::Closed;
use crate::parts::{Icon, NextPage};
use crate::redirect::see_other;
use crate::render::{cx, words};
use crate::shell::{Meta, Tab, page};
use crate::state::App;
use crate::unsent::Unsent;
use crate::viewer::Viewer;

pub(super) fn routes() -> Router<App> {
    let back = super::lead_back_from_post;
    Router::new()
        .route("/proposals/{number}/posts/{id}", get(show))
        .route("/proposals/{number}/posts/{id}/thanks", get(back).post(thanks))
        .route("/proposals/{number}/posts/{id}/reason", get(back).post(reason))
        .route("/proposals/{number}/posts/{id}/withdraw", get(back).post(withdraw))
}

/// From which reply on.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Start {
    from: String,
}

async fn show(
    State(app): State<App>,
    viewer: Viewer,
    Path((number, id)): Path<(String, String)>,
    Query(from): Query<Start>,
    Query(asked): Query<Asked>,
) -> Result<Response, Fail> {
    let (number, id) = (parse(&number)?, parse(&id)?);
    let look = Look { cursor: None, ..asked.into() };
    render(&app, &viewer, number, id, from.from.parse().ok(), look, Back::None).await
}

/// The page with a form that comes back, if any.
pub(super) async fn render(
    app: &App,
    viewer: &Viewer,
    number: i64,
    id: i64,
    from: Option<i64>,
    look: Look,
    back: Back,
) -> Result<Response, Fail> {
    let community = viewer.community.id;
    let view = post_page(&app.hall, community, viewer.actor(), number, id, from).await?;
    let meta = Meta {
        title: format!("{} · {}", viewer.words().talk.page_title, view.title),
        tab: Tab::Home,
        narrow: true,
        alive: look.reply.is_some() && view.post_denied.is_none(),
        problems: back.problems().cloned().unwrap_or_default(),
        ..Meta::default()
    };
    Ok(page(app, viewer, meta, move || body(&view, look, &back, from)))
}

fn body(view: &PostPage, look: Look, back: &Back, from: Option<i64>) -> impl IntoView + use<> {
    let viewer = cx().viewer;
    let words = words();
    let w = words.talk;
    let signed_in = viewer.actor().is_some();
    let own = format!("/proposals/{}/posts/{}", view.number, view.post.id);
    let here = match from {
        Some(from) => format!("{own}?from={from}"),
        None => own.clone(),
    };
    let all = std::slice::from_ref(&view.post);
    let thread = Thread {
        number: view.number,
        may: Acts {
            post: view.open && signed_in && view.post_denied.is_none(),
            react: view.may_react,
            hide: false,
        },
        committee: viewer.actor().is_some_and(Actor::is_committee),
        here,
        query: format!("?on={}", view.post.id),
        look,
        back,
        turn: turn_comes_at(&view.run, viewer.now, viewer.community.settings.turn_posts),
        names: names_of(all),
        quote: look.quote.and_then(|id| quote_of(all, id)),
        alone: true,
    };
    // The form of a reply goes with the talk.
    let unsent = back.typed().filter(|_| !thread.may.post).map(|text| view! { <Unsent text/> });
    let none = view.post.replies.is_empty().then(|| view! { <p class="soft">{w.page_none}</p> });
    let earlier = view.earlier.then(|| {
        view! { <p><a class="btn btn-secondary btn-small" href=to(&own)>{w.page_earlier}</a></p> }
    });
    // A form was asked for: why there is none.
    let closed = look.reply.and(view.post_denied).map(|denied| {
        let matter = words.matter;
        Closed {
            here: &own,
            sign_in: matter.sign_in_say,
            class: "btn btn-secondary",
            verify: matter.denied_verify,
            scope: w.page_scope,
        }
        .view(denied)
    });
    let next = view.next.map(|from| {
        view! { <NextPage href=to(format!("{own}?from={from}")) word=w.page_next/> }
    });
    view! {
        {super::fields::summary(back)}
        {unsent}
        <div class="page-head">
            <a class="crumb" href=to(format!("/proposals/{}#talk", view.number))>
                <Icon name="chevron"/>
                {w.page_back}
            </a>
            <h1>{view.title.clone()}</h1>
        </div>
        {earlier}
        {post_view(&thread, &view.post)}
        {none}
        {closed}
        {next}
        {former(&view.former)}
    }
}

/// Where somebody was.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Here {
    back: String,
}

impl Here {
    /// A page of the matter; anything else becomes the post's own.
    fn of(self, number: i64, id: i64) -> String {
        let matter = format!("/proposals/{number}");
        let ours =
            self.back.strip_prefix(&matter).is_some_and(|rest| rest.starts_with(['?', '/', '#']));
        if ours { self.back } else { format!("{matter}/posts/{id}") }
    }
}

async fn thanks(
    state: State<App>,
    viewer: Viewer,
    path: Path<(String, String)>,
    form: Form<Here>,
) -> Result<Response, Fail> {
    react(state, viewer, path, form, Reaction::Thanks).await
}

async fn reason(
    state: State<App>,
    viewer: Viewer,
    path: Path<(String, String)>,
    form: Form<Here>,
) -> Result<Response, Fail> {
    react(state, viewer, path, form, Reaction::Reason).await
}

async fn react(
    State(app): State<App>,
    viewer: Viewer,
    Path((number, id)): Path<(String, String)>,
    Form(here): Form<Here>,
    kind: Reaction,
) -> Result<Response, Fail> {
    let (number, id) = (parse(&number)?, parse(&id)?);
    let actor = &viewer.require()?.actor;
    post_react(&app.hall, actor, number, PostId(id), kind).await?;
    Ok(see_other(&here.of(number, id), None))
}

async fn withdraw(
    State(app): State<App>,
    viewer: Viewer,
    Path((number, id)): Path<(String, String)>,
) -> Result<Response, Fail> {
    let (number, id) = (parse(&number)?, parse(&id)?);
    let actor = &viewer.require()?.actor;
    post_withdraw(&app.hall, actor, number, PostId(id)).await?;
    Ok(see_other(&format!("/proposals/{number}/posts/{id}#post-{id}"), Some("post_withdrawn")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_led_back_within_the_matter_alone() {
        for (back, expected) in [
            ("/proposals/3?before=9#post-7", "/proposals/3?before=9#post-7"),
            ("/proposals/3#post-7", "/proposals/3#post-7"),
            ("/proposals/3/posts/5#post-7", "/proposals/3/posts/5#post-7"),
            ("/proposals/31", "/proposals/3/posts/7"),
            ("//evil.example", "/proposals/3/posts/7"),
            ("", "/proposals/3/posts/7"),
        ] {
            assert_eq!(Here { back: back.to_owned() }.of(3, 7), expected, "{back}");
        }
    }
}
