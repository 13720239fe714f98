//! A long form, one thing at a time on a narrow screen.

use crate::words::{fill, words};
use leptos::prelude::*;

words! {
    /// The words of [`RaiseSteps`].
    pub struct StepsWords {
        /// To the step before.
        pub back: String,
        /// To the step after.
        pub next: String,
        /// Where one is, with the places `{n}` and `{m}`.
        pub progress: String,
        /// Said once when a step is left unfinished.
        pub unfinished: String,
        /// In the place of a text that isn't written yet.
        pub empty: String,
    }
}

/// The buttons by which one goes through the form around it, a section (`data-step`) at a time. It only marks
/// the form as `data-alive` and one section as `data-now`: the style sheet shows that one alone where the
/// screen is narrow, and all of them where it is wide. Without scripts the form is one page.
///
/// It begins at the first section with an error, else at `start`. The last section's `data-of` elements are
/// filled with what was typed, for looking it over.
#[island]
pub fn RaiseSteps(
    /// The section that is shown first, from 0.
    start: u32,
    /// The words.
    words: StepsWords,
) -> impl IntoView {
    let at = RwSignal::new(0_usize);
    let count = RwSignal::new(1_usize);
    let unfinished = RwSignal::new(false);
    let nav = NodeRef::<leptos::html::Div>::new();

    #[cfg(feature = "hydrate")]
    let (to_back, to_next) = {
        use alive::Steps;
        let steps = StoredValue::new_local(None::<Steps>);
        let empty = words.empty.clone();
        Effect::new(move || {
            let Some(nav) = nav.get() else { return };
            let Some(found) = Steps::of(&nav, &empty) else { return };
            count.set(found.count());
            at.set(found.first_wrong().unwrap_or(start as usize).min(found.count() - 1));
            found.show(at.get_untracked());
            let asked = found.clone();
            // The summary of errors, and what is looked over, lead to fields of hidden sections.
            crate::form_dom::on(&document(), "click", move |event| {
                if let Some(n) = asked.led_to(&event) {
                    at.set(n);
                    unfinished.set(false);
                    asked.show(n);
                }
            });
            steps.set_value(Some(found));
        });
        let go = move |to: usize| {
            at.set(to);
            unfinished.set(false);
            steps.with_value(|steps| {
                if let Some(steps) = steps {
                    steps.show(to);
                    steps.focus(to);
                }
            });
        };
        (
            move |_: web_sys::MouseEvent| go(at.get_untracked().saturating_sub(1)),
            move |_: web_sys::MouseEvent| {
                let now = at.get_untracked();
                let open = steps.with_value(|it| it.as_ref().is_some_and(|it| it.is_open(now)));
                // A hint, once: whoever wants to go on goes on.
                if open && !unfinished.get_untracked() {
                    unfinished.set(true);
                } else {
                    go(now + 1);
                }
            },
        )
    };
    #[cfg(not(feature = "hydrate"))]
    let (to_back, to_next) = {
        let _ = (start, &words.empty);
        (|_: web_sys::MouseEvent| (), |_: web_sys::MouseEvent| ())
    };

    let progress = words.progress;
    let is_last = move || at.get() + 1 >= count.get();
    view! {
        <div class="raise-nav" node_ref=nav>
            <p class="raise-progress">
                {move || fill(&fill(&progress, "n", at.get() + 1), "m", count.get())}
            </p>
            <p class="field-hint" role="status" hidden=move || !unfinished.get()>{words.unfinished}</p>
            <div class="raise-buttons">
                <button class="btn btn-secondary" type="button" hidden=move || at.get() == 0 on:click=to_back>
                    {words.back}
                </button>
                <button
                    class="btn btn-primary"
                    type="button"
                    hidden=is_last
                    on:click=to_next
                >
                    {words.next}
                </button>
            </div>
        </div>
    }
}

#[cfg(feature = "hydrate")]
mod alive {
    use leptos::prelude::document;
    use wasm_bindgen::JsCast;
    use web_sys::{Element, Event, HtmlElement, HtmlFormElement};

    use crate::form_dom::{self, Control, listed};

    /// The sections of a form.
    #[derive(Clone)]
    pub(super) struct Steps {
        form: HtmlFormElement,
        sections: Vec<Element>,
        empty: String,
    }

