//! The page of a matter's opinions: the statement to be answered, one's own, and the tools of those who look
//! after it. The picture has a file of its own.

use domain::permission::Denied;
use domain::talk::PostState;
use domain::text::{Reason, StatementBody};
use leptos::prelude::*;
use service::Problem;
use service::opinion::{AnswerForm, Asked, OWN_STATEMENTS_MAX, OwnStatement, StatementForm};
use service::views::matter::MatterView;

use super::denied::Closed;
use super::opinions::{Back, Sheet};
use super::{opinions_desk, opinions_picture};
use crate::form::{ErrorSummary, LinesField, Problems};
use crate::link::to;
use crate::parts::Icon;
use crate::render::words;
use crate::unsent::Unsent;
use crate::words::{Words, fill};

/// The word for an answer.
fn choice_word(name: &str, words: &Words) -> &'static str {
    match name {
        "agree" => words.opinions.agree,
        "disagree" => words.opinions.disagree,
        _ => words.opinions.pass,
    }
}

pub(super) fn body(sheet: &Sheet) -> AnyView {
    let w = words().opinions;
    let view = &sheet.view;
    let problems = sheet.back.problems();
    let labels = vec![("body", w.write_label), ("reason", w.hide_label), ("file", w.read_label)];
    let closed = (!view.open).then(|| view! { <p class="notice notice-info">{w.closed}</p> });
    view! {
        <div class="page-head">
            <a class="crumb" href=to(format!("/proposals/{}", view.number))>
                <Icon name="chevron"/>
                {view.title.clone()}
            </a>
            <h1>{w.head}</h1>
            <p class="page-lead">{w.lead}</p>
        </div>
        <ErrorSummary problems=problems labels=labels/>
        {unsent(sheet)}
        {closed}
        {opinions_desk::answer(sheet)}
        {ask(sheet)}
        {opinions_picture::picture(sheet)}
        {write(sheet)}
        {mine(sheet)}
        {opinions_desk::tools(sheet)}
    }
    .into_any()
}

/// What was typed into a form that isn't on the page any more.
fn unsent(sheet: &Sheet) -> Option<AnyView> {
    let (view, look) = (&sheet.view, sheet.look);
    let listed = |id: Option<i64>| id.is_some_and(|id| opinions_desk::has_form(view, look, id));
    let text = match &sheet.back {
        Back::Write(form, _) if !(view.may.answer && view.may.write) => form.body.clone(),
        Back::Reason(reason, _) if !listed(look.decline.or(look.hide)) => reason.clone(),
        _ => return None,
    };
    Some(view! { <Unsent text/> }.into_any())
}

/// On the matter's page, while it takes posts: the way here; later, where there is something to be seen.
pub(super) fn link(matter: &MatterView) -> Option<AnyView> {
    let w = words().opinions;
    let open = matter.state.name().takes_posts();
    let number = matter.number;
    (open || matter.opinions).then(|| {
        let text = open.then(|| view! { <p>{w.link_text}</p> });
        let word = if open { w.link_go } else { w.link_see };
        view! {
            <section class="section" aria-labelledby="opinions">
                <h2 class="section-head" id="opinions">{w.link_head}</h2>
                {text}
                <a class="btn btn-secondary" href=to(format!("/proposals/{number}/opinions"))>{word}</a>
            </section>
        }
        .into_any()
    })
}

fn ask(sheet: &Sheet) -> Option<AnyView> {
    let all = words();
    let w = all.opinions;
    let view = &sheet.view;
    if !view.open {
        return None;
    }
    if let Some(denied) = view.denied {
        return Some(denied_view(sheet, denied));
    }
    let progress = (view.shown > 0).then(|| {
        let text =
            fill(w.ask_progress, &[("n", &view.answered.len()), ("total", &view.shown)]);
        view! {
            <div class="progress">
                <progress class="progress-bar" aria-label=text.clone() value=view.answered.len().to_string() max=view.shown.to_string()></progress>
                <p class="progress-text num">{text}</p>
            </div>
        }
    });
    let inside = match &view.asked {
        Some(asked) => question(sheet, asked),
        None if view.shown == 0 => {
            view! { <h2>{w.ask_none}</h2><p>{w.ask_none_text}</p> }.into_any()
        }
        None => view! { <h2>{w.ask_done}</h2><p>{w.ask_done_text}</p> }.into_any(),
    };
    Some(
        view! {
            <section class="section opinion-ask" id="ask">
                {inside}
                {progress}
            </section>
        }
        .into_any(),
    )
}

fn question(sheet: &Sheet, asked: &Asked) -> AnyView {
    let all = words();
    let w = all.opinions;
    let before = asked.before.map(|choice| {
        let name = AnswerForm::CHOICES.into_iter().find(|(_, it)| *it == choice);
        let word = choice_word(name.map_or("pass", |(name, _)| name), all);
        view! { <p class="field-hint">{fill(w.ask_again, &[("choice", &word)])}</p> }
    });
    let buttons: Vec<_> = AnswerForm::CHOICES
        .into_iter()
        .map(|(name, _)| {
            let (class, icon) = match name {
                "agree" => ("btn opinion-agree", "check"),
                "disagree" => ("btn opinion-disagree", "cross"),
                _ => ("btn btn-secondary", "chevron"),
            };
            view! {
                <button class=class name="choice" value=name>
                    <Icon name=icon/>
                    {choice_word(name, all)}
                </button>
            }
        })
        .collect();
    view! {
        <h2 class="section-head" id="ask-head">{w.ask_head}</h2>
        <form method="post" action=sheet.at(&format!("/statements/{}/answers", asked.number))>
            <p class="opinion-sentence" id="ask-sentence">{asked.body.clone()}</p>
            {before}
            <div class="opinion-buttons" role="group" aria-labelledby="ask-head ask-sentence">{buttons}</div>
            <p class="field-hint">{w.pass_hint}</p>
        </form>
    }
    .into_any()
}

