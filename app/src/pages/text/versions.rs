//! Every version of a matter's text, and one of them: whole, and with what it changed.

use axum::extract::{Path, Query, State};
use axum::response::Response;
use domain::version::VersionKind;
use leptos::prelude::*;
use serde::Deserialize;
use service::text::{
    Raised, TextVersion, TextVersions, VersionLine, WholeText, text_version, text_versions,
};

use super::difference::{difference, scope_words};
use crate::dates::Moment;
use crate::fail::Fail;
use crate::link::{parse, to};
use crate::pages::matter::by_whom;
use crate::parts::{Icon, Prose};
use crate::render::{cx, words};
use crate::shell::{Meta, Tab, page};
use crate::state::App;
use crate::viewer::Viewer;
use crate::words::fill;
use crate::words::terms::Term;
use crate::words::text::part;

pub(super) async fn all(
    State(app): State<App>,
    viewer: Viewer,
    Path(number): Path<String>,
) -> Result<Response, Fail> {
    let number = parse(&number)?;
    let found = text_versions(&app.hall, viewer.community.id, viewer.actor(), number).await?;
    let title = fill(viewer.words().text.versions_title, &[("title", &found.title)]);
    let meta = Meta { title: title.clone(), tab: Tab::Home, narrow: true, ..Meta::default() };
    Ok(page(&app, &viewer, meta, move || all_view(&found, title)))
}

fn all_view(found: &TextVersions, title: String) -> impl IntoView + use<> {
    let w = words().text;
    let number = found.number;
    let lines: Vec<_> = found
        .versions
        .iter()
        .map(|line| {
            let href = to(format!("/proposals/{number}/versions/{}", line.number));
            let present = (line.number == found.version)
                .then(|| view! { <span class="tag tag-pine">{w.present}</span> });
            view! {
                <li>
                    <h2>
                        <a href=href>{fill(w.number, &[("n", &line.number)])}</a>
                        {kind_tag(line)}
                        {present}
                    </h2>
                    {facts(line)}
                </li>
            }
        })
        .collect();
    view! {
        <div class="page-head">
            <a class="crumb" href=to(format!("/proposals/{number}"))>
                <Icon name="chevron"/>{fill(w.back_to_matter, &[("n", &number)])}
            </a>
            <h1>{title}</h1>
            <p class="page-lead">{fill(w.versions_lead, &[("n", &found.versions.len())])}</p>
        </div>
        <ol class="version-list" reversed=true>{lines}</ol>
    }
}

/// Which kind it is; a correction that counts as a change since then is one.
fn kind_tag(line: &VersionLine) -> impl IntoView + use<> {
    let kind = if line.raised.is_some() { VersionKind::Change } else { line.kind };
    let class = match kind {
        VersionKind::Change => "tag tag-amber",
        VersionKind::Correction => "tag tag-sky",
        VersionKind::First | VersionKind::Free => "tag tag-soft",
    };
    view! { <span class=class>{kind.word(words().lang)}</span> }
}

/// Who, when and why, who stood behind it, and what neighbours said to it.
fn facts(line: &VersionLine) -> impl IntoView + use<> {
    let cx = cx();
    let words = cx.words();
    let w = words.text;
    let behind = (line.cosigns > 0).then(|| {
        let text = fill(w.v_behind, &[("n", &line.cosigns)]);
        view! { " · "{text} }
    });
    let parts: Vec<_> = line.changed.iter().map(|changed| part(*changed, words)).collect();
    let parts = (!parts.is_empty())
        .then(|| view! { <p class="row-meta">{parts.join(words.lang.pick("、", ", "))}</p> });
    let note = line.note.clone().map(|note| {
        view! { <blockquote class="quote"><Prose text=note/></blockquote> }
    });
    let needed = cx.viewer.community.settings.contest_households;
    let said = match &line.raised {
        Some(raised) => Some(raised_words(raised, line.contests)),
        None if line.contests > 0 => {
            Some(fill(w.v_contests, &[("n", &line.contests), ("needed", &needed)]))
        }
        None => None,
    };
    let said = said.map(|said| {
        view! { <p class="notice notice-warn"><Icon name="info"/><span>{said}</span></p> }
    });
    let at = line.at;
    view! {
        <p class="row-meta">{by_whom(&line.who)}" · "<Moment at=at/>{behind}</p>
        {parts}
        {note}
        {said}
    }
}

