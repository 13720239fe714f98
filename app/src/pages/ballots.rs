//! `/ballots`: what is being voted on, and what came of the others.

use axum::Router;
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use domain::ballot::Effect;
use leptos::prelude::*;
use serde::Deserialize;
use service::views::ballots::{BallotList, BallotRow, Stage, Standing};

use super::ballot::rule::{amount, unit};
use crate::dates::{Day, left};
use crate::fail::Fail;
use crate::link::to;
use crate::parts::Icon;
use crate::render::{cx, words};
use crate::shell::{Meta, Tab, page};
use crate::state::App;
use crate::viewer::Viewer;
use crate::words::ballot::BallotWords;
use crate::words::fill;
use crate::words::terms::Term;

pub(super) fn routes() -> Router<App> {
    Router::new().route("/ballots", get(list))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Paging {
    /// Cursor: a ballot's number. Anything else shows the first page.
    before: String,
}

async fn list(
    State(app): State<App>,
    viewer: Viewer,
    Query(paging): Query<Paging>,
) -> Result<Response, Fail> {
    let before = paging.before.parse().ok();
    let found = service::views::ballots::list(
        &app.hall,
        viewer.community.id,
        viewer.signed_in.as_ref(),
        before,
    )
    .await?;
    let meta = Meta {
        title: viewer.words().ballot.title.to_owned(),
        tab: Tab::Ballots,
        ..Meta::default()
    };
    Ok(page(&app, &viewer, meta, move || view! { <List found=found first=before.is_none()/> }))
}

#[component]
fn List(found: BallotList, first: bool) -> impl IntoView {
    let w = words().ballot;
    let BallotList { open, over, next } = found;
    let open = first.then(|| {
        if open.is_empty() {
            view! {
                <div class="empty">
                    <Icon name="ballot"/>
                    <h2>{w.none_title}</h2>
                    <p>{w.none_text}</p>
                </div>
            }
            .into_any()
        } else {
            rows("open", w.open_head, open).into_any()
        }
    });
    let over = if over.is_empty() {
        view! { <p class="list-count">{w.none_over}</p> }.into_any()
    } else {
        rows("over", w.over_head, over).into_any()
    };
    let newest = (!first).then(|| {
        view! {
            <a class="btn btn-secondary btn-small" href=to("/ballots") rel="prev">
                <Icon name="chevron"/>
                {w.newest}
            </a>
        }
    });
    let older = next.map(|number| {
        view! {
            <a class="btn btn-secondary btn-small" href=to(format!("/ballots?before={number}")) rel="next">
                {w.older}
            </a>
        }
    });
    let pager = (newest.is_some() || older.is_some())
        .then(|| view! { <nav class="pager" aria-label=w.pages>{newest}{older}</nav> });
    view! {
        <div class="page-head"><h1>{w.title}</h1></div>
        {open}
        {over}
        {pager}
    }
}

fn rows(id: &'static str, head: &'static str, rows: Vec<BallotRow>) -> impl IntoView {
    let rows: Vec<_> = rows.into_iter().map(|row| view! { <Line row=row/> }).collect();
    view! {
        <section class="section" aria-labelledby=id>
            <h2 id=id class="section-head">{head}</h2>
            <ul class="row-list">{rows}</ul>
        </section>
    }
}

#[component]
fn Line(row: BallotRow) -> impl IntoView {
    let cx = cx();
    let words = cx.words();
    let w = words.ballot;
    let (tone, tag) = stage_tag(&row.stage, row.kind.rule().effect, w);
    let number = match &row.stage {
        Stage::Open => {
            let mine = match row.standing {
                Standing::MayVote => {
                    Some(view! { <span class="tag tag-accent">{w.waits}</span> }.into_any())
                }
                Standing::Voted => Some(
                    view! { <span class="tag tag-pine"><Icon name="check"/>{w.voted}</span> }
                        .into_any(),
                ),
                _ => None,
            };
            view! { {mine} " " {left(row.closes_at, cx.viewer.now, words.lang)} }.into_any()
        }
        Stage::Closed(tally) => {
            let part = amount(tally.outcome.participated);
            let all = format!(" / {} {}", amount(row.electors), unit(row.kind, w));
            view! { <b>{part}</b> {all} }.into_any()
        }
        Stage::Ended | Stage::Cancelled { .. } => ().into_any(),
    };
    view! {
        <li class="row">
            <h3 class="row-title"><a href=to(format!("/ballots/{}", row.number))>{row.title}</a></h3>
            <p class="row-meta">
                <span class=tone>{tag}</span>
                {fill(w.number, &[("n", &row.number)])} " · " {row.kind.word(words.lang)} " · "
                <Day at=row.closes_at/>
            </p>
            <p class="row-number">{number}</p>
        </li>
    }
}

/// Class and word of the tag that says where a ballot stands.
pub(super) fn stage_tag(
    stage: &Stage,
    effect: Effect,
    w: &BallotWords,
) -> (&'static str, &'static str) {
    match stage {
        Stage::Open => ("tag tag-accent", w.tag_open),
        Stage::Ended => ("tag tag-sky", w.tag_ended),
        Stage::Cancelled { .. } => ("tag tag-soft", w.tag_cancelled),
        Stage::Closed(_) if effect == Effect::Advisory => ("tag tag-sky", w.tag_advisory),
        Stage::Closed(tally) if !tally.outcome.valid => ("tag tag-amber", w.tag_invalid),
        Stage::Closed(tally) if tally.outcome.passed => ("tag tag-pine", w.tag_passed),
        Stage::Closed(_) => ("tag tag-amber", w.tag_rejected),
    }
}
