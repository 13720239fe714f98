//! The text by which a neighbour speaks in the forum, or answers a post.

use crate::{
    text_area::TextArea,
    words::{fill, words},
};
use leptos::prelude::*;

words! {
    /// The words of the text.
    pub struct TalkWords {
        /// Above the text.
        pub label: String,
        /// Under the text, until its characters are counted.
        pub hint: String,
        /// The pressed button's word while the form is on its way.
        pub busy: String,
        /// The counter, with the places `{n}` and `{limit}`.
        pub counter: String,
        /// Said when the text is too long, with the place `{n}` for how many characters.
        pub over: String,
        /// Said when an unsent text was put back.
        pub draft: String,
        /// Of the list of names after an @.
        pub names: String,
    }
}

/// Names shown at once.
const NAMES: usize = 6;

/// The names that go on from what was begun.
fn going_on(names: &[String], begun: &str) -> Vec<String> {
    names
        .iter()
        .filter(|name| name.starts_with(begun) && *name != begun)
        .take(NAMES)
        .cloned()
        .collect()
}

/// Whether a text of `length` deserves a warning: from 90 % of `limit`.
fn is_near(length: u32, limit: u32) -> bool {
    u64::from(length) * 10 >= u64::from(limit) * 9
}

/// The field `body` of a form, with its label. Alive, it counts characters as people do, keeps an unsent text on
/// this device until it is sent, offers the names of the talk after an @, and lets the form be sent once, and not
/// with a text that is too long.
#[island]
pub fn TalkText(
    /// Where the form is posted; unsent texts are kept by it and by `parent`.
    action: String,
    /// The post that this answers.
    parent: Option<i64>,
    /// Most characters (grapheme clusters).
    limit: u32,
    /// The words.
    words: TalkWords,
    /// The text as it was typed, when the form comes back.
    typed: String,
    /// Why the text was refused, when the form comes back.
    error: Option<String>,
    /// Whom a text can name with @.
    names: Vec<String>,
) -> impl IntoView {
    let place = parent.map_or_else(|| "new".to_owned(), |id| id.to_string());
    let id = ["say-", &place].concat();
    let error_id = [&id, "-error"].concat();
    let counter_id = [&id, "-counter"].concat();
    let described_by = [&*error_id, " ", &counter_id].concat();
    let refused = error.is_some();

    // Not known before the browser counts.
    let length = RwSignal::new(None::<u32>);
    let restored = RwSignal::new(false);
    let field = NodeRef::<leptos::html::Div>::new();
    // The names that are offered, which of them is marked and whether by a key, and what was begun.
    let offered = RwSignal::new(Vec::<String>::new());
    let marked = RwSignal::new(None::<usize>);
    let by_key = RwSignal::new(false);
    let begun = RwSignal::new(String::new());
    let list_id = [&id, "-names"].concat();

    #[cfg(feature = "hydrate")]
    let pick = move |name: String| {
        if let Some(area) =
            field.get_untracked().and_then(|field| crate::browser::text_area(&field))
        {
            crate::browser::put_name(&area, &begun.get_untracked(), &name);
        }
        offered.set(Vec::new());
    };
    #[cfg(not(feature = "hydrate"))]
    let pick = |_: String| ();

    #[cfg(feature = "hydrate")]
    let (key, leave) = {
        use wasm_bindgen::JsCast;
        let marked_id = [&*list_id, "-"].concat();
        // The text keeps the focus, and says which name is marked.
        Effect::new(move || {
            let Some(area) = field.get().and_then(|field| crate::browser::text_area(&field)) else {
                return;
            };
            let at = marked.get().filter(|_| !offered.with(Vec::is_empty));
            // Both fail only for names that are none.
            let _ = match at {
                Some(n) => area.set_attribute(
                    "aria-activedescendant",
                    &[&*marked_id, &n.to_string()].concat(),
                ),
                None => area.remove_attribute("aria-activedescendant"),
            };
        });
        let key = move |event: web_sys::KeyboardEvent| {
            let names = offered.get_untracked();
            let in_text =
                event.target().is_some_and(|it| it.has_type::<web_sys::HtmlTextAreaElement>());
            if names.is_empty() || !in_text || event.is_composing() {
                return;
            }
            let (now, count) = (marked.get_untracked(), names.len());
            let to = |n: usize| {
                by_key.set(true);
                marked.set(Some(n % count));
            };
            match &*event.key() {
                "ArrowDown" => to(now.map_or(0, |now| now + 1)),
                "ArrowUp" => to(now.unwrap_or(0) + count - 1),
                "Escape" => offered.set(Vec::new()),
                // Tab leaves the field, unless somebody is among the names already.
                "Tab" if !by_key.get_untracked() => return offered.set(Vec::new()),
                "Enter" | "Tab" => match now.and_then(|now| names.into_iter().nth(now)) {
                    Some(name) => pick(name),
                    None => return,
                },
                _ => return,
            }
            event.prevent_default();
        };
        (key, move |_: web_sys::FocusEvent| offered.set(Vec::new()))
    };
    #[cfg(not(feature = "hydrate"))]
    let (key, leave) = {
        let _ = by_key;
        (|_: web_sys::KeyboardEvent| (), |_: web_sys::FocusEvent| ())
    };

    #[cfg(feature = "hydrate")]
    let input = {
        use crate::browser::{self, Draft};
        let draft = Draft::new(&action, &place);
        let busy = words.busy.clone();
        {
            let (draft, list) = (draft.clone(), list_id.clone());
            Effect::new(move || {
                let Some(area) = field.get().and_then(|field| browser::text_area(&field)) else {
                    return;
                };
                let _ = area.set_attribute("aria-autocomplete", "list");
                let _ = area.set_attribute("aria-controls", &list);
                // What is typed before the script woke up wins over the draft.
                if let Some(text) = draft.open().filter(|_| area.value().is_empty()) {
                    area.set_value(&text);
                    restored.set(true);
                }
                if !area.value().is_empty() {
                    length.set(Some(browser::characters(&area.value())));
                }
                if let Some(form) = crate::form_dom::form_of(&area) {
                    let over = move || length.get_untracked().is_some_and(|n| n > limit);
                    alive::send_once(form, busy.clone(), over);
                }
            });
        }
        move |_: web_sys::Event| {
            if let Some(area) = field.get_untracked().and_then(|field| browser::text_area(&field)) {
                let text = area.value();
                draft.keep(&text);
                length.set(Some(browser::characters(&text)));
                let now = browser::name_begun(&area);
                let found = now.as_deref().map(|now| going_on(&names, now));
                // An @ alone promises no name: Enter still begins a line.
                let first = now.as_ref().is_some_and(|now| !now.is_empty());
                marked.set(first.then_some(0));
                by_key.set(false);
                begun.set(now.unwrap_or_default());
                offered.set(found.unwrap_or_default());
            }
        }
    };
    #[cfg(not(feature = "hydrate"))]
    let input = {
        let _ = (&names, begun, marked, going_on, &place, &action);
        |_: web_sys::Event| ()
    };

    let counter = move || match length.get() {
        None => words.hint.clone(),
        Some(n) if n > limit => fill(&words.over, "n", n - limit),
        Some(n) => fill(&fill(&words.counter, "n", n), "limit", limit),
    };

    let names_label = words.names.clone();
    let of_names = list_id.clone();
    let names_list = move || {
        let buttons = offered.get().into_iter().enumerate().map(|(n, name)| {
            let shown = name.clone();
            view! {
                <li
                    id=[&of_names, "-", &n.to_string()].concat()
                    role="option"
                    aria-selected=move || if marked.get() == Some(n) { "true" } else { "false" }
                    on:mousedown=move |event: web_sys::MouseEvent| {
                        event.prevent_default();
                        pick(name.clone());
                    }
                >
                    {shown}
                </li>
            }
        });
        buttons.collect::<Vec<_>>()
    };
    let how_many = {
        let label = words.names.clone();
        move || match offered.with(Vec::len) {
            0 => String::new(),
            n => [&*label, " ", &n.to_string()].concat(),
        }
    };
    view! {
        <div class="field" node_ref=field on:input=input on:keydown=key on:focusout=leave>
            <label class="field-label" for=id.clone()>{words.label}</label>
            <TextArea
                id=id
                name="body"
                value=typed
                required=true
                invalid=refused
                described_by=described_by
            />
            <ul
                class="name-list"
                id=list_id
                role="listbox"
                aria-label=names_label
                hidden=move || offered.get().is_empty()
            >
                {names_list}
            </ul>
            <p class="visually-hidden" role="status">{how_many}</p>
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
    }
}

