//! `/follow`: the places and categories that somebody follows by email, each with its button; and the
//! buttons of other pages that start or stop one.

use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Form, Router};
use domain::category::Category;
use leptos::prelude::*;
use serde::Deserialize;
use service::Error;
use service::place_follow::{
    Followed, PlaceLink, place_follow_start, place_follow_stop, place_follows,
};
use service::places::{CourtyardPlaces, places};

use crate::fail::Fail;
use crate::link::to;
use crate::parts::Icon;
use crate::redirect::see_other;
use crate::render::{cx, words};
use crate::shell::{Meta, Tab, no_store, page};
use crate::state::App;
use crate::viewer::Viewer;
use crate::words::terms::Term;
use crate::words::{Words, fill};

/// The addresses.
pub(super) fn routes() -> Router<App> {
    Router::new().route("/follow", get(show)).route("/follow/places", post(change))
}

/// One tap on a button.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Tapped {
    /// A [`Followed`]'s name.
    what: String,
    /// Anything starts, nothing stops.
    on: String,
    /// Where the button stood.
    back: String,
}

async fn change(
    State(app): State<App>,
    viewer: Viewer,
    Form(tapped): Form<Tapped>,
) -> Result<Response, Fail> {
    let actor = &viewer.require()?.actor;
    let what = Followed::from_name(&tapped.what).ok_or(Error::NotFound)?;
    let back = if tapped.back.is_empty() { "/follow" } else { &tapped.back };
    if tapped.on.is_empty() {
        place_follow_stop(&app.hall, actor, what).await?;
        return Ok(see_other(back, Some("place_unfollowed")));
    }
    place_follow_start(&app.hall, actor, what).await?;
    Ok(see_other(back, Some("place_followed")))
}

async fn show(State(app): State<App>, viewer: Viewer) -> Result<Response, Fail> {
    let actor = &viewer.require()?.actor;
    let follows = place_follows(&app.hall, actor.person).await?;
    let places = places(&app.hall, viewer.community.id).await?;
    let meta = Meta {
        title: viewer.words().finding.follow_title.to_owned(),
        tab: Tab::Me,
        narrow: true,
        ..Meta::default()
    };
    let body = move || view! { <FollowPage follows=follows places=places/> };
    Ok(no_store(page(&app, &viewer, meta, body)))
}

#[component]
fn FollowPage(follows: Vec<Followed>, places: Vec<CourtyardPlaces>) -> impl IntoView {
    let all = words();
    let w = all.finding;
    let line = |what: Followed, name: String| line(what, name, follows.contains(&what));
    let mut wide = vec![line(Followed::Community, w.follow_community.to_owned())];
    let mut entrances = Vec::new();
    for courtyard in &places {
        wide.push(line(Followed::Courtyard(courtyard.id), courtyard.name.clone()));
        if courtyard.entrances.is_empty() {
            continue;
        }
        let open = courtyard
            .entrances
            .iter()
            .any(|entrance| follows.contains(&Followed::Entrance(entrance.id)));
        let lines: Vec<_> = courtyard
            .entrances
            .iter()
            .map(|entrance| {
                let name = format!("{} {}", courtyard.name, entrance.name);
                line(Followed::Entrance(entrance.id), name)
            })
            .collect();
        entrances.push(view! {
            <details class="more" open=open>
                <summary>{fill(w.follow_entrances, &[("name", &courtyard.name)])}</summary>
                <div class="more-body"><ul class="follow-list">{lines}</ul></div>
            </details>
        });
    }
    // A kind that the community doesn't offer has no new matters; one that is followed can still be left.
    let settings = cx().viewer.community.settings.clone();
    let categories: Vec<_> = Category::ALL
        .iter()
        .filter(|category| {
            settings.offers(**category) || follows.contains(&Followed::Category(**category))
        })
        .map(|category| line(Followed::Category(*category), category.word(all.lang).to_owned()))
        .collect();
    view! {
        <div class="page-head">
            <h1>{w.follow_title}</h1>
            <p class="page-lead">{w.follow_lead}</p>
            {no_mail()}
        </div>
        <section class="section" aria-labelledby="h-places">
            <h2 id="h-places">{w.follow_places}</h2>
            <ul class="follow-list">{wide}</ul>
            {entrances}
        </section>
        <section class="section" aria-labelledby="h-categories">
            <h2 id="h-categories">{w.follow_categories}</h2>
            <ul class="follow-list">{categories}</ul>
        </section>
    }
}

/// Whoever left no address is told so, and gets the way to leave one.
fn no_mail() -> Option<AnyView> {
    let cx = cx();
    let w = cx.words().finding;
    let mail = cx.viewer.signed_in.as_ref().is_some_and(|me| me.email.is_some());
    (!mail).then(|| {
        view! { <p class="field-hint">{w.follow_no_mail}" "<a href=to("/me#email")>{w.follow_add_mail}</a></p> }
            .into_any()
    })
}

fn line(what: Followed, name: String, on: bool) -> AnyView {
    let w = words().finding;
    let state = on.then(|| {
        view! { <span class="follow-state"><Icon name="check"/>{w.follow_on}</span> }
    });
    view! {
        <li>
            <span class="follow-name">{name.clone()}{state}</span>
            {button(what, &name, on, "")}
        </li>
    }
    .into_any()
}

/// A button that starts or stops following; afterwards the person is back at `back`.
fn button(what: Followed, name: &str, on: bool, back: &str) -> AnyView {
    let w = words().finding;
    let word = fill(if on { w.follow_stop } else { w.follow_start }, &[("what", &name)]);
    let start = (!on).then(|| view! { <input type="hidden" name="on" value="1"/> });
    view! {
        <form method="post" action=to("/follow/places")>
            <input type="hidden" name="what" value=what.to_string()/>
            <input type="hidden" name="back" value=back.to_owned()/>
            {start}
            <button class="btn btn-secondary btn-small">{word}</button>
        </form>
    }
    .into_any()
}

/// The buttons of the list of matters, for the category and the courtyard that it is filtered by, for whoever
/// is signed in and may follow.
pub(super) fn buttons(
    follows: &[Followed],
    shown: Vec<(Followed, String)>,
    back: &str,
) -> Option<AnyView> {
    if shown.is_empty() {
        return None;
    }
    let buttons: Vec<_> = shown
        .into_iter()
        .map(|(what, name)| button(what, &name, follows.contains(&what), back))
        .collect();
    Some(view! { <div class="btn-row follow-buttons">{buttons}</div> }.into_any())
}

/// What a link at the end of a mail is about, in words.
pub(super) fn name_of(link: &PlaceLink, words: &Words) -> String {
    match link.what {
        Followed::Category(category) => category.word(words.lang).to_owned(),
        _ => link.name.clone(),
    }
}
