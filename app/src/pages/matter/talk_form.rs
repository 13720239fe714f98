//! The form in which a neighbour speaks, answers or quotes; and the one by which a post is taken down.

use domain::civil::watched;
use domain::stance::Stance;
use domain::text::{PostBody, Reason};
use leptos::prelude::*;
use service::photo::POST_MAX;
use service::post::PostForm;
use service::views::matter::QuoteView;

use super::Back;
use super::talk_post::quoted;
use super::thread::Thread;
use crate::dates::clock;
use crate::form::{LinesField, Problems, error_line};
use crate::link::to;
use crate::parts::{Icon, stance_look};
use crate::photos::PhotoField;
use crate::render::{cx, words};
use crate::words::terms::Term;
use crate::words::{Words, fill};

/// The form for a new post, or for a reply to the post `parent`.
pub(super) fn form(thread: &Thread<'_>, parent: Option<i64>) -> AnyView {
    let cx = cx();
    let words = cx.words();
    let (typed, photos, problems) = match thread.back {
        Back::Post(typed, photos, problems) => (typed.clone(), photos.clone(), problems.clone()),
        _ => (PostForm::default(), Vec::new(), Problems::default()),
    };
    let anyway = problems.only_watched().then(|| {
        view! { <button class="btn btn-secondary" name="anyway" value="1">{words.talk.anyway}</button> }
    });
    let error = error(&typed.body, &problems);
    let id = parent.map_or_else(|| "say-new".to_owned(), |id| format!("say-{id}"));
    let stances = stances(&id, &typed.stance, &problems);
    let action = thread.at(&format!("/posts{}", thread.query));
    let limit = u32::try_from(PostBody::MAX).unwrap_or(u32::MAX);
    // Who answers as the committee waits for nobody's turn.
    let turn = thread.turn.filter(|_| !thread.committee || parent.is_none()).map(|until| {
        let n = cx.viewer.community.settings.turn_posts;
        let text = fill(words.talk.turn, &[("n", &n), ("time", &clock(until))]);
        view! { <p class="notice notice-info"><Icon name="clock"/><span>{text}</span></p> }
    });
    let quote = quote(thread, &typed);
    let (to_text, to_photos) = (action.clone(), action.clone());
    // Its islands' types would nest deeper than the compiler looks.
    let photos =
        view! { <PhotoField action=to_photos photos=photos max=POST_MAX problems=problems/> }
            .into_any();
    let hints = crate::hints::hints().into_any();
    let ask = parent.is_none().then(|| ask(!typed.ask.is_empty()));
    view! {
        {turn}
        <form class="talk-form" method="post" enctype="multipart/form-data" action=action>
            <islands::FirstButton/>
            {parent.map(|id| view! { <input type="hidden" name="parent" value=id.to_string()/> })}
            {stances}
            <islands::TalkText
                action=to_text
                parent=parent
                limit=limit
                words=talk_words(words)
                typed=typed.body
                error=error
                names=thread.names.clone()
            />
            {quote}
            {photos}
            {ask}
            {hints}
            <button class="btn btn-primary" type="submit">{words.matter.say_go}</button>
            {anyway}
        </form>
    }
    .into_any()
}

/// What is wrong with a text and what it hangs on; watched words are named. The stance says its own.
pub(super) fn error(body: &str, problems: &Problems) -> Option<String> {
    let cx = cx();
    let words = cx.words();
    let w = words.matter;
    let labels = [("body", w.say_body), ("parent", w.reply_title)];
    let lines = labels.into_iter().filter_map(|(field, label)| {
        let text = problems.of_field(field, words)?;
        if problems.only_watched() {
            let found = watched(body, &cx.viewer.community.settings.watch_words);
            let found = found.join(words.lang.pick("”“", "”, “"));
            return Some(fill(words.talk.p_watched_words, &[("words", &found)]));
        }
        Some(if field == "body" {
            text
        } else {
            format!("{label}{}{text}", words.lang.pick("：", ": "))
        })
    });
    let lines: Vec<_> = lines.collect();
    (!lines.is_empty()).then(|| lines.join(words.lang.pick("　", " ")))
}

