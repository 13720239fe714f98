//! The form by which a neighbour speaks in the forum, or answers a post.

use crate::{text_area::TextArea, words::fill};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The words of the reply form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplyWords {
    /// Above the choice of stances.
    pub legend: String,
    /// Above the text.
    pub label: String,
    /// Under the text, until its characters are counted.
    pub hint: String,
    /// The button's word.
    pub submit: String,
    /// The button's word while the form is on its way.
    pub busy: String,
    /// The counter, with the places `{n}` and `{limit}`.
    pub counter: String,
    /// Said when the text is too long, with the place `{n}` for how many characters.
    pub over: String,
    /// Said when an unsent text was put back.
    pub draft: String,
}

/// The style and the icon of a stance, by its value: a stance is never its colour alone.
fn look(stance: &str) -> (&'static str, &'static str) {
    match stance {
        "for" => ("stance stance-for", "check"),
        "against" => ("stance stance-against", "cross"),
        "question" => ("stance stance-ask", "question"),
        _ => ("stance stance-add", "add"),
    }
}

/// Whether a text of `length` deserves a warning: from 90 % of `limit`.
fn is_near(length: u32, limit: u32) -> bool {
    u64::from(length) * 10 >= u64::from(limit) * 9
}

/// A form with the fields `stance`, `body` and, for an answer, `parent`. Alive, it counts characters as people
/// do, keeps an unsent text on this device until it is sent, and sends once.
#[island]
pub fn ReplyForm(
    /// Where the form is posted; unsent texts are kept by it and by `parent`.
    action: String,
    /// The stances: value as it is sent, and word.
    options: Vec<(String, String)>,
    /// The address of the icons' sprite.
    icons: String,
    /// The post that this answers.
    parent: Option<i64>,
    /// Most characters (grapheme clusters).
    limit: u32,
    /// The words.
    words: ReplyWords,
    /// The text as it was typed, when the form comes back.
    typed: String,
    /// The stance as it was chosen, when the form comes back.
    stance: Option<String>,
    /// Why the text was refused, when the form comes back.
    error: Option<String>,
) -> impl IntoView {
    let place = parent.map_or_else(|| "new".to_owned(), |id| id.to_string());
    let id = ["say-", &place].concat();
    let error_id = [&id, "-error"].concat();
    let counter_id = [&id, "-counter"].concat();
    let described_by = [&*error_id, " ", &counter_id].concat();
    let refused = error.is_some();

    // Not known before the browser counts.
    let length = RwSignal::new(None::<u32>);
    let sending = RwSignal::new(false);
    let restored = RwSignal::new(false);
    let form = NodeRef::<leptos::html::Form>::new();

    #[cfg(feature = "hydrate")]
    let (input, submit) = {
        use crate::browser::{self, Draft};
        let draft = Draft::new(&action, &place);
        {
            let (draft, came_back) = (draft.clone(), error.is_some() || !typed.is_empty());
            Effect::new(move || {
                let Some(area) = form.get().and_then(|form| browser::text_area(&form)) else {
                    return;
                };
                // What is typed before the script woke up wins over the draft.
                if let Some(text) = draft.open(came_back).filter(|_| area.value().is_empty()) {
                    area.set_value(&text);
                    restored.set(true);
                }
                if !area.value().is_empty() {
                    length.set(Some(browser::characters(&area.value())));
                }
            });
        }
        let kept = draft.clone();
        (
            move |_: web_sys::Event| {
                if let Some(area) = form.get_untracked().and_then(|form| browser::text_area(&form))
                {
                    let text = area.value();
                    kept.keep(&text);
                    length.set(Some(browser::characters(&text)));
                }
            },
            move |event: web_sys::SubmitEvent| {
                let too_long = length.get_untracked().is_some_and(|n| n > limit);
                if sending.get_untracked() || too_long {
                    event.prevent_default();
                } else {
                    sending.set(true);
                    draft.sent();
                    // Going back shows this page as it was: it must be able to send again.
                    browser::when_shown_again(move || sending.set(false));
                }
            },
        )
    };
    #[cfg(not(feature = "hydrate"))]
    let (input, submit) = (|_: web_sys::Event| (), |_: web_sys::SubmitEvent| ());

    let stances = options.into_iter().enumerate().map(|(n, (value, word))| {
        let id = [&id, "-", &n.to_string()].concat();
        let (class, icon) = look(&value);
        let chosen = stance.as_ref() == Some(&value);
        view! {
            <div class="stance-option">
                <input type="radio" id=id.clone() name="stance" value=value required=true checked=chosen />
                <label class=class for=id>
                    <svg class="icon" width="24" height="24" aria-hidden="true">
                        <use href=[&icons, "#", icon].concat()></use>
                    </svg>
                    {word}
                </label>
            </div>
        }
    });
    let stances = stances.collect::<Vec<_>>();
    let counter = move || match length.get() {
        None => words.hint.clone(),
        Some(n) if n > limit => fill(&words.over, "n", n - limit),
        Some(n) => fill(&fill(&words.counter, "n", n), "limit", limit),
    };

    view! {
        <form class="talk-form" method="post" action=action node_ref=form on:input=input on:submit=submit>
            {parent.map(|id| view! { <input type="hidden" name="parent" value=id.to_string() /> })}
            <fieldset class="field">
                <legend class="field-label">{words.legend}</legend>
                <div class="stance-list">{stances}</div>
            </fieldset>
            <div class="field">
                <label class="field-label" for=id.clone()>{words.label}</label>
                <TextArea
                    id=id
                    name="body"
                    value=typed
                    required=true
                    invalid=refused
                    described_by=described_by
                />
                <p class="field-error" id=error_id hidden=!refused>{error}</p>
                <p class="field-hint" role="status" hidden=move || !restored.get()>{words.draft}</p>
                <p
                    class="counter"
                    class:counter-warn=move || length.get().is_some_and(|n| is_near(n, limit))
                    id=counter_id
                >
                    {counter}
                </p>
            </div>
            <button class="btn btn-primary" type="submit" aria-disabled=move || sending.get().then_some("true")>
                {move || if sending.get() { words.busy.clone() } else { words.submit.clone() }}
            </button>
        </form>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_warning_begins_at_nine_tenths() {
        for (length, limit, expected) in [
            (0, 500, false),
            (449, 500, false),
            (450, 500, true),
            (501, 500, true),
            (8, 9, false),
            (9, 9, true),
        ] {
            assert_eq!(is_near(length, limit), expected, "{length} of {limit}");
        }
    }

    #[cfg(feature = "ssr")]
    #[test]
    fn a_refused_form_comes_back_as_it_was() {
        let word = |text: &str| text.to_owned();
        let words = ReplyWords {
            legend: word("您的看法"),
            label: word("想说的话"),
            hint: word("最多 500 字"),
            submit: word("发言"),
            busy: word("正在送出"),
            counter: word("{n} / {limit}"),
            over: word("多了 {n} 字"),
            draft: word("没发出的话放回来了"),
        };
        let html = Owner::new().with(|| {
            view! {
                <ReplyForm
                    action="/proposals/7/posts".to_owned()
                    options=vec![(word("for"), word("赞成")), (word("against"), word("反对"))]
                    icons="/assets/icons.svg".to_owned()
                    parent=Some(41)
                    limit=500
                    words=words
                    typed="</textarea><script>alert(1)</script>".to_owned()
                    stance=Some(word("against"))
                    error=Some(word("太长了"))
                />
            }
            .to_html()
        });
        for part in [
            "name=\"parent\" value=\"41\"",
            "value=\"against\" required checked",
            "&lt;/textarea&gt;&lt;script&gt;alert(1)&lt;/script&gt;</textarea>",
            "href=\"/assets/icons.svg#cross\"",
            "aria-invalid=\"true\"",
            "太长了",
        ] {
            assert!(html.contains(part), "{part} is not in {html}");
        }
        assert!(!html.contains("value=\"for\" required checked"), "{html}");
        assert!(!html.contains("<script"), "{html}");
    }
}
