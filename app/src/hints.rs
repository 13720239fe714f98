//! The soft word while one types, for every form whose text others will read.

use domain::mask::Found;
use islands::HintWords;
use leptos::prelude::*;

use crate::render::cx;
use crate::words::civil::found;

/// The line that says what will be covered, and which words hurt easily; it belongs inside the form.
pub fn hints() -> impl IntoView {
    let cx = cx();
    let all = cx.words();
    let settings = &cx.viewer.community.settings;
    let kind = |kind: &Found| (kind.as_str().to_owned(), found(*kind, all.lang).to_owned());
    let words = HintWords {
        found: all.civil.hint_found.to_owned(),
        kinds: Found::ALL.iter().map(kind).collect(),
        watched: all.civil.hint_words.to_owned(),
        between: all.lang.pick("、", ", ").to_owned(),
        watch: settings.watch_words.clone(),
        phone: settings.phone.clone(),
    };
    view! { <div data-later><islands::TypingHints words=words/></div> }
}
