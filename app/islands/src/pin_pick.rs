//! The part of a form that points at a place on a plan.

#![allow(clippy::clone_on_copy, reason = "on the server these closures hold nothing")]

use crate::words::{fill, words};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The width at which a plan is a button, in CSS pixels: where no script runs, the browser says in these where
/// it was pressed.
pub const BUTTON_WIDTH: u32 = 320;
/// The far edge of a plan, in ten-thousandths of its width or height.
const EDGE: u32 = 10_000;

words! {
    /// The words of the part of a form that points at a place.
    pub struct PinPickWords {
        /// Above it.
        pub label: String,
        /// Under the label.
        pub hint: String,
        /// How the pin is moved by keys, for whoever can't see the picture.
        pub keys: String,
        /// At the choice of plans.
        pub plan: String,
        /// The choice of none.
        pub none: String,
        /// The button that shows the chosen plan, where no script runs.
        pub show: String,
        /// What the picture is, with the place `{name}`.
        pub picture: String,
        /// At the number from the left.
        pub left: String,
        /// At the number from the top.
        pub top: String,
        /// Where the pin is, with the places `{x}` and `{y}`, in per cent.
        pub at: String,
        /// The button that removes it.
        pub clear: String,
    }
}

/// A plan on which a pin can be set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PinPlan {
    /// Row.
    pub id: i64,
    /// What it shows.
    pub name: String,
    /// Address of its picture.
    pub href: String,
    /// Pixels of the picture.
    pub width: u32,
    /// Pixels of the picture.
    pub height: u32,
}

/// A typed per cent (0 to 100, two decimals at most) in ten-thousandths; none for anything else.
#[must_use]
pub fn pin_of(typed: &str) -> Option<u32> {
    let (whole, part) = typed.trim().split_once('.').unwrap_or((typed.trim(), ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 3 || part.len() > 2 || !digits(whole) || !digits(part) {
        return None;
    }
    let tens = if part.len() == 1 { 10 } else { 1 };
    let part = if part.is_empty() { 0 } else { part.parse::<u32>().ok()? * tens };
    Some(whole.parse::<u32>().ok()? * 100 + part).filter(|n| *n <= EDGE)
}

/// Ten-thousandths as per cent, without zeros at the end.
#[must_use]
pub fn pin_text(n: u32) -> String {
    let (whole, part) = (n / 100, n % 100);
    let text = match part {
        0 => return whole.to_string(),
        part if part % 10 == 0 => [".", &(part / 10).to_string()].concat(),
        part if part < 10 => [".0", &part.to_string()].concat(),
        part => [".", &part.to_string()].concat(),
    };
    [&whole.to_string(), &*text].concat()
}

/// The pin after a key: by 1 % of the plan, with Shift by 5 %; the first puts it into the middle.
#[cfg_attr(
    not(any(feature = "hydrate", test)),
    allow(dead_code, reason = "only a browser has keys")
)]
fn moved(pin: Option<(u32, u32)>, key: &str, shift: bool) -> Option<(u32, u32)> {
    let step = if shift { 500 } else { 100 };
    let back = |n: u32| n.saturating_sub(step);
    let on = |n: u32| (n + step).min(EDGE);
    if !matches!(key, "ArrowLeft" | "ArrowRight" | "ArrowUp" | "ArrowDown") {
        return None;
    }
    let Some((x, y)) = pin else { return Some((EDGE / 2, EDGE / 2)) };
    Some(match key {
        "ArrowLeft" => (back(x), y),
        "ArrowRight" => (on(x), y),
        "ArrowUp" => (x, back(y)),
        _ => (x, on(y)),
    })
}