    impl Steps {
        /// Those of the form around `nav`, if there are any.
        pub(super) fn of(nav: &Element, empty: &str) -> Option<Self> {
            let form = form_dom::form_of(nav)?;
            let sections: Vec<Element> = listed(form.query_selector_all("[data-step]"));
            (!sections.is_empty()).then(|| Self { form, sections, empty: empty.to_owned() })
        }

        pub(super) fn count(&self) -> usize {
            self.sections.len()
        }

        /// The section around an element.
        fn around(&self, element: &Element) -> Option<usize> {
            let section = element.closest("[data-step]").ok()??;
            self.sections.iter().position(|other| *other == section)
        }

        pub(super) fn first_wrong(&self) -> Option<usize> {
            let wrong = "[aria-invalid=true], .field-error:not([hidden]):not(:empty), [data-look]";
            self.around(&self.form.query_selector(wrong).ok()??)
        }

        pub(super) fn show(&self, now: usize) {
            // Setting an attribute fails only for names that are none.
            let _ = self.form.set_attribute("data-alive", "");
            for (n, section) in self.sections.iter().enumerate() {
                let _ = if n == now {
                    section.set_attribute("data-now", "")
                } else {
                    section.remove_attribute("data-now")
                };
            }
            if now + 1 == self.count() {
                self.look_over();
            }
        }

        /// Its heading takes the focus, so that a reader begins there.
        pub(super) fn focus(&self, now: usize) {
            let Some(section) = self.sections.get(now) else { return };
            if let Ok(Some(heading)) = section.query_selector("h2") {
                let heading: HtmlElement = heading.unchecked_into();
                let _ = heading.focus();
                heading.scroll_into_view();
            }
        }

        /// Whether something in the section is still to be filled, by the browser's own rules.
        pub(super) fn is_open(&self, now: usize) -> bool {
            let Some(section) = self.sections.get(now) else { return false };
            let controls: Vec<Control> =
                listed(section.query_selector_all("input, select, textarea"));
            controls.iter().any(|control| !control.check_validity())
        }

        /// The section of the field that a pressed link leads to.
        pub(super) fn led_to(&self, event: &Event) -> Option<usize> {
            let pressed: Element = event.target()?.dyn_into().ok()?;
            let link = pressed.closest("a[href^='#']").ok()??;
            let id = link.get_attribute("href")?;
            self.around(&document().get_element_by_id(id.get(1..)?)?)
        }

        fn look_over(&self) {
            let places: Vec<Element> = listed(self.form.query_selector_all("[data-of]"));
            for place in places {
                let name = place.get_attribute("data-of").unwrap_or_default();
                let text = self.text_of(&name).filter(|text| !text.trim().is_empty());
                place.set_text_content(Some(&text.unwrap_or_else(|| self.empty.clone())));
            }
        }

        /// What stands in the field of that name: a choice by its words.
        fn text_of(&self, name: &str) -> Option<String> {
            let of =
                |selector: &[&str]| self.form.query_selector(&selector.concat()).ok().flatten();
            if let Some(option) = of(&["select[name=", name, "] option:checked"]) {
                let text = option.text_content()?;
                // An entrance is known by its courtyard.
                let group = option.closest("optgroup").ok().flatten();
                let group = group.and_then(|group| group.get_attribute("label"));
                return Some(match group.filter(|group| !text.contains(&**group)) {
                    Some(group) => [&*group, " ", &text].concat(),
                    None => text,
                });
            }
            if let Some(radio) = of(&["[type=radio][name=", name, "]:checked"]) {
                let label = of(&["label[for=", &radio.id(), "]"])?;
                let word = label.query_selector(".choice-name").ok().flatten().unwrap_or(label);
                return word.text_content();
            }
            form_dom::named(&self.form, name).map(|control| control.value())
        }
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn the_server_renders_buttons_that_send_nothing() {
        let word = |text: &str| text.to_owned();
        let words = StepsWords {
            back: word("上一步"),
            next: word("下一步"),
            progress: word("第 {n} 步，一共 {m} 步"),
            unfinished: word("还没写好"),
            empty: word("（没写）"),
        };
        let html = Owner::new().with(|| view! { <RaiseSteps start=0 words=words/> }.to_html());
        assert_eq!(html.matches("type=\"button\"").count(), 2, "{html}");
        assert!(html.contains("class=\"raise-nav\""), "{html}");
    }
}
