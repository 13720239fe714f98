//! A text field of several lines whose text can't leave it.

use leptos::prelude::*;

/// Escapes text for the inside of a `<textarea>` (HTML's "escapable raw text": only `<` and `&` mean
/// anything there). Browsers drop one line break after the opening tag, so one is put there first.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    out.push('\n');
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            c => out.push(c),
        }
    }
    out
}

/// A `<textarea>` with `value` as its text, escaped. Use this one everywhere: Leptos 0.8 writes the children
/// of a `<textarea>` as they are, so that typed text could close it and go on as live HTML.
#[component]
pub fn TextArea(
    /// The field's id, which its label names.
    #[prop(into)]
    id: String,
    /// The field's name in the sent form.
    #[prop(into)]
    name: String,
    /// The text as it was typed so far.
    #[prop(into)]
    value: String,
    /// Lines shown.
    #[prop(default = 5)]
    rows: u32,
    /// Whether the browser refuses to send the form while it is empty.
    #[prop(optional)]
    required: bool,
    /// Whether the text was refused; marks the field for assistive technology and style.
    #[prop(optional)]
    invalid: bool,
    /// Ids of the hint and the error that belong to it, separated by spaces.
    #[prop(optional, into)]
    described_by: Option<String>,
) -> impl IntoView {
    view! {
        <textarea
            class="textarea"
            id=id
            name=name
            rows=rows
            required=required
            aria-invalid=invalid.then_some("true")
            aria-describedby=described_by
            inner_html=escaped(&value)
        ></textarea>
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    fn html(value: &str) -> String {
        let value = value.to_owned();
        Owner::new().with(|| view! { <TextArea id="body" name="body" value=value /> }.to_html())
    }

    #[test]
    fn typed_text_cannot_close_the_field() {
        let html = html("</textarea><script>alert(1)</script>");
        assert!(
            html.contains("&lt;/textarea&gt;&lt;script&gt;alert(1)&lt;/script&gt;</textarea>"),
            "{html}"
        );
        assert!(!html.contains("<script"), "{html}");
        assert_eq!(html.matches("</textarea").count(), 1, "{html}");
    }

    #[test]
    fn text_comes_back_as_it_was_typed() {
        // The browser drops the first line break and reads `&amp;lt;` as `&lt;`: nothing is lost or decoded twice.
        assert!(
            html("\n&lt; 电梯").contains(">\n\n&amp;lt; 电梯</textarea>"),
            "{}",
            html("\n&lt; 电梯")
        );
    }
}
