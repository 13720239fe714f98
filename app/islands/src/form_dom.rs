//! What the islands of a long form ask of the form around them.

use leptos::prelude::document;
use wasm_bindgen::prelude::*;
use web_sys::{Element, Event, EventTarget, HtmlFormElement, NodeList, UrlSearchParams};

#[wasm_bindgen]
extern "C" {
    /// A control of a form, of whatever kind.
    #[wasm_bindgen(extends = Element)]
    #[derive(Clone)]
    pub(crate) type Control;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn name(this: &Control) -> String;
    #[wasm_bindgen(method, getter, js_name = type)]
    pub(crate) fn kind(this: &Control) -> String;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn value(this: &Control) -> String;
    #[wasm_bindgen(method, setter)]
    pub(crate) fn set_value(this: &Control, value: &str);
    #[wasm_bindgen(method, getter)]
    pub(crate) fn checked(this: &Control) -> bool;
    #[wasm_bindgen(method, setter)]
    pub(crate) fn set_checked(this: &Control, checked: bool);
    #[wasm_bindgen(method, js_name = checkValidity)]
    pub(crate) fn check_validity(this: &Control) -> bool;
}

/// The elements of a list.
pub(crate) fn listed<T: JsCast>(list: Result<NodeList, JsValue>) -> Vec<T> {
    let Ok(list) = list else { return Vec::new() };
    js_sys::Array::from(&list).iter().map(JsCast::unchecked_into).collect()
}

/// The control of that id.
pub(crate) fn control(id: &str) -> Option<Control> {
    document().get_element_by_id(id).map(JsCast::unchecked_into)
}

/// The control of that name in a form: of its own, not of one that the reader fills.
pub(crate) fn named(form: &HtmlFormElement, name: &str) -> Option<Control> {
    let found = form.query_selector(&["[name=", name, "]"].concat());
    found.ok().flatten().map(JsCast::unchecked_into)
}

/// The form around an element.
pub(crate) fn form_of(element: &Element) -> Option<HtmlFormElement> {
    element.closest("form").ok().flatten().map(JsCast::unchecked_into)
}

/// Calls `then` at each event of that name, for as long as the page is open.
pub(crate) fn on(target: &EventTarget, event: &str, then: impl FnMut(Event) + 'static) {
    let listener = Closure::<dyn FnMut(Event)>::new(then);
    // It fails only for a function that is none.
    let _ = target.add_event_listener_with_callback(event, listener.as_ref().unchecked_ref());
    listener.forget();
}

/// The controls whose content is the reader's: those marked `data-skip` are the form's own.
fn controls(form: &HtmlFormElement) -> Vec<Control> {
    listed(form.query_selector_all("[name]:not([data-skip])"))
}

/// What a form holds besides its files, as it would be sent.
pub(crate) fn typed(form: &HtmlFormElement) -> String {
    let Ok(params) = UrlSearchParams::new() else { return String::new() };
    for control in controls(form) {
        let sent = match &*control.kind() {
            "file" | "submit" | "button" | "image" => false,
            "radio" | "checkbox" => control.checked(),
            _ => true,
        };
        if sent {
            params.append(&control.name(), &control.value());
        }
    }
    params.to_string().into()
}

/// Puts what [`typed`] gave back into the form's controls. Photos are what the server says they are.
pub(crate) fn put(form: &HtmlFormElement, typed: &str) {
    let Ok(params) = UrlSearchParams::new_with_str(typed) else { return };
    let mut met: Vec<String> = Vec::new();
    for control in controls(form) {
        let (name, kind) = (control.name(), control.kind());
        if name == "photo" || matches!(&*kind, "file" | "submit" | "button" | "image") {
            continue;
        }
        let values = params.get_all(&name);
        let changed = if matches!(&*kind, "radio" | "checkbox") {
            let checked = values.includes(&control.value().into(), 0);
            let changed = checked != control.checked();
            control.set_checked(checked);
            changed
        } else {
            // Several of one name come in their order.
            let nth = met.iter().filter(|other| **other == name).count();
            let value = values.get(u32::try_from(nth).unwrap_or(u32::MAX)).as_string();
            met.push(name);
            match value.filter(|value| *value != control.value()) {
                Some(value) => {
                    control.set_value(&value);
                    true
                }
                None => false,
            }
        };
        if changed {
            // Counters and pins look again.
            for event in ["input", "change"].map(Event::new).into_iter().flatten() {
                let _ = control.dispatch_event(&event);
            }
        }
    }
}
