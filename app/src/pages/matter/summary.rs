//! The chair's summary: what it says, whether the two sides find it fair, the form, and the earlier ones.

use axum::Router;
use axum::extract::{Form, Path, State};
use axum::response::Response;
use axum::routing::get;
use domain::ids::SummaryId;
use domain::stance::Stance;
use domain::text::SummaryPoints;
use leptos::prelude::*;
use serde::Deserialize;
use service::Error;
use service::summary::{SummaryForm, summary_judge};
use service::views::matter::summary::{SideView, SummaryView, summaries};

use super::{Back, Sheet};
use crate::dates::Day;
use crate::fail::Fail;
use crate::form::{LinesField, Problems};
use crate::link::{parse, to};
use crate::parts::Icon;
use crate::redirect::see_other;
use crate::render::words;
use crate::rich::RichText;
use crate::shell::{Meta, Tab, page};
use crate::state::App;
use crate::viewer::Viewer;
use crate::words::fill;
use crate::words::terms::Term;

/// The addresses.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/proposals/{number}/summaries", get(history))
        .route("/proposals/{number}/summary/fair", get(lead_back).post(judge))
}

async fn lead_back(Path(number): Path<String>) -> Result<Response, Fail> {
    Ok(see_other(&format!("/proposals/{}", parse::<i64>(&number)?), None))
}

/// Which summary, and what is said to it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Judged {
    summary: String,
    fair: String,
}

async fn judge(
    State(app): State<App>,
    viewer: Viewer,
    Path(number): Path<String>,
    Form(said): Form<Judged>,
) -> Result<Response, Fail> {
    let number = parse(&number)?;
    let actor = &viewer.require()?.actor;
    let id = SummaryId(parse(&said.summary)?);
    let fair = match said.fair.as_str() {
        "yes" => Some(true),
        "no" => Some(false),
        "back" => None,
        _ => return Err(Error::NotFound.into()),
    };
    summary_judge(&app.hall, actor, number, id, fair).await?;
    Ok(see_other(&format!("/proposals/{number}#summary"), Some("saved")))
}

async fn history(
    State(app): State<App>,
    viewer: Viewer,
    Path(number): Path<String>,
) -> Result<Response, Fail> {
    let number: i64 = parse(&number)?;
    let (title, all) = summaries(&app.hall, viewer.community.id, viewer.actor(), number).await?;
    let title = fill(viewer.words().summing.history, &[("title", &title)]);
    let meta = Meta { title: title.clone(), tab: Tab::Home, narrow: true, ..Meta::default() };
    Ok(page(&app, &viewer, meta, move || {
        let words = words();
        let none =
            all.is_empty().then(|| view! { <p class="soft">{words.summing.history_none}</p> });
        let all: Vec<_> =
            all.iter().map(|summary| view! { {quote(summary)} {past(summary)} }).collect();
        view! {
            <div class="page-head">
                <a class="crumb" href=to(format!("/proposals/{number}"))>
                    <Icon name="chevron"/>{fill(words.proposal.to_matter, &[("n", &number)])}
                </a>
                <h1>{title}</h1>
            </div>
            {none}
            {all}
        }
    }))
}

/// The summary in force with what the sides say to it, and the form of who may write one.
pub(super) fn summary(sheet: &Sheet) -> impl IntoView + use<> {
    let shown = sheet.view.summary.as_ref().map(|summary| {
        let w = words().summing;
        view! {
            <div id="summary">
                {quote(summary)}
                {fairness(sheet, summary)}
                <p><a class="target soft" href=sheet.at("/summaries")>{w.earlier}</a></p>
            </div>
        }
    });
    view! { {shown} {pin(sheet)} }
}

fn quote(summary: &SummaryView) -> AnyView {
    let words = words();
    let (w, s) = (words.matter, words.summing);
    let role = summary.role.map_or(w.chair, |role| role.word(words.lang));
    let part = |title: &'static str, text: &String| {
        (!text.is_empty()).then(|| {
            view! { <h3>{title}</h3> <RichText text=text.clone()/> }
        })
    };
    view! {
        <blockquote class="quote quote-pin">
            <p><strong><Icon name="pin"/>" "{w.pinned}</strong></p>
            {part(s.agreed, &summary.agreed)}
            {part(s.for_points, &summary.for_points)}
            {part(s.against_points, &summary.against_points)}
            {part(s.open_points, &summary.open_points)}
            <footer class="quote-role"><b>{role}</b>" · "<Day at=summary.at/></footer>
        </blockquote>
    }
    .into_any()
}

/// Numbers are shown from so many judges of a side on: below, they would say who said what.
const COUNTED_FROM: i64 = 5;

