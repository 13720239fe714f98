//! Opening and cancelling a ballot, from the committee's desk: `/desk/{number}/ballot` and `…/ballot/cancel`, where
//! the number is the matter's.

use axum::Router;
use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::post;
use domain::ballot::BallotKind;
use domain::text::{Question, Reason};
use leptos::prelude::*;
use serde::Deserialize;
use service::ballot::{BallotForm, OFFERED, earliest_day, latest_day};

use crate::dates::iso_day;
use crate::fail::Fail;
use crate::form::{ErrorSummary, LinesField, Problems, TextField, error_line};
use crate::link::{parse, to};
use crate::parts::{Icon, Title};
use crate::redirect::see_other;
use crate::render::{cx, words};
use crate::shell::{Meta, Tab, page};
use crate::state::App;
use crate::viewer::Viewer;
use crate::words::ballot::BallotWords;
use crate::words::fill;
use crate::words::terms::Term;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/desk/{number}/ballot", post(open))
        .route("/desk/{number}/ballot/cancel", post(cancel))
}

async fn open(
    State(app): State<App>,
    viewer: Viewer,
    Path(number): Path<String>,
    Form(form): Form<BallotForm>,
) -> Result<Response, Fail> {
    let number = parse(&number)?;
    let actor = &viewer.require()?.actor;
    match service::ballot::ballot_open(&app.hall, actor, number, &form).await {
        Ok(ballot) => Ok(see_other(&format!("/ballots/{ballot}"), Some("done"))),
        Err(error) => {
            let problems = Problems::of(error)?;
            let w = viewer.words().ballot;
            let labels = vec![
                ("kind", w.form_kind),
                ("question", w.form_question),
                ("closes_on", w.form_closes),
            ];
            again(&app, &viewer, number, w.form_title, problems, labels, move |problems| {
                view! { <BallotOpenForm number=number typed=form problems=problems/> }
            })
            .await
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct CancelForm {
    reason: String,
}

async fn cancel(
    State(app): State<App>,
    viewer: Viewer,
    Path(number): Path<String>,
    Form(form): Form<CancelForm>,
) -> Result<Response, Fail> {
    let number = parse(&number)?;
    let actor = &viewer.require()?.actor;
    match service::ballot::ballot_cancel(&app.hall, actor, number, &form.reason).await {
        Ok(()) => Ok(see_other(&format!("/desk/{number}"), Some("done"))),
        Err(error) => {
            let problems = Problems::of(error)?;
            let w = viewer.words().ballot;
            let labels = vec![("reason", w.cancel_reason)];
            again(&app, &viewer, number, w.cancel_title, problems, labels, move |problems| {
                view! { <BallotCancelForm number=number typed=form.reason problems=problems/> }
            })
            .await
        }
    }
}

/// The form on a page of its own, with what was typed and what is wrong with it.
async fn again<V: IntoView + 'static>(
    app: &App,
    viewer: &Viewer,
    number: i64,
    title: &'static str,
    problems: Problems,
    labels: Vec<(&'static str, &'static str)>,
    form: impl FnOnce(Problems) -> V + 'static,
) -> Result<Response, Fail> {
    let matter =
        service::matter::by_number(app.hall.db.read(), viewer.community.id, number).await?;
    let title = fill(title, &[("title", &matter.title)]);
    let meta = Meta {
        title: title.clone(),
        tab: Tab::Desk,
        narrow: true,
        status: Some(StatusCode::UNPROCESSABLE_ENTITY),
        ..Meta::default()
    };
    Ok(page(app, viewer, meta, move || {
        let back = words().site.back;
        view! {
            <div class="page-head">
                <a class="crumb" href=to(format!("/desk/{number}"))><Icon name="chevron"/>{back}</a>
                <h1><Title text=title/></h1>
            </div>
            <ErrorSummary problems=problems.clone() labels=labels/>
            {form(problems)}
        }
    }))
}

/// What a kind means, in a line.
fn kind_hint(kind: BallotKind, w: &BallotWords) -> &'static str {
    match kind {
        BallotKind::ResidentsByHousehold => w.kind_households,
        BallotKind::ResidentsByPerson => w.kind_residents,
        BallotKind::Council => w.kind_council,
        BallotKind::Unanimous => w.kind_unanimous,
        _ => w.kind_straw,
    }
}

/// Opens a ballot on a matter that is being talked over; for the committee's desk.
#[component]
pub fn BallotOpenForm(
    /// The matter's public number.
    number: i64,
    /// What was typed; a blank form takes the default.
    #[prop(default = BallotForm::default())]
    typed: BallotForm,
    /// Problems of the form.
    #[prop(default = Problems::default())]
    problems: Problems,
) -> impl IntoView {
    let cx = cx();
    let words = cx.words();
    let w = words.ballot;
    let now = cx.viewer.now;
    let chosen = if typed.kind.is_empty() {
        BallotKind::ResidentsByHousehold.as_str().to_owned()
    } else {
        typed.kind
    };
    let kinds: Vec<_> = OFFERED
        .iter()
        .enumerate()
        .map(|(index, kind)| {
            let id = if index == 0 { "kind".to_owned() } else { format!("kind-{kind}") };
            let days = i64::from(kind.rule().notice_days).max(service::ballot::MIN_DAYS);
            view! {
                <div class="choice">
                    <input
                        type="radio"
                        id=id.clone()
                        name="kind"
                        value=kind.as_str()
                        checked=chosen == kind.as_str()
                        required=index == 0
                    />
                    <label for=id>
                        <span class="choice-name">{kind.word(words.lang)}</span>
                        <span class="choice-hint">
                            {kind_hint(*kind, w)} " · " {fill(w.kind_days, &[("n", &days)])}
                        </span>
                    </label>
                </div>
            }
        })
        .collect();
    let kind_error = problems.of_field("kind", words);
    let day_error = problems.of_field("closes_on", words);
    let described = if day_error.is_some() { "closes_on-e closes_on-h" } else { "closes_on-h" };
    let invalid = day_error.is_some().then_some("true");
    let closes_on = if typed.closes_on.is_empty() {
        iso_day(earliest_day(BallotKind::ResidentsByHousehold, now))
    } else {
        typed.closes_on
    };
    view! {
        <form method="post" action=to(format!("/desk/{number}/ballot"))>
            <fieldset class="field">
                <legend class="field-label">{w.form_kind}</legend>
                <div class="choice-list">{kinds}</div>
                {error_line("kind", kind_error)}
            </fieldset>
            <TextField
                name="question"
                label=w.form_question
                hint=w.form_question_hint
                value=typed.question
                max=Question::MAX
                problems=problems
            />
            <div class="field">
                <label class="field-label" for="closes_on">{w.form_closes}</label>
                <p class="field-hint" id="closes_on-h">{w.form_closes_hint}</p>
                <input
                    class="input input-short"
                    id="closes_on"
                    name="closes_on"
                    type="date"
                    value=closes_on
                    min=iso_day(earliest_day(BallotKind::Straw, now))
                    max=iso_day(latest_day(now))
                    required
                    aria-invalid=invalid
                    aria-describedby=described
                />
                {error_line("closes_on", day_error)}
            </div>
            <p class="notice notice-info"><Icon name="lock"/><span>{w.form_note}</span></p>
            <button class="btn btn-primary">{w.form_open}</button>
        </form>
    }
}

/// Cancels the open ballot of a matter; for the committee's desk.
#[component]
pub fn BallotCancelForm(
    /// The matter's public number.
    number: i64,
    /// What was typed.
    #[prop(default = String::new())]
    typed: String,
    /// Problems of the form.
    #[prop(default = Problems::default())]
    problems: Problems,
) -> impl IntoView {
    let w = words().ballot;
    view! {
        <form method="post" action=to(format!("/desk/{number}/ballot/cancel"))>
            <LinesField
                name="reason"
                label=w.cancel_reason
                hint=w.cancel_hint
                value=typed
                max=Reason::MAX
                problems=problems
            />
            <button class="btn btn-danger">{w.cancel_button}</button>
        </form>
    }
}
