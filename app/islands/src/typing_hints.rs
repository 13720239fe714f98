//! A soft word while one types: a number that would be covered, a word that hurts easily.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The words, and what the community watches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HintWords {
    /// Said of what will be covered, with the place `{what}`.
    pub found: String,
    /// Each kind of number by its name ([`domain::mask::Found`]), with its word.
    pub kinds: Vec<(String, String)>,
    /// Said of watched words, with the place `{words}`.
    pub watched: String,
    /// Between several of either.
    pub between: String,
    /// The community's watched words.
    pub watch: Vec<String>,
    /// The community's own telephone, which may be written.
    pub phone: String,
}

/// What is said of a text; nothing of most. By the very rules by which the server covers and warns.
#[cfg(any(feature = "hydrate", test))]
fn said(text: &str, words: &HintWords) -> String {
    let found = domain::mask::mask_but(text, &words.phone).found;
    let mut hints = Vec::new();
    let is_found = |name: &str| found.iter().any(|found| found.as_str() == name);
    let kinds = words.kinds.iter().filter(|(name, _)| is_found(name));
    let kinds: Vec<&str> = kinds.map(|(_, word)| word.as_str()).collect();
    if !kinds.is_empty() {
        hints.push(words.found.replace("{what}", &kinds.join(&words.between)));
    }
    let watched = domain::civil::watched(text, &words.watch);
    if !watched.is_empty() {
        hints.push(words.watched.replace("{words}", &watched.join(&words.between)));
    }
    hints.join(" ")
}

/// A line inside a form. Alive, it looks at what is typed into the form's text fields and says softly what
/// will be covered once it is sent, and which words are better put another way. Without scripts it is empty:
/// the server does both.
#[island]
pub fn TypingHints(
    /// The words.
    words: HintWords,
) -> impl IntoView {
    let hint = RwSignal::new(String::new());
    let line = NodeRef::<leptos::html::P>::new();

    #[cfg(feature = "hydrate")]
    Effect::new(move |_| {
        use crate::form_dom::{self, Control};
        let Some(form) = line.get().and_then(|line| form_dom::form_of(&line)) else { return };
        let (words, around) = (words.clone(), form.clone());
        let look = move || {
            let fields: Vec<Control> =
                form_dom::listed(around.query_selector_all("textarea, input[type=text]"));
            let texts: Vec<String> = fields.iter().map(Control::value).collect();
            let next = said(&texts.join("\n"), &words);
            if hint.with_untracked(|now| *now != next) {
                hint.set(next);
            }
        };
        look();
        form_dom::on(&form, "input", move |_| look());
    });
    #[cfg(not(feature = "hydrate"))]
    let _ = &words;

    view! {
        <p class="typing-hint" role="status" node_ref=line>
            {move || hint.get()}
        </p>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_what_the_server_does() {
        let words = HintWords {
            found: "写了{what}".to_owned(),
            kinds: [("phone", "电话"), ("id_card", "身份证号"), ("room", "门牌号")]
                .map(|(name, word)| (name.to_owned(), word.to_owned()))
                .to_vec(),
            watched: "“{words}”请换个说法".to_owned(),
            between: "、".to_owned(),
            watch: vec!["滚".to_owned(), "傻".to_owned()],
            phone: "010-62345678".to_owned(),
        };
        for (text, expected) in [
            ("好好说话", ""),
            ("居委会电话010-62345678", ""),
            ("501室打13812345678", "写了电话、门牌号"),
            ("滚", "“滚”请换个说法"),
            ("又傻又滚，13812345678", "写了电话 “滚、傻”请换个说法"),
        ] {
            assert_eq!(said(text, &words), expected, "{text}");
        }
    }
}