/// A choice of plans, the chosen one as a picture, and where the pin is, in two numbers. Without scripts the
/// picture is a button that says where it was pressed. The fields are `plan_id`, `pin_left` and `pin_top` (per
/// cent), `pin_of` (the plan that they are about), `pin_high` (the button's height), and what was pressed:
/// `pin.x`, `pin.y`, `pin_show`, `pin_clear`.
/// Alive, the pin is set by a tap, dragged, and moved by the arrow keys.
#[island]
pub fn PinPick(
    /// Where the form is posted: its answer to a button of this part is scrolled here.
    action: String,
    /// The plans.
    plans: Vec<PinPlan>,
    /// The chosen one.
    chosen: Option<i64>,
    /// The pin, in ten-thousandths of width and height.
    pin: Option<(u32, u32)>,
    /// The numbers as they were typed, where they can't be read.
    typed: Option<(String, String)>,
    /// The words.
    words: PinPickWords,
    /// What is wrong with it, when the form comes back.
    error: Option<String>,
) -> impl IntoView {
    let alive = RwSignal::new(false);
    let plan = RwSignal::new(chosen);
    let pin = RwSignal::new(pin);
    let words = StoredValue::new(words);
    let word = move |of: fn(&PinPickWords) -> &String| words.with_value(|words| of(words).clone());
    let picture = NodeRef::<leptos::svg::Svg>::new();

    #[cfg(feature = "hydrate")]
    let (choose, number, key, click, down, drag, up, clear) = {
        Effect::new(move || alive.set(true));
        let dragging = RwSignal::new(false);
        let set = move |at: Option<(u32, u32)>| {
            if let Some(at) = at {
                pin.set(Some(at));
            }
        };
        (
            move |event: web_sys::Event| {
                pin.set(None);
                plan.set(event_target_value(&event).parse().ok());
            },
            move |event: web_sys::Event, across: bool| {
                let Some(n) = pin_of(&event_target_value(&event)) else { return };
                pin.update(|pin| {
                    let (x, y) = pin.unwrap_or((EDGE / 2, EDGE / 2));
                    *pin = Some(if across { (n, y) } else { (x, n) });
                });
            },
            move |event: web_sys::KeyboardEvent| {
                let to = moved(pin.get_untracked(), &event.key(), event.shift_key());
                if to.is_some() {
                    // The arrows would move the page too.
                    event.prevent_default();
                    pin.set(to);
                }
            },
            move |event: web_sys::MouseEvent| {
                set(picture.get_untracked().and_then(|it| alive::place(&it, &event)));
            },
            move |event: web_sys::PointerEvent| {
                dragging.set(true);
                if let Some(it) = picture.get_untracked() {
                    // Without it a quick finger leaves the pin behind.
                    let _ = it.set_pointer_capture(event.pointer_id());
                }
            },
            move |event: web_sys::PointerEvent| {
                if dragging.get_untracked() {
                    set(picture.get_untracked().and_then(|it| alive::place(&it, &event)));
                }
            },
            move |_: web_sys::PointerEvent| dragging.set(false),
            move |event: web_sys::MouseEvent| {
                event.prevent_default();
                pin.set(None);
            },
        )
    };
    #[cfg(not(feature = "hydrate"))]
    let (choose, number, key, click, down, drag, up, clear) = (
        |_: web_sys::Event| (),
        |_: web_sys::Event, _: bool| (),
        |_: web_sys::KeyboardEvent| (),
        |_: web_sys::MouseEvent| (),
        |_: web_sys::PointerEvent| (),
        |_: web_sys::PointerEvent| (),
        |_: web_sys::PointerEvent| (),
        |_: web_sys::MouseEvent| (),
    );

    let options = plans.iter().map(|one| {
        let selected = chosen == Some(one.id);
        view! { <option value=one.id.to_string() selected=selected>{one.name.clone()}</option> }
    });
    let options = options.collect::<Vec<_>>();
    let plans = StoredValue::new(plans);
    let shown = move || {
        let id = plan.get()?;
        plans.with_value(|plans| plans.iter().find(|one| one.id == id).cloned())
    };
    let said = move || {
        let (x, y) = pin.get()?;
        let text = words.with_value(|words| fill(&words.at, "x", pin_text(x).as_str()));
        Some(fill(&text, "y", pin_text(y).as_str()))
    };
    let value = move |across: bool| {
        let numbers = pin.get().map(|(x, y)| pin_text(if across { x } else { y }));
        let typed = typed.clone().map(|(x, y)| if across { x } else { y });
        numbers.or(typed).unwrap_or_default()
    };
    let (left, top) = (
        {
            let value = value.clone();
            move || value(true)
        },
        move || value(false),
    );
    let here = StoredValue::new([&*action, "#plan_id"].concat());
    let here = move || here.get_value();
    let refused = error.is_some();
    let described = if refused { "pin-e pin-h" } else { "pin-h" };
    view! {
        <fieldset class="field pin-pick" aria-describedby=described>
            <legend class="field-label">{word(|w| &w.label)}</legend>
            <p class="field-hint" id="pin-h">{word(|w| &w.hint)}</p>
            <div class="field">
                <label class="field-label" for="plan_id">{word(|w| &w.plan)}</label>
                <select class="select" id="plan_id" name="plan_id" on:change=choose>
                    <option value="">{word(|w| &w.none)}</option>
                    {options}
                </select>
                <button
                    class="btn btn-secondary btn-small"
                    name="pin_show"
                    value="1"
                    formnovalidate=true
                    formaction=here()
                    hidden=move || alive.get()
                >
                    {word(|w| &w.show)}
                </button>
            </div>
            {move || shown().map(|plan| {
                let (width, height) = (plan.width.max(1), plan.height.max(1));
                let name = words.with_value(|words| fill(&words.picture, "name", plan.name.as_str()));
                let scaled = (BUTTON_WIDTH * height / width).max(1);
                let (at_x, at_y) = (
                    move || pin.get().map_or(0, |(x, _)| x * width / EDGE).to_string(),
                    move || pin.get().map_or(0, |(_, y)| y * height / EDGE).to_string(),
                );
                let (dot_x, dot_y) = (at_x.clone(), at_y.clone());
                view! {
                    <input type="hidden" name="pin_of" value=plan.id.to_string() />
                    <input type="hidden" name="pin_high" value=scaled.to_string() />
                    <input
                        type="image"
                        class="pin-button"
                        name="pin"
                        src=plan.href.clone()
                        alt=name.clone()
                        width=BUTTON_WIDTH.to_string()
                        height=scaled.to_string()
                        formnovalidate=true
                        formaction=here()
                        hidden=move || alive.get()
                    />
                    <svg
                        class="pin-plan"
                        class:pin-plan-off=move || !alive.get()
                        viewBox=["0 0 ", &width.to_string(), " ", &height.to_string()].concat()
                        role="application"
                        tabindex="0"
                        aria-label=name
                        aria-describedby="pin-k pin-at"
                        node_ref=picture
                        on:keydown=key
                        on:click=click
                        on:pointermove=drag
                        on:pointerup=up
                        on:pointercancel=up
                    >
                        <image href=plan.href width=width.to_string() height=height.to_string()></image>
                        <g class:pin-off=move || pin.get().is_none() on:pointerdown=down>
                            <circle class="pin-grip" cx=at_x cy=at_y r=(width / 14).to_string()></circle>
                            <circle class="pin-dot" cx=dot_x cy=dot_y r=(width / 40).to_string()></circle>
                        </g>
                    </svg>
                }
            })}
            <p class="visually-hidden" id="pin-k">{word(|w| &w.keys)}</p>
            <p class="pin-at" id="pin-at" role="status" aria-live="polite">{said}</p>
            <div class="pin-numbers" hidden=move || shown().is_none()>
                <div class="field">
                    <label class="field-label" for="pin">{word(|w| &w.left)}</label>
                    <input
                        class="input"
                        id="pin"
                        name="pin_left"
                        inputmode="decimal"
                        autocomplete="off"
                        aria-invalid=refused.then_some("true")
                        prop:value=left.clone()
                        value=left
                        on:change=move |event| number(event, true)
                    />
                </div>
                <div class="field">
                    <label class="field-label" for="pin_top">{word(|w| &w.top)}</label>
                    <input
                        class="input"
                        id="pin_top"
                        name="pin_top"
                        inputmode="decimal"
                        autocomplete="off"
                        aria-invalid=refused.then_some("true")
                        prop:value=top.clone()
                        value=top
                        on:change=move |event| number(event, false)
                    />
                </div>
                <button
                    class="btn btn-quiet btn-small"
                    name="pin_clear"
                    value="1"
                    formnovalidate=true
                    formaction=here()
                    on:click=clear
                >
                    {word(|w| &w.clear)}
                </button>
            </div>
            {error.map(|error| view! { <p class="field-error" id="pin-e">{error}</p> })}
        </fieldset>
    }
}

