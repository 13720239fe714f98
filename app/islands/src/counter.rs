//! How many characters a field holds: a warning before anything is refused.

use crate::words::fill;
use leptos::prelude::*;

/// What is said of a length: nothing is counted before the browser does.
fn said(length: Option<u32>, limit: u32, hint: &str, counter: &str, over: &str) -> String {
    match length {
        None => hint.to_owned(),
        Some(n) if n > limit => fill(over, "n", n - limit),
        Some(n) => fill(&fill(counter, "n", n), "limit", limit),
    }
}

/// Whether a text of `length` deserves a warning: from 90 % of `limit`.
fn is_near(length: u32, limit: u32) -> bool {
    u64::from(length) * 10 >= u64::from(limit) * 9
}

/// The line under a field that says how long its text may be. Alive, it counts the characters of the field as
/// people do, warns from nine tenths of the limit on, and says by how many a text is too long.
#[island]
pub fn Counter(
    /// The field's id; this line's is `{field}-n`.
    field: String,
    /// Most characters (grapheme clusters).
    limit: u32,
    /// Said until its characters are counted.
    hint: String,
    /// The counter, with the places `{n}` and `{limit}`.
    counter: String,
    /// Said when the text is too long, with the place `{n}` for how many characters.
    over: String,
) -> impl IntoView {
    let length = RwSignal::new(None::<u32>);
    let id = [&field, "-n"].concat();

    #[cfg(feature = "hydrate")]
    if let Some(control) = crate::form_dom::control(&field) {
        use crate::{browser, form_dom};
        let counted = control.clone();
        let count = move || {
            let text = counted.value();
            // Spaces at the ends are cut off by the server too.
            let text = text.trim();
            length.set((!text.is_empty()).then(|| browser::characters(text)));
        };
        count();
        form_dom::on(&control, "input", move |_| count());
    }

    let near = move || length.get().is_some_and(|n| is_near(n, limit));
    view! {
        <p
            class="counter"
            class:counter-warn=near
            id=id
            aria-live=move || near().then_some("polite")
        >
            {move || said(length.get(), limit, &hint, &counter, &over)}
        </p>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_warns_before_it_refuses() {
        for (length, expected, near) in [
            (None, "最多 30 个字", false),
            (Some(0), "0 / 30", false),
            (Some(26), "26 / 30", false),
            (Some(27), "27 / 30", true),
            (Some(30), "30 / 30", true),
            (Some(33), "多了 3 个字", true),
        ] {
            let text = said(length, 30, "最多 30 个字", "{n} / {limit}", "多了 {n} 个字");
            assert_eq!(text, expected);
            assert_eq!(length.is_some_and(|n| is_near(n, 30)), near, "{length:?}");
        }
    }
}