fn raised_words(raised: &Raised, households: i64) -> String {
    let w = words().text;
    if raised.by_committee {
        let reason = raised.reason.as_deref().unwrap_or_default();
        fill(w.v_raised_by, &[("reason", &reason)])
    } else {
        fill(w.v_raised, &[("n", &households)])
    }
}

/// What a version is compared with.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    against: String,
}

pub(super) async fn one(
    State(app): State<App>,
    viewer: Viewer,
    Path((number, version)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Response, Fail> {
    let (number, version) = (parse(&number)?, parse(&version)?);
    let against = match asked.against.as_str() {
        "" => None,
        text => Some(parse(text)?),
    };
    let (community, actor) = (viewer.community.id, viewer.actor());
    let found = text_version(&app.hall, community, actor, number, version, against).await?;
    let name = fill(viewer.words().text.number, &[("n", &version)]);
    let title = format!("{name} · {}", found.title_now);
    let meta = Meta { title, tab: Tab::Home, narrow: true, ..Meta::default() };
    Ok(page(&app, &viewer, meta, move || one_view(&found, name)))
}

fn one_view(found: &TextVersion, name: String) -> impl IntoView + use<> {
    let w = words().text;
    let number = found.matter;
    let changes = match found.against {
        None => view! { <p class="soft">{w.v_first}</p> }.into_any(),
        Some(against) => {
            let inside = if found.changes.is_empty() {
                view! { <p>{w.v_unchanged}</p> }.into_any()
            } else {
                difference(&found.changes)
            };
            view! {
                <section class="section" aria-labelledby="changes">
                    <h2 id="changes">{fill(w.v_changes, &[("n", &against)])}</h2>
                    {inside}
                </section>
            }
            .into_any()
        }
    };
    let present = (found.line.number == found.last)
        .then(|| view! { <span class="tag tag-pine">{w.present}</span> });
    view! {
        <div class="page-head">
            <a class="crumb" href=to(format!("/proposals/{number}/versions"))>
                <Icon name="chevron"/>{w.back_to_versions}
            </a>
            <h1>{name}</h1>
            <p class="row-meta">
                {kind_tag(&found.line)}
                {present}
                <a class="text-link" href=to(format!("/proposals/{number}"))>
                    {found.title_now.clone()}
                </a>
            </p>
        </div>
        {facts(&found.line)}
        {changes}
        {whole(found.line.number, &found.text)}
        {others(found)}
    }
}

/// The text as it was signed.
fn whole(version: i64, text: &WholeText) -> impl IntoView + use<> {
    let words = words();
    let (w, p, m) = (words.text, words.proposal, words.matter);
    let mut place = vec![text.place.courtyard.clone()];
    place.extend(text.place.entrance.clone());
    let spot = text.place.spot.clone().map(|spot| view! { <dt>{p.f_spot}</dt><dd>{spot}</dd> });
    view! {
        <section class="section" aria-labelledby="whole">
            <h2 id="whole">{fill(w.v_whole, &[("n", &version)])}</h2>
            <h3>{text.title.clone()}</h3>
            <h4>{m.situation}</h4>
            <Prose text=text.situation.clone()/>
            <h4>{m.suggestion}</h4>
            <Prose text=text.suggestion.clone()/>
            <dl class="kv">
                <dt>{p.f_place}</dt>
                <dd>{place.join(" ")}</dd>
                {spot}
                <dt>{p.f_category}</dt>
                <dd>{text.category.word(words.lang)}</dd>
                <dt>{p.f_scope}</dt>
                <dd>{scope_words(&text.scope)}</dd>
            </dl>
        </section>
    }
}

/// The versions beside it.
fn others(found: &TextVersion) -> Option<AnyView> {
    let w = words().text;
    let version = found.line.number;
    let link = |other: i64, rel: &'static str| {
        let href = to(format!("/proposals/{}/versions/{other}", found.matter));
        let word = fill(w.number, &[("n", &other)]);
        view! { <a class="btn btn-secondary" rel=rel href=href>{word}</a> }.into_any()
    };
    let earlier = (version > 1).then(|| link(version - 1, "prev"));
    let later = found.next.map(|next| link(next, "next"));
    if earlier.is_none() && later.is_none() {
        return None;
    }
    Some(view! { <nav class="pager" aria-label=w.v_pages>{earlier}{later}</nav> }.into_any())
}
