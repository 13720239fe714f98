//! Similar matters, while a title is being written.

use crate::words::{fill, words};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// A matter like the one that is being written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SimilarLine {
    /// Public number.
    pub number: u32,
    /// Title.
    pub title: String,
    /// Its state, in words.
    pub state: String,
    /// Where.
    pub place: String,
    /// Address of its page.
    pub url: String,
    /// Whether it can be co-signed.
    pub cosign: bool,
}

words! {
    /// The words of [`Similar`].
    pub struct SimilarWords {
        /// Above the list.
        pub title: String,
        /// Under its heading.
        pub lead: String,
        /// A number, with the place `{n}`.
        pub number: String,
        /// To one that can be co-signed.
        pub cosign: String,
        /// To one that can't.
        pub open: String,
        /// Said when they were looked for and there are none; empty says nothing.
        pub none: String,
    }
}

/// The most that are shown.
pub const SIMILAR_MAX: usize = 3;

/// At most three matters like the one whose title is being written, each with its way to co-sign it instead.
/// Alive, it looks for them when the field `title`, `category` or `place` rests; what it has shown goes into the
/// form's field `seen`.
#[island]
pub fn Similar(
    /// Where they are looked for: `{"found":[…]}`, each as [`SimilarLine`].
    address: String,
    /// Those that the server has found.
    found: Vec<SimilarLine>,
    /// The words.
    words: SimilarWords,
) -> impl IntoView {
    let found = RwSignal::new(found);

    #[cfg(feature = "hydrate")]
    alive::look(address, found);
    #[cfg(not(feature = "hydrate"))]
    let _ = address;

    let SimilarWords { title, lead, number, cosign, open, none } = words;
    let line = move |it: SimilarLine| {
        let word = if it.cosign { cosign.clone() } else { open.clone() };
        let named = [&*word, " ", &it.title].concat();
        let meta = [&*fill(&number, "n", it.number), " · ", &it.state, " · ", &it.place].concat();
        view! {
            <li class="row">
                <p class="row-title"><a href=it.url.clone()>{it.title}</a></p>
                <p class="row-meta">{meta}</p>
                <a class="btn btn-secondary btn-small" href=it.url aria-label=named>{word}</a>
            </li>
        }
    };
    let lines = move || found.get().into_iter().take(SIMILAR_MAX).map(&line).collect::<Vec<_>>();
    let is_empty = move || found.with(Vec::is_empty);
    let says_none = !none.is_empty();
    view! {
        <div class="similar" id="similar" aria-live="polite">
            <div class="similar-found" hidden=is_empty>
                <h3>{title}</h3>
                <p class="field-hint">{lead}</p>
                <ul class="row-list">{lines}</ul>
            </div>
            <p class="field-hint" hidden=move || !says_none || !is_empty()>{none}</p>
        </div>
    }
}

#[cfg(feature = "hydrate")]
mod alive {
    use std::time::Duration;

    use leptos::prelude::*;
    use wasm_bindgen::{JsCast, JsValue};
    use web_sys::{HtmlElement, UrlSearchParams};

    use super::SimilarLine;
    use crate::browser::{self, Answer, Json};
    use crate::form_dom::{self, control};

    /// How long a title rests before it is looked for.
    const REST: Duration = Duration::from_millis(500);
    /// The least characters that can be like something.
    const LEAST: u32 = 4;

    pub(super) fn look(address: String, found: RwSignal<Vec<SimilarLine>>) {
        let waiting = StoredValue::new_local(None::<TimeoutHandle>);
        let asked = StoredValue::new_local(String::new());
        for id in ["title", "category", "place"] {
            let Some(field) = control(id) else { continue };
            let address = address.clone();
            form_dom::on(&field, "input", move |_| {
                waiting.with_value(|before| before.map(|before| before.clear()));
                let address = address.clone();
                let then = move || ask(&address, asked, found);
                waiting.set_value(set_timeout_with_handle(then, REST).ok());
            });
        }
    }

    fn ask(
        address: &str,
        asked: StoredValue<String, LocalStorage>,
        found: RwSignal<Vec<SimilarLine>>,
    ) {
        let value = |id: &str| control(id).map(|it| it.value()).unwrap_or_default();
        let title = value("title");
        if browser::characters(title.trim()) < LEAST {
            // Typed again, it is looked for again.
            asked.set_value(String::new());
            found.set(Vec::new());
            return;
        }
        let Ok(params) = UrlSearchParams::new() else { return };
        params.append("title", &title);
        params.append("category", &value("category"));
        params.append("place", &value("place"));
        let query = String::from(params.to_string());
        if asked.with_value(|before| *before == query) {
            return;
        }
        asked.set_value(query.clone());
        let address = [address, "?", &query].concat();
        leptos::task::spawn_local(async move {
            // A search that fails is no reason to disturb the one who types.
            let Answer::Good(json) = browser::get_json(&address).await else { return };
            // What was typed in the meantime has been asked for as well.
            if asked.with_value(|now| *now == query) {
                let lines = lines(&json);
                note_seen(&lines);
                found.set(lines);
            }
        });
    }

    fn lines(json: &Json) -> Vec<SimilarLine> {
        let line = |it: JsValue| {
            let it = Json::of(it);
            Some(SimilarLine {
                number: it.number("number")?,
                title: it.text("title")?,
                state: it.text("state").unwrap_or_default(),
                place: it.text("place").unwrap_or_default(),
                url: it.text("url")?,
                cosign: it.get("cosign").is_truthy(),
            })
        };
        let found = js_sys::Array::from(&json.get("found"));
        found.iter().take(super::SIMILAR_MAX).filter_map(line).collect()
    }

    /// Those are seen that could be: where one section is shown alone, the list may stand in another one.
    fn note_seen(lines: &[SimilarLine]) {
        let list: Option<HtmlElement> =
            document().get_element_by_id("similar").map(JsCast::unchecked_into);
        if list.and_then(|list| list.offset_parent()).is_none() {
            return;
        }
        let Some(seen) = control("seen") else { return };
        let mut value = seen.value();
        for line in lines {
            value.push(',');
            value.push_str(&line.number.to_string());
        }
        seen.set_value(&value);
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    fn html(count: u32) -> String {
        let word = |text: &str| text.to_owned();
        let line = |number| SimilarLine {
            number,
            title: "西门<b>积水".to_owned(),
            state: word("附议中"),
            place: word("7号院"),
            url: ["/proposals/", &number.to_string()].concat(),
            cosign: number == 1,
        };
        let words = SimilarWords {
            title: word("是不是这件"),
            lead: word("附议更快"),
            number: word("第 {n} 号"),
            cosign: word("附议这一件"),
            open: word("看这一件"),
            none: String::new(),
        };
        let found = (1..=count).map(line).collect::<Vec<_>>();
        Owner::new().with(|| {
            view! { <Similar address="/proposals/similar".to_owned() found=found words=words/> }
                .to_html()
        })
    }

    #[test]
    fn at_most_three_and_each_with_its_way() {
        let html = html(5);
        assert_eq!(html.matches("class=\"row\"").count(), SIMILAR_MAX, "{html}");
        assert_eq!(html.matches("附议这一件</a>").count(), 1, "{html}");
        assert!(html.contains("第 1 号") && html.contains("href=\"/proposals/2\""), "{html}");
        assert!(!html.contains("<b>"), "{html}");
    }

    #[test]
    fn nothing_is_shown_where_nothing_was_found() {
        assert!(html(0).contains("<div hidden class=\"similar-found\">"), "{}", html(0));
    }
}
