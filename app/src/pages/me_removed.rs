//! `/me/reports`: what I reported, with the answers; `/me/removed`: what was removed of mine, and the appeal.

use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::get;
use axum::{Form, Router};
use domain::ids::RemovalId;
use domain::text::Reason;
use leptos::prelude::*;
use serde::Deserialize;
use service::civil::{
    AppealDecision, AppealView, OwnReport, RemovedLine, appeal_file, own_removed, own_reports,
};

use crate::dates::{Day, Moment, day, moment};
use crate::fail::Fail;
use crate::form::{Problems, error_line, summary};
use crate::link::{parse, to};
use crate::parts::{Icon, name_of};
use crate::redirect::see_other;
use crate::render::{cx, words};
use crate::shell::{Meta, Tab, no_store, page};
use crate::state::App;
use crate::unsent::Unsent;
use crate::viewer::Viewer;
use crate::words::civil::plain;
use crate::words::fill;
use crate::words::terms::Term;

/// The addresses.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/me/reports", get(reports))
        .route("/me/removed", get(removed))
        .route("/me/removed/{id}/appeal", get(lead_back).post(appeal))
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Typed {
    words: String,
}

/// A form that came back: of which removal, what was typed, what is wrong.
type Back = Option<(i64, Typed, Problems)>;

async fn reports(State(app): State<App>, viewer: Viewer) -> Result<Response, Fail> {
    let found = own_reports(&app.hall, &viewer.require()?.actor).await?;
    let meta = Meta {
        title: viewer.words().civil.reports_title.to_owned(),
        tab: Tab::Me,
        narrow: true,
        ..Meta::default()
    };
    Ok(no_store(page(&app, &viewer, meta, move || {
        let all = words();
        let w = all.civil;
        let empty = found.is_empty().then(|| empty("chat", w.reports_none, w.reports_none_text));
        let rows: Vec<_> = found.iter().map(report).collect();
        view! {
            <div class="page-head">
                <a class="crumb" href=to("/me")><Icon name="chevron"/>{all.account.me_title}</a>
                <h1>{w.reports_title}</h1>
                <p class="page-lead">{w.reports_lead}</p>
            </div>
            {empty}
            <ul class="plain-list case-list">{rows}</ul>
        }
    })))
}

fn empty(icon: &'static str, head: &'static str, text: &'static str) -> impl IntoView {
    view! {
        <div class="empty">
            <Icon name=icon/>
            <h2>{head}</h2>
            <p>{text}</p>
        </div>
    }
}

/// Where something stands: a link to the matter, or to the post within it.
pub(super) fn place(number: i64, title: &str, post: Option<i64>) -> AnyView {
    let w = words().civil;
    let (href, what) = match post {
        Some(post) => (format!("/proposals/{number}/posts/{post}"), w.a_post),
        None => (format!("/proposals/{number}"), w.its_text),
    };
    view! { <a href=to(href)>{title.to_owned()}</a>" · "{what} }.into_any()
}

fn report(it: &OwnReport) -> impl IntoView + use<> {
    let all = words();
    let w = all.civil;
    let due = moment(it.due, cx().viewer.now, all.lang);
    let answer = match &it.answer {
        Some((upheld, text, at)) => {
            let (class, word) = if *upheld {
                ("tag tag-alert", w.answer_upheld)
            } else {
                ("tag tag-soft", w.answer_dismissed)
            };
            let at = *at;
            view! {
                <p><span class=class>{word}</span>" "{text.clone()}</p>
                <p class="row-meta"><Moment at/></p>
            }
            .into_any()
        }
        None => view! {
            <p>
                <span class="tag tag-amber">{w.answer_waits}</span>
                " "{fill(w.report_due, &[("at", &due)])}
            </p>
        }
        .into_any(),
    };
    let said = it.words.clone().map(|text| view! { <p class="soft">{text}</p> });
    view! {
        <li>
            <p><b>{plain(it.kind, all.lang)}</b></p>
            <p class="row-meta">{place(it.number, &it.title, it.post)}" · "<Moment at=it.at/></p>
            {said}
            {answer}
        </li>
    }
}

async fn removed(State(app): State<App>, viewer: Viewer) -> Result<Response, Fail> {
    removed_page(&app, &viewer, None).await
}

/// A form that came back leaves its own address in the browser: reading it leads to the page.
async fn lead_back(viewer: Viewer) -> Result<Response, Fail> {
    viewer.require()?;
    Ok(see_other("/me/removed", None))
}