/// What is quoted, with the way to quote nothing.
fn quote(thread: &Thread<'_>, typed: &PostForm) -> Option<AnyView> {
    let w = words().talk;
    let id = thread.look.quote.or_else(|| typed.quote.parse().ok())?;
    let shown = thread.quote.clone().unwrap_or(QuoteView { id, text: None });
    let known = shown.text.is_some();
    let drop = format!("{}#say-new", thread.here);
    Some(
        view! {
            <div class="field">
                <input type="hidden" name="quote" value=id/>
                {known.then(|| quoted(thread, &shown))}
                <a class="btn btn-quiet btn-small" href=to(drop)>
                    <Icon name="cross"/>
                    {w.quote_drop}
                </a>
            </div>
        }
        .into_any(),
    )
}

/// The tick by which a question goes to the committee.
fn ask(ticked: bool) -> AnyView {
    let cx = cx();
    let w = cx.words().talk;
    let days = cx.viewer.community.settings.question_days;
    view! {
        <div class="check">
            <input
                type="checkbox"
                id="ask"
                name="ask"
                value="1"
                checked=ticked
                aria-describedby="ask-h"
            />
            <label for="ask">{w.ask}</label>
            <p class="field-hint" id="ask-h">{fill(w.ask_hint, &[("n", &days)])}</p>
        </div>
    }
    .into_any()
}

/// The choice of a stance; its inputs are `{id}-0` and on.
pub(super) fn stances(id: &str, chosen: &str, problems: &Problems) -> AnyView {
    let words = words();
    let each = |(n, stance): (usize, &Stance)| {
        let id = format!("{id}-{n}");
        let (class, icon) = stance_look(*stance);
        view! {
            <div class="stance-option">
                <input
                    type="radio"
                    id=id.clone()
                    name="stance"
                    value=stance.as_str()
                    required=true
                    checked=chosen == stance.as_str()
                />
                <label class=class for=id><Icon name=icon/>{stance.word(words.lang)}</label>
            </div>
        }
    };
    let options: Vec<_> = Stance::ALL.iter().enumerate().map(each).collect();
    let field = format!("{id}-stance");
    let wrong = problems.of_field("stance", words);
    let described = wrong.is_some().then(|| format!("{field}-e"));
    view! {
        <fieldset class="field" aria-describedby=described>
            <legend class="field-label">{words.matter.say_stance}</legend>
            <div class="stance-list">{options}</div>
            {error_line(&field, wrong)}
        </fieldset>
    }
    .into_any()
}

fn talk_words(words: &Words) -> islands::TalkWords {
    let w = words.matter;
    islands::TalkWords {
        label: w.say_body.into(),
        hint: fill(w.say_hint, &[("max", &PostBody::MAX)]),
        busy: w.say_busy.into(),
        counter: w.say_counter.into(),
        over: w.say_over.into(),
        draft: w.say_draft.into(),
        names: words.talk.names.into(),
    }
}

/// The form by which a post is taken down.
pub(super) fn hide_form(thread: &Thread<'_>, id: i64) -> AnyView {
    let w = words().matter;
    let (typed, problems) = match thread.back {
        Back::Hide(typed, problems) => (typed.clone(), problems.clone()),
        _ => (String::new(), Problems::default()),
    };
    view! {
        <form id="hide" method="post" action=thread.at(&format!("/posts/{id}/hide{}", thread.query))>
            <LinesField
                id="hide-reason"
                name="reason"
                label=w.hide_label
                value=typed
                max=Reason::MAX
                problems=problems
            />
            <button class="btn btn-danger btn-small">{w.hide_go}</button>
        </form>
    }
    .into_any()
}
