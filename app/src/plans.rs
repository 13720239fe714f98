//! A community's plans: pointing at a place in a form, and showing where somebody pointed.

use islands::{BUTTON_WIDTH, PinPickWords, PinPlan, pin_of, pin_text};
use leptos::prelude::*;
use service::plans::{PinView, PlanView};

use crate::form::Problems;
use crate::photos::address;
use crate::render::words;
use crate::upload::Fields;
use crate::words::fill;

/// A pin as a form's fields hold it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PinFields {
    /// The plan's row; may be empty.
    pub plan_id: String,
    /// Ten-thousandths of its width, or what was typed instead; may be empty.
    pub pin_x: String,
    /// Ten-thousandths of its height, or what was typed instead; may be empty.
    pub pin_y: String,
}

/// Turns what was pressed or typed at a [`PinField`] into the fields `plan_id`, `pin_x` and `pin_y`, in
/// ten-thousandths; what can't be read stays as it was typed, to be refused. Says whether the form is to be
/// shown again rather than sent: the plan was pressed, or another one is to be shown.
pub fn take_pin(fields: &mut Fields) -> bool {
    let ours = ["pin_left", "pin_top", "pin.x", "pin_show", "pin_clear", "pin_of"];
    if !ours.iter().any(|name| fields.has(name)) {
        return false;
    }
    // The numbers are about the plan that was shown; one that was chosen since has none yet.
    let same = fields.get("pin_of") == fields.get("plan_id");
    let high = fields.get("pin_high").parse().unwrap_or(BUTTON_WIDTH);
    let at = part(fields.get("pin.x"), BUTTON_WIDTH).zip(part(fields.get("pin.y"), high));
    let (x, y) = match at {
        _ if !same || fields.has("pin_clear") => (String::new(), String::new()),
        Some((x, y)) => (x.to_string(), y.to_string()),
        None => (typed(fields.get("pin_left")), typed(fields.get("pin_top"))),
    };
    let stay = ["pin.x", "pin_show", "pin_clear"].iter().any(|name| fields.has(name));
    fields.set("pin_x", x);
    fields.set("pin_y", y);
    stay
}

/// So many pixels of `whole`, in ten-thousandths.
fn part(pixels: &str, whole: u32) -> Option<u32> {
    let pixels = pixels.parse::<u32>().ok()?.min(whole);
    u32::try_from(u64::from(pixels) * 10_000 / u64::from(whole.max(1))).ok()
}

fn typed(text: &str) -> String {
    pin_of(text).map_or_else(|| text.trim().to_owned(), |n| n.to_string())
}

/// The part of a form that points at a place on a plan; what it sends is read by [`take_pin`]. Nothing where
/// there is no plan.
#[component]
pub fn PinField(
    /// Where the form is posted.
    action: String,
    /// The plans that can be chosen.
    plans: Vec<PlanView>,
    /// The chosen one, and the pin.
    chosen: PinFields,
    /// Problems of the form; the pin's field is `pin`.
    problems: Problems,
) -> impl IntoView {
    if plans.is_empty() {
        return None;
    }
    let all = words();
    let w = all.photo;
    let own = |text: &str| text.to_owned();
    let pin = chosen.pin_x.parse().ok().zip(chosen.pin_y.parse().ok());
    let typed = pin.is_none().then(|| (chosen.pin_x.clone(), chosen.pin_y.clone()));
    let plans = plans
        .into_iter()
        .map(|plan| PinPlan {
            id: plan.id,
            name: plan.name,
            href: address(&plan.large_jpeg),
            width: plan.width,
            height: plan.height,
        })
        .collect();
    let words = PinPickWords {
        label: own(w.pin_label),
        hint: own(w.pin_hint),
        keys: own(w.pin_keys),
        plan: own(w.pin_plan),
        none: own(w.pin_none),
        show: own(w.pin_show),
        picture: own(w.pin_picture),
        left: own(w.pin_left),
        top: own(w.pin_top),
        at: own(w.pin_at),
        clear: own(w.pin_clear),
    };
    let chosen = chosen.plan_id.parse().ok();
    let error = problems.of_field("pin", all);
    Some(view! {
        <islands::PinPick
            action=action
            plans=plans
            chosen=chosen
            pin=pin
            typed=typed
            words=words
            error=error
        />
    })
}

/// A plan with a matter's pin, as its page shows it.
#[component]
pub fn PinOnPlan(
    /// The pin.
    pin: PinView,
) -> impl IntoView {
    let w = words().photo;
    let PinView { plan, x, y } = pin;
    let (width, height) = (plan.width.max(1), plan.height.max(1));
    let text = fill(w.pin_text, &[("name", &plan.name), ("x", &pin_text(x)), ("y", &pin_text(y))]);
    let frame = format!("0 0 {width} {height}");
    let at = |part: u32, whole: u32| (u64::from(part) * u64::from(whole) / 10_000).to_string();
    let (cx, cy) = (at(x, width), at(y, height));
    view! {
        <figure class="pin-shown">
            <a href=address(&plan.large_jpeg)>
                <svg class="pin-plan" viewBox=frame role="img" aria-label=text.clone()>
                    <image
                        href=address(&plan.large_jpeg)
                        width=width.to_string()
                        height=height.to_string()
                    ></image>
                    <circle class="pin-dot" cx=cx cy=cy r=(width / 40).to_string()></circle>
                </svg>
            </a>
            <figcaption>{text}</figcaption>
        </figure>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_is_read_in_each_way_that_it_is_set() {
        let typed = [("plan_id", "3"), ("pin_of", "3"), ("pin_left", "45.25"), ("pin_top", "20")];
        let with = |more: &[(&str, &str)]| {
            let mut fields = Fields::default();
            for (name, value) in typed.iter().chain(more) {
                fields.set(name, (*value).to_owned());
            }
            fields
        };
        type Case<'a> = (&'a [(&'a str, &'a str)], (&'a str, &'a str), bool);
        let table: &[Case<'_>] = &[
            // Numbers.
            (&[], ("4525", "2000"), false),
            (&[("pin_left", ""), ("pin_top", "")], ("", ""), false),
            (&[("pin_left", "左边")], ("左边", "2000"), false),
            // Pressed: 80 of 320 pixels across, 120 of 240 down.
            (&[("pin.x", "80"), ("pin.y", "120"), ("pin_high", "240")], ("2500", "5000"), true),
            (&[("pin.x", "900"), ("pin.y", "900"), ("pin_high", "240")], ("10000", "10000"), true),
            (&[("pin.x", "80"), ("pin.y", "1"), ("pin_high", "0")], ("2500", "0"), true),
            // Another plan than the one that the numbers are about.
            (&[("plan_id", "4")], ("", ""), false),
            (&[("plan_id", "4"), ("pin_show", "1")], ("", ""), true),
            (&[("plan_id", "")], ("", ""), false),
            (&[("pin_clear", "1")], ("", ""), true),
        ];
        for (more, (x, y), stay) in table {
            let mut fields = with(more);
            assert_eq!(take_pin(&mut fields), *stay, "{more:?}");
            assert_eq!((fields.get("pin_x"), fields.get("pin_y")), (*x, *y), "{more:?}");
        }
    }

    #[test]
    fn a_form_without_plans_is_left_alone() {
        let mut fields = Fields::default();
        fields.set("pin_x", "7".to_owned());
        assert!(!take_pin(&mut fields));
        assert_eq!(fields.get("pin_x"), "7");
    }
}