async fn appeal(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response, Fail> {
    let id: RemovalId = parse(&id)?;
    match appeal_file(&app.hall, &viewer.require()?.actor, id, &typed.words).await {
        Ok(()) => Ok(see_other("/me/removed", Some("appealed"))),
        Err(error) => {
            let problems = Problems::kept(error)?;
            removed_page(&app, &viewer, Some((id.0, typed, problems))).await
        }
    }
}

async fn removed_page(app: &App, viewer: &Viewer, back: Back) -> Result<Response, Fail> {
    let found = own_removed(&app.hall, &viewer.require()?.actor).await?;
    let meta = Meta {
        title: viewer.words().civil.removed_title.to_owned(),
        tab: Tab::Me,
        narrow: true,
        problems: back.as_ref().map(|(_, _, problems)| problems.clone()).unwrap_or_default(),
        ..Meta::default()
    };
    Ok(no_store(page(app, viewer, meta, move || {
        let all = words();
        let w = all.civil;
        let empty = found.is_empty().then(|| empty("check", w.removed_none, w.removed_none_text));
        let wrong = back.as_ref().map(|(id, _, problems)| {
            let field = format!("#appeal-{id}");
            summary(problems, vec![("words", field, w.appeal_words)])
        });
        // Decided or put back meanwhile, it has no form any more.
        let unsent = back
            .as_ref()
            .filter(|(id, ..)| !found.iter().any(|line| line.id == *id && line.can_appeal()));
        let unsent = unsent.map(|(_, typed, _)| view! { <Unsent text=typed.words.clone()/> });
        let rows: Vec<_> = found.iter().map(|line| removal(line, &back)).collect();
        view! {
            {wrong}
            {unsent}
            <div class="page-head">
                <a class="crumb" href=to("/me")><Icon name="chevron"/>{all.account.me_title}</a>
                <h1>{w.removed_title}</h1>
                <p class="page-lead">{w.removed_lead}</p>
            </div>
            {empty}
            <ul class="plain-list case-list">{rows}</ul>
        }
    })))
}

fn removal(line: &RemovedLine, back: &Back) -> impl IntoView + use<> {
    let form = line.can_appeal().then(|| appeal_form(line.id, back));
    view! {
        <li id=format!("removal-{}", line.id)>
            {told(line)}
            {line.appeal.as_ref().map(appeal_told)}
            {form}
        </li>
    }
}

/// What was removed, why, by whom and when, and until when the text is kept.
pub(super) fn told(line: &RemovedLine) -> AnyView {
    let cx = cx();
    let all = cx.words();
    let w = all.civil;
    let why = match line.kind {
        Some(kind) => {
            fill(w.removed_kind, &[("kind", &plain(kind, all.lang)), ("reason", &line.reason)])
        }
        None => fill(w.removed_reason, &[("reason", &line.reason)]),
    };
    let role = line.role.map(|role| role.word(all.lang)).unwrap_or_default();
    let who = [role, &*name_of(&line.by)].join(" ");
    let at = line.at;
    let kept = match line.kept_until {
        Some(until) => {
            let until = day(until.local_date(), cx.viewer.now.local_date(), all.lang);
            Some(fill(w.kept_until, &[("day", &until)]))
        }
        // What was put back is kept nowhere else.
        None if line.is_restored() => None,
        None => Some(w.kept_over.to_owned()),
    };
    view! {
        <p><b>{why}</b></p>
        <p class="row-meta">
            {place(line.number, &line.title, line.post)}
            " · "{fill(w.removed_by, &[("who", &who.trim())])}" "<Moment at/>
        </p>
        {kept.map(|kept| view! { <p class="soft">{kept}</p> })}
    }
    .into_any()
}

/// Where an appeal stands.
pub(super) fn appeal_told(appeal: &AppealView) -> AnyView {
    let cx = cx();
    let all = cx.words();
    let w = all.civil;
    let due = day(appeal.due.local_date(), cx.viewer.now.local_date(), all.lang);
    let Some((decision, reason, at, by)) = &appeal.decided else {
        let late = appeal
            .overdue
            .then(|| view! { <span class="tag tag-alert">{w.desk_overdue}</span>" " });
        return view! { <p>{late}{fill(w.appeal_waits, &[("day", &due)])}</p> }.into_any();
    };
    let text = match decision {
        AppealDecision::Upheld => w.appeal_upheld,
        AppealDecision::Restored => w.appeal_restored,
    };
    let at = moment(*at, cx.viewer.now, all.lang);
    view! {
        <p>{fill(text, &[("reason", reason)])}</p>
        <p class="row-meta">{fill(w.appeal_decided, &[("who", &name_of(by)), ("at", &at)])}</p>
    }
    .into_any()
}

fn appeal_form(id: i64, back: &Back) -> AnyView {
    let all = words();
    let w = all.civil;
    let (typed, problems) = match back {
        Some((of, typed, problems)) if *of == id => (typed.words.clone(), problems.clone()),
        _ => (String::new(), Problems::default()),
    };
    let field = format!("appeal-{id}");
    let error = problems.of_field("words", all);
    let open = error.is_some();
    let described = match error {
        Some(_) => format!("{field}-e {field}-h"),
        None => format!("{field}-h"),
    };
    view! {
        <details class="more" open=open>
            <summary>{w.appeal}</summary>
            <form class="more-body" method="post" action=to(format!("/me/removed/{id}/appeal")) novalidate>
                <div class="field">
                    <label class="field-label" for=field.clone()>{w.appeal_words}</label>
                    <p class="field-hint" id=format!("{field}-h")>{w.appeal_hint}</p>
                    <islands::TextArea
                        id=field.clone()
                        name="words"
                        value=typed
                        rows=4
                        required=true
                        invalid=error.is_some()
                        described_by=described
                    />
                    <p class="counter">{fill(all.site.at_most, &[("max", &Reason::MAX)])}</p>
                    {error_line(&field, error)}
                </div>
                <button class="btn btn-secondary">{w.appeal_go}</button>
            </form>
        </details>
    }
    .into_any()
}

/// In the place of a matter's own text that was removed: who, when and why.
pub(super) fn text_place(line: &RemovedLine) -> AnyView {
    let all = words();
    let w = all.civil;
    let why = match line.kind {
        Some(kind) => {
            fill(w.removed_kind, &[("kind", &plain(kind, all.lang)), ("reason", &line.reason)])
        }
        None => fill(w.removed_reason, &[("reason", &line.reason)]),
    };
    let role = line.role.map(|role| role.word(all.lang)).unwrap_or_default();
    let who = [role, &*name_of(&line.by)].join(" ");
    let (at, decided) = (line.at, line.appeal.as_ref().filter(|appeal| appeal.decided.is_some()));
    view! {
        <div class="notice notice-warn">
            <Icon name="info"/>
            <div>
                <strong>{w.removed_place}</strong>
                <p>{why}</p>
                <p class="row-meta">{who.trim().to_owned()}" · "<Day at/></p>
                {decided.map(appeal_told)}
            </div>
        </div>
    }
    .into_any()
}