fn denied_view(sheet: &Sheet, denied: Denied) -> AnyView {
    let w = words().opinions;
    Closed {
        here: &sheet.at(""),
        sign_in: w.sign_in,
        class: "btn btn-primary btn-block",
        verify: w.denied_verify,
        scope: w.denied_scope,
    }
    .view(denied)
}

fn write(sheet: &Sheet) -> Option<AnyView> {
    let w = words().opinions;
    let view = &sheet.view;
    if !view.may.answer {
        return None;
    }
    let inside = if view.may.write {
        form(sheet)
    } else if view.own.len() >= OWN_STATEMENTS_MAX {
        let text = fill(w.write_own_full, &[("max", &OWN_STATEMENTS_MAX)]);
        view! { <p class="field-hint">{text}</p> }.into_any()
    } else {
        view! { <p class="field-hint">{w.write_full}</p> }.into_any()
    };
    Some(
        view! {
            <section class="section" aria-labelledby="write">
                <h2 class="section-head" id="write">{w.write_head}</h2>
                {inside}
            </section>
        }
        .into_any(),
    )
}

fn form(sheet: &Sheet) -> AnyView {
    let w = words().opinions;
    let (typed, problems) = match &sheet.back {
        Back::Write(typed, problems) => (typed.clone(), problems.clone()),
        _ => (StatementForm::default(), Problems::default()),
    };
    let watched = problems.0.iter().any(|error| error.problem == Problem::WatchedWords);
    let anyway = watched.then(|| {
        view! { <button class="btn btn-quiet" name="anyway" value="1">{w.write_anyway}</button> }
    });
    view! {
        <form method="post" action=sheet.at("/statements")>
            <LinesField
                name="body"
                label=w.write_label
                hint=w.write_hint
                value=typed.body
                max=StatementBody::MAX
                rows=3
                problems=problems
            />
            <div class="btn-row">
                <button class="btn btn-secondary">{w.write_go}</button>
                {anyway}
            </div>
        </form>
    }
    .into_any()
}

/// What who looks wrote and answered; nobody else is shown it.
fn mine(sheet: &Sheet) -> AnyView {
    let all = words();
    let w = all.opinions;
    let view = &sheet.view;
    let own: Vec<_> = view.own.iter().map(own_line).collect();
    let own = (!own.is_empty()).then(|| {
        view! {
            <section class="section" aria-labelledby="own">
                <h2 class="section-head" id="own">{w.own_head}</h2>
                <ul class="row-list">{own}</ul>
            </section>
        }
    });
    let answered: Vec<_> = view
        .answered
        .iter()
        .map(|(number, text, choice)| {
            let name = AnswerForm::CHOICES.into_iter().find(|(_, it)| it == choice);
            let word = choice_word(name.map_or("pass", |(name, _)| name), all);
            let change = view.may.answer.then(|| {
                let href = sheet.at(&format!("?statement={number}#ask"));
                view! {
                    <a class="btn btn-quiet btn-small" href=href>
                        {w.change}
                        <span class="visually-hidden">{format!(" {text}")}</span>
                    </a>
                }
            });
            view! {
                <li class="row">
                    <p class="row-title">{text.clone()}</p>
                    <p class="row-meta">{word}</p>
                    {change}
                </li>
            }
        })
        .collect();
    let answered = (!answered.is_empty()).then(|| {
        view! {
            <details class="more">
                <summary>{fill(w.answered, &[("n", &view.answered.len())])}</summary>
                <ul class="more-body row-list">{answered}</ul>
            </details>
        }
    });
    view! { {own}{answered} }.into_any()
}

fn own_line(own: &OwnStatement) -> impl IntoView + use<> {
    let w = words().opinions;
    let reason = own.reason.clone().unwrap_or_default();
    let state = match own.state {
        PostState::Shown | PostState::Folded => None,
        PostState::Waiting => Some(w.own_waiting.to_owned()),
        PostState::Removed => Some(fill(w.own_removed, &[("reason", &reason)])),
        PostState::Declined => Some(fill(w.own_declined, &[("reason", &reason)])),
    };
    let title =
        (!own.body.is_empty()).then(|| view! { <p class="row-title">{own.body.clone()}</p> });
    let state = state.map(|state| view! { <p class="row-meta">{state}</p> });
    view! { <li class="row">{title}{state}</li> }
}

/// The reason that came back for a form of this statement.
pub(super) fn reason_form(
    sheet: &Sheet,
    action: String,
    word: &'static str,
) -> impl IntoView + use<> {
    let w = words().opinions;
    let (typed, problems) = match &sheet.back {
        Back::Reason(typed, problems) => (typed.clone(), problems.clone()),
        _ => (String::new(), Problems::default()),
    };
    view! {
        <form method="post" action=action>
            <LinesField
                name="reason"
                label=w.hide_label
                value=typed
                max=Reason::MAX
                rows=3
                problems=problems
            />
            <button class="btn btn-danger btn-small">{word}</button>
        </form>
    }
}
