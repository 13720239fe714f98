//! `/ballots/{number}`: asking, casting with its receipt, and the result that anyone can count again.

use axum::Router;
use axum::extract::{Form, Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use domain::ballot::{Choice, Tracker};
use domain::ids::CommunityId;
use islands::{Countdown, CountdownWords};
use leptos::prelude::*;
use serde::Deserialize;
use service::ballot::{Cast, Voters};
use service::views::ballots::{BallotPage, Stage, Standing};

use super::ballots::stage_tag;
use crate::dates;
use crate::fail::Fail;
use crate::form::{ErrorSummary, Problems, error_line};
use crate::link::{parse, to};
use crate::pages::denied::visitor_hint;
use crate::parts::{Icon, Prose, Title};
use crate::render::{cx, words};
use crate::shell::{Meta, Tab, no_store, page};
use crate::state::App;
use crate::viewer::Viewer;
use crate::words::ballot::BallotWords;
use crate::words::fill;
use crate::words::terms::Term;

mod result;
pub(super) mod rule;

use result::result;
use rule::rules;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/ballots/{number}", get(show))
        .route("/ballots/{number}/votes", post(cast))
        .route("/ballots/{number}/result.json", get(result_json))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Find {
    tracker: String,
}

/// What came of looking for a paper.
#[derive(Debug, Clone)]
enum Found {
    Paper(Choice),
    NoPaper,
    NotATracker,
}

async fn show(
    State(app): State<App>,
    viewer: Viewer,
    Path(number): Path<String>,
    Query(find): Query<Find>,
) -> Result<Response, Fail> {
    let ballot = load(&app, &viewer, parse(&number)?).await?;
    let typed = find.tracker;
    let asked = if matches!(ballot.stage, Stage::Closed(_)) && !typed.trim().is_empty() {
        Some((look_for(&app, viewer.community.id, ballot.number, &typed).await?, typed))
    } else {
        None
    };
    let private = asked.is_some();
    let response =
        render(&app, &viewer, ballot, Said::Page { asked, problems: Problems::default() });
    Ok(if private { no_store(response) } else { response })
}

async fn look_for(
    app: &App,
    community: CommunityId,
    number: i64,
    typed: &str,
) -> Result<Found, Fail> {
    let Ok(tracker) = Tracker::read(typed) else { return Ok(Found::NotATracker) };
    let choice = service::views::ballots::find_paper(&app.hall, community, number, tracker).await?;
    Ok(choice.map_or(Found::NoPaper, Found::Paper))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct CastForm {
    choice: String,
}

/// The receipt is in the answer itself, once: no later page could show it, for nothing is kept of it.
async fn cast(
    State(app): State<App>,
    viewer: Viewer,
    Path(number): Path<String>,
    Form(form): Form<CastForm>,
) -> Result<Response, Fail> {
    let number = parse(&number)?;
    let actor = &viewer.require()?.actor;
    let said = match service::ballot::ballot_cast(&app.hall, actor, number, &form.choice).await {
        Ok(cast) => Said::Receipt(cast),
        Err(error) => Said::Page { asked: None, problems: Problems::of(error)? },
    };
    let ballot = load(&app, &viewer, number).await?;
    Ok(no_store(render(&app, &viewer, ballot, said)))
}

/// The stored bytes, untouched: they are what was signed.
async fn result_json(
    State(app): State<App>,
    viewer: Viewer,
    Path(number): Path<String>,
) -> Result<Response, Fail> {
    let number = parse(&number)?;
    let file = service::views::ballots::result_json(&app.hall, viewer.community.id, number).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    Ok((headers, file).into_response())
}

async fn load(app: &App, viewer: &Viewer, number: i64) -> Result<BallotPage, Fail> {
    let me = viewer.signed_in.as_ref();
    Ok(service::views::ballots::page(&app.hall, viewer.community.id, me, number).await?)
}

/// What the page says besides the ballot itself.
enum Said {
    /// The usual page, with what came of a search for a paper (and what was typed), or with problems.
    Page { asked: Option<(Found, String)>, problems: Problems },
    /// The vote was cast just now.
    Receipt(Cast),
}

fn render(app: &App, viewer: &Viewer, ballot: BallotPage, said: Said) -> Response {
    let w = viewer.words().ballot;
    let title = match (&said, &ballot.stage) {
        (Said::Receipt(_), _) => w.title_cast,
        (_, Stage::Closed(_)) => w.title_result,
        _ => w.title_open,
    };
    let refused = matches!(&said, Said::Page { problems, .. } if !problems.is_empty());
    let meta = Meta {
        title: fill(title, &[("title", &ballot.title)]),
        tab: Tab::Ballots,
        narrow: true,
        alive: ballot.stage == Stage::Open,
        status: refused.then_some(StatusCode::UNPROCESSABLE_ENTITY),
        ..Meta::default()
    };
    page(app, viewer, meta, move || view! { <Ballot ballot=ballot said=said/> })
}

#[component]
fn Ballot(ballot: BallotPage, said: Said) -> impl IntoView {
    let words = words();
    let w = words.ballot;
    let (tone, tag) = stage_tag(&ballot.stage, ballot.kind.rule().effect, w);
    let matter = to(format!("/proposals/{}", ballot.matter));
    let body = match (said, ballot.stage.clone()) {
        (Said::Receipt(cast), _) => {
            view! { <Taken ballot=ballot.clone() cast=cast/> {rules(&ballot)} }.into_any()
        }
        (Said::Page { problems, .. }, Stage::Open) => view! {
            <Vote ballot=ballot.clone() problems=problems/>
            {rules(&ballot)}
        }
        .into_any(),
        (Said::Page { .. }, Stage::Ended) => {
            view! { {info("clock", w.ended)} {rules(&ballot)} }.into_any()
        }
        (Said::Page { asked, .. }, Stage::Closed(tally)) => {
            result(ballot.clone(), tally, asked).into_any()
        }
        (Said::Page { .. }, Stage::Cancelled { reason }) => {
            view! { <Cancelled reason=reason/> {rules(&ballot)} }.into_any()
        }
    };
    view! {
        <div class="page-head">
            <p class="row-meta">
                <span class=tone>{tag}</span>
                {fill(w.number, &[("n", &ballot.number)])} " · " {ballot.kind.word(words.lang)} " · "
                {w.secret}
            </p>
            <h1><Title text=ballot.title.clone()/></h1>
            <p class="page-lead ballot-question">{ballot.question.clone()}</p>
            <p class="row-meta"><a class="target" href=matter>{w.back_to_matter}</a></p>
        </div>
        {body}
    }
}

fn info(icon: &'static str, text: &'static str) -> impl IntoView {
    view! { <p class="notice notice-info"><Icon name=icon/><span>{text}</span></p> }
}

/// Time left, then the vote itself for those who have one, or why there is none to cast.
#[component]
fn Vote(ballot: BallotPage, problems: Problems) -> impl IntoView {
    let cx = cx();
    let words = cx.words();
    let w = words.ballot;
    let part = match ballot.standing {
        Standing::MayVote => {
            view! { <VoteForm ballot=ballot.clone() problems=problems/> }.into_any()
        }
        Standing::Voted => view! {
            <div class="notice notice-ok">
                <Icon name="check"/>
                <div><strong>{w.already}</strong> {w.already_text}</div>
            </div>
        }
        .into_any(),
        Standing::Anonymous if cx.viewer.elsewhere.is_some() => visitor_hint(),
        Standing::Anonymous => view! {
            {info("person", w.not_signed_in)}
            <a class="btn btn-primary btn-block" href=to("/sign-in")>{words.site.sign_in}</a>
        }
        .into_any(),
        Standing::NotOnRoll => info("info", w.not_on_roll).into_any(),
        Standing::NotRepresentative => info("info", w.not_representative).into_any(),
    };
    view! {
        <p class="notice notice-warn">
            <Icon name="clock"/>
            <span>
                {w.left} " "
                <Countdown
                    until_ms=ballot.closes_at.0
                    now_ms=cx.viewer.now.0
                    words=countdown_words(w)
                />
            </span>
        </p>
        {part}
    }
}

fn countdown_words(w: &BallotWords) -> CountdownWords {
    CountdownWords {
        ended: w.left_ended.to_owned(),
        days_hours: w.left_days.to_owned(),
        hours_minutes: w.left_hours.to_owned(),
        minutes: w.left_minutes.to_owned(),
    }
}

/// The word of a plain choice.
fn choice_word(choice: &Choice, w: &BallotWords) -> &'static str {
    match choice {
        Choice::Yes => w.yes,
        Choice::No => w.no,
        Choice::Abstain => w.abstain,
        Choice::Approve(_) => w.yes,
    }
}

#[component]
fn VoteForm(ballot: BallotPage, problems: Problems) -> impl IntoView {
    let words = words();
    let w = words.ballot;
    let household = Voters::of(ballot.kind) == Some(Voters::Households);
    let legend = if household { w.choice_household } else { w.choice_person };
    let error = problems.of_field("choice", words);
    let invalid = error.is_some();
    let choices: Vec<_> = Choice::PLAIN
        .iter()
        .enumerate()
        .map(|(index, choice)| {
            // The summary of errors leads to the first of them by the field's name.
            let id = if index == 0 { "choice".to_owned() } else { format!("choice-{index}") };
            let hint = (*choice == Choice::Abstain)
                .then(|| view! { <span class="choice-hint">{w.abstain_hint}</span> });
            view! {
                <div class="choice">
                    <input
                        type="radio"
                        id=id.clone()
                        name="choice"
                        value=choice.as_str()
                        required=index == 0
                        aria-invalid=invalid.then_some("true")
                        aria-describedby=invalid.then_some("choice-e")
                    />
                    <label for=id><span class="choice-name">{choice_word(choice, w)}</span>{hint}</label>
                </div>
            }
        })
        .collect();
    view! {
        <ErrorSummary problems=problems labels=vec![("choice", legend)]/>
        <form method="post" action=to(format!("/ballots/{}/votes", ballot.number))>
            <fieldset class="field">
                <legend class="field-label">{legend}</legend>
                <div class="choice-list">{choices}</div>
                {error_line("choice", error)}
            </fieldset>
            {info("lock", w.once)}
            <button class="btn btn-primary btn-block">{w.cast}</button>
        </form>
    }
}

/// What the voter takes home.
#[component]
fn Taken(ballot: BallotPage, cast: Cast) -> impl IntoView {
    let cx = cx();
    let words = cx.words();
    let w = words.ballot;
    let household = Voters::of(ballot.kind) == Some(Voters::Households);
    let done = if household { w.cast_ok_household } else { w.cast_ok_person };
    let when = format!(
        "{} {}",
        dates::day(ballot.closes_at.local_date(), cx.viewer.now.local_date(), words.lang),
        dates::clock(ballot.closes_at)
    );
    view! {
        <div class="notice notice-ok" role="status">
            <Icon name="check"/>
            <div><strong>{done}</strong> {fill(w.cast_then, &[("when", &when)])}</div>
        </div>
        <section class="receipt" aria-labelledby="rc">
            <h2 id="rc">{w.tracker_head}</h2>
            <code class="receipt-code" id="tracker">{cast.tracker.to_string()}</code>
            <p>{w.tracker_text}</p>
        </section>
        <details class="more">
            <summary>{w.receipt_head}</summary>
            <div class="more-body">
                <p class="field-hint">{w.receipt_label}</p>
                <p class="code" id="receipt">{cast.receipt.to_string()}</p>
            </div>
        </details>
        <div class="btn-row">
            <a class="btn btn-secondary" href=to(format!("/proposals/{}", ballot.matter))>{w.to_matter}</a>
        </div>
    }
}

#[component]
fn Cancelled(reason: String) -> impl IntoView {
    let w = words().ballot;
    view! {
        <p class="result-sentence result-fail">
            <Icon name="pause"/>
            {w.cancelled}
            <small>{w.cancelled_text}</small>
        </p>
        <section class="section" aria-labelledby="why">
            <h2 id="why" class="section-head">{w.cancelled_why}</h2>
            <Prose text=reason/>
        </section>
    }
}