#[cfg(feature = "hydrate")]
mod alive {
    use crate::{browser, form_dom::on};
    use std::cell::RefCell;
    use std::rc::Rc;
    use wasm_bindgen::JsCast;
    use web_sys::{HtmlElement, HtmlFormElement, SubmitEvent};

    /// Lets a form be sent once, and not at all while its text is `over` the limit; the pressed button says `busy`.
    pub(super) fn send_once(
        form: HtmlFormElement,
        busy: String,
        over: impl Fn() -> bool + 'static,
    ) {
        // The pressed button and its own word, while the form is on its way.
        let pressed = Rc::new(RefCell::new(None::<(HtmlElement, String)>));
        let held = pressed.clone();
        let target = form.clone();
        on(&target, "submit", move |event| {
            if over() || held.borrow().is_some() {
                event.prevent_default();
                return;
            }
            // Older browsers don't say which button it was.
            let event: &SubmitEvent = event.unchecked_ref();
            let main = || form.query_selector(".btn-primary").ok()?.map(JsCast::unchecked_into);
            let Some(button) = event.submitter().or_else(main) else { return };
            let word = button.text_content().unwrap_or_default();
            button.set_text_content(Some(&busy));
            // Setting an attribute fails only for names that are none.
            let _ = button.set_attribute("aria-disabled", "true");
            held.replace(Some((button, word)));
        });
        // Going back shows this page as it was: it must be able to send again.
        browser::when_shown_again(move || {
            if let Some((button, word)) = pressed.take() {
                button.set_text_content(Some(&word));
                let _ = button.remove_attribute("aria-disabled");
            }
        });
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

    #[test]
    fn names_go_on_from_what_was_begun() {
        let names: Vec<String> = ["老槐树", "老王", "陈老师"].map(ToOwned::to_owned).into();
        for (begun, expected) in [
            ("", vec!["老槐树", "老王", "陈老师"]),
            ("老", vec!["老槐树", "老王"]),
            ("老王", vec![]),
            ("老王，", vec![]),
        ] {
            assert_eq!(going_on(&names, begun), expected, "{begun}");
        }
    }

    #[cfg(feature = "ssr")]
    #[test]
    fn a_refused_text_comes_back_as_it_was() {
        let word = |text: &str| text.to_owned();
        let words = TalkWords {
            label: word("想说的话"),
            hint: word("最多 500 字"),
            busy: word("正在送出"),
            counter: word("{n} / {limit}"),
            over: word("多了 {n} 字"),
            draft: word("没发出的话放回来了"),
            names: word("可以提到的邻居"),
        };
        let html = Owner::new().with(|| {
            view! {
                <TalkText
                    action="/proposals/7/posts".to_owned()
                    parent=Some(41)
                    limit=500
                    words=words
                    typed="</textarea><script>alert(1)</script>".to_owned()
                    error=Some(word("太长了"))
                    names=vec![word("老槐树")]
                />
            }
            .to_html()
        });
        for part in [
            "id=\"say-41\"",
            "&lt;/textarea&gt;&lt;script&gt;alert(1)&lt;/script&gt;</textarea>",
            "aria-invalid=\"true\"",
            "太长了",
            "最多 500 字",
        ] {
            assert!(html.contains(part), "{part} is not in {html}");
        }
        assert!(!html.contains("<script"), "{html}");
    }
}