#[cfg(feature = "hydrate")]
mod alive {
    use super::EDGE;

    /// Where on the picture something happened.
    #[allow(
        clippy::float_arithmetic,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "browsers measure in fractions of a pixel; `as` saturates"
    )]
    pub(super) fn place(
        picture: &web_sys::Element,
        event: &web_sys::MouseEvent,
    ) -> Option<(u32, u32)> {
        let frame = picture.get_bounding_client_rect();
        if frame.width() < 1.0 || frame.height() < 1.0 {
            return None;
        }
        let part = |at: i32, from: f64, length: f64| {
            let part = (f64::from(at) - from) / length * f64::from(EDGE);
            (part as u32).min(EDGE)
        };
        Some((
            part(event.client_x(), frame.left(), frame.width()),
            part(event.client_y(), frame.top(), frame.height()),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn per_cents_are_read_and_written() {
        for (typed, expected) in [
            ("0", Some(0)),
            ("100", Some(10_000)),
            ("100.00", Some(10_000)),
            ("45.25", Some(4_525)),
            (" 45.5 ", Some(4_550)),
            ("45.05", Some(4_505)),
            ("7.", Some(700)),
            ("100.01", None),
            ("-1", None),
            ("+1", None),
            ("1e2", None),
            ("4.567", None),
            ("1000", None),
            (".5", None),
            ("", None),
            ("四十", None),
        ] {
            assert_eq!(pin_of(typed), expected, "{typed:?}");
        }
        for n in 0..=EDGE {
            assert_eq!(pin_of(&pin_text(n)), Some(n), "{n}");
        }
        assert_eq!(pin_text(4_550), "45.5");
    }

    #[test]
    fn keys_move_the_pin_and_never_off_the_plan() {
        for (pin, key, shift, expected) in [
            (None, "ArrowLeft", false, Some((5_000, 5_000))),
            (Some((5_000, 5_000)), "ArrowLeft", false, Some((4_900, 5_000))),
            (Some((5_000, 5_000)), "ArrowRight", true, Some((5_500, 5_000))),
            (Some((5_000, 5_000)), "ArrowUp", false, Some((5_000, 4_900))),
            (Some((5_000, 5_000)), "ArrowDown", true, Some((5_000, 5_500))),
            (Some((50, 9_990)), "ArrowLeft", false, Some((0, 9_990))),
            (Some((50, 9_990)), "ArrowDown", false, Some((50, 10_000))),
            (Some((5, 5)), "Tab", false, None),
            (None, "a", false, None),
        ] {
            assert_eq!(moved(pin, key, shift), expected, "{pin:?} {key}");
        }
    }
}