/// What each side says to a summary; `few` where too few of it do.
fn counts(summary: &SummaryView, sentence: &'static str, few: &'static str) -> AnyView {
    let lang = words().lang;
    let [favour, against] = summary.sides;
    let count = |stance: Stance, side: SideView| {
        (side.speakers > 0).then(|| {
            let counted = side.fair + side.unfair >= COUNTED_FROM;
            let said = fill(
                if counted { sentence } else { few },
                &[
                    ("side", &stance.word(lang)),
                    ("speakers", &side.speakers),
                    ("fair", &side.fair),
                    ("unfair", &side.unfair),
                    ("least", &COUNTED_FROM),
                ],
            );
            view! { <p class="soft">{said}</p> }
        })
    };
    view! { {count(Stance::For, favour)} {count(Stance::Against, against)} }.into_any()
}

/// What was said to a summary while it was in force.
fn past(summary: &SummaryView) -> AnyView {
    let w = words().summing;
    counts(summary, w.fair_past, w.fair_past_few)
}

fn fairness(sheet: &Sheet, summary: &SummaryView) -> AnyView {
    let words = words();
    let w = words.summing;
    let ask = summary.my_side.filter(|_| sheet.view.mine.may.judge).map(|side| {
        let title = match summary.mine {
            None => fill(w.fair_ask, &[("side", &side.word(words.lang))]),
            Some(true) => w.fair_said_yes.to_owned(),
            Some(false) => w.fair_said_no.to_owned(),
        };
        let button = |value: &'static str, word: &'static str| {
            view! {
                <button class="btn btn-secondary btn-small" name="fair" value=value>{word}</button>
            }
        };
        view! {
            <form method="post" action=sheet.at("/summary/fair")>
                <p>{title}</p>
                <p class="field-hint">{fill(w.fair_hint, &[("least", &COUNTED_FROM)])}</p>
                <input type="hidden" name="summary" value=summary.id/>
                <div class="post-acts">
                    {(summary.mine != Some(true)).then(|| button("yes", w.fair_yes))}
                    {(summary.mine != Some(false)).then(|| button("no", w.fair_no))}
                    {summary.mine.map(|_| button("back", w.fair_back))}
                </div>
            </form>
        }
    });
    view! { {counts(summary, w.fair_count, w.fair_few)} {ask} }.into_any()
}

fn pin(sheet: &Sheet) -> Option<AnyView> {
    let words = words();
    let (w, s) = (words.matter, words.summing);
    if !sheet.view.mine.may.pin {
        return None;
    }
    let now = sheet.view.summary.as_ref();
    let (typed, problems) = match &sheet.back {
        Back::Pin(typed, problems) => (typed.clone(), problems.clone()),
        _ => (now.map(form_of).unwrap_or_default(), Problems::default()),
    };
    let stale = matches!(&sheet.back, Back::Pin(..)) && problems.is_empty();
    // A form that comes back for another reason still answers to the summary that it was filled before.
    let seen = match &sheet.back {
        Back::Pin(typed, problems) if !problems.is_empty() => typed.seen.clone(),
        _ => now.map(|now| now.id.to_string()).unwrap_or_default(),
    };
    let word = if now.is_some() { w.pin_again } else { w.pin_open };
    let field = |name: &'static str, label: &'static str, value: String| {
        view! {
            <LinesField
                name=name
                label=label
                value=value
                max=SummaryPoints::MAX
                optional=true
                problems=problems.clone()
            />
        }
    };
    let stale_note = stale.then(|| {
        view! {
            <p class="notice notice-warn" role="alert"><Icon name="info"/><span>{s.stale}</span></p>
        }
    });
    Some(
        view! {
            <details class="more" open=stale || !problems.is_empty()>
                <summary>{word}</summary>
                <form class="more-body" method="post" action=sheet.at("/summary")>
                    {stale_note}
                    <p class="field-hint">{s.hint}</p>
                    <input type="hidden" name="seen" value=seen/>
                    {field("agreed", s.agreed, typed.agreed)}
                    {field("for_points", s.for_points, typed.for_points)}
                    {field("against_points", s.against_points, typed.against_points)}
                    {field("open_points", s.open_points, typed.open_points)}
                    <button class="btn btn-secondary">{w.pin_go}</button>
                </form>
            </details>
        }
        .into_any(),
    )
}

fn form_of(summary: &SummaryView) -> SummaryForm {
    SummaryForm {
        for_points: summary.for_points.clone(),
        against_points: summary.against_points.clone(),
        agreed: summary.agreed.clone(),
        open_points: summary.open_points.clone(),
        seen: summary.id.to_string(),
    }
}
