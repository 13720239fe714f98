//! What the islands ask of the browser.

use leptos::prelude::{document, window};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Element, EventSource, HtmlElement, HtmlTextAreaElement, MessageEvent, RequestInit, Response,
    Storage, UrlSearchParams,
};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = Intl)]
    type Segmenter;
    #[wasm_bindgen(constructor, js_namespace = Intl, catch)]
    fn new() -> Result<Segmenter, JsValue>;
    #[wasm_bindgen(method)]
    fn segment(this: &Segmenter, text: &str) -> JsValue;

    #[wasm_bindgen(js_namespace = Date, js_name = now)]
    fn date_now() -> f64;
}

/// Characters as people count them (extended grapheme clusters), as the server does; in browsers without
/// `Intl.Segmenter`, Unicode scalar values, which are never fewer.
pub(crate) fn characters(text: &str) -> u32 {
    match Segmenter::new() {
        Ok(segmenter) => js_sys::Array::from(&segmenter.segment(text)).length(),
        Err(_) => u32::try_from(text.chars().count()).unwrap_or(u32::MAX),
    }
}

/// The browser's clock, in Unix milliseconds. Good for differences only.
#[allow(clippy::cast_possible_truncation, reason = "a time in milliseconds is far below 2^53")]
pub(crate) fn now_ms() -> i64 {
    date_now() as i64
}

/// When the page was asked for, by the browser's clock, in Unix milliseconds.
#[allow(clippy::cast_possible_truncation, reason = "a time in milliseconds is far below 2^53")]
pub(crate) fn page_came_at_ms() -> i64 {
    let age = window().performance().map_or(0, |performance| performance.now() as i64);
    now_ms() - age
}

/// The answer to a posted form.
pub(crate) enum Answer {
    /// 2xx, with JSON.
    Good(Json),
    /// Another status, with JSON or nothing.
    Bad(Json),
    /// 2xx, but a page.
    Page,
    /// No answer.
    None,
}

/// A JSON object.
pub(crate) struct Json(JsValue);

impl Json {
    /// A value that is one.
    pub(crate) fn of(value: JsValue) -> Self {
        Self(value)
    }

    /// Whatever is under `key`.
    pub(crate) fn get(&self, key: &str) -> JsValue {
        js_sys::Reflect::get(&self.0, &JsValue::from_str(key)).unwrap_or(JsValue::UNDEFINED)
    }

    /// The text under `key`, where there is some.
    pub(crate) fn text(&self, key: &str) -> Option<String> {
        self.get(key).as_string().filter(|text| !text.is_empty())
    }

    /// The number under `key`, where it is one.
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "counts of households; `as` saturates"
    )]
    pub(crate) fn number(&self, key: &str) -> Option<u32> {
        self.get(key).as_f64().map(|n| n as u32)
    }
}

/// Posts an empty form to `action` and asks for JSON.
pub(crate) async fn post_form(action: &str) -> Answer {
    // Parameters as the body make it an ordinary form to the server, with its content type.
    match UrlSearchParams::new() {
        Ok(none) => post_body(action, &none.into()).await,
        Err(_) => Answer::None,
    }
}

/// Posts the fields in `body` (`FormData` or `URLSearchParams`) to `action` and asks for JSON.
pub(crate) async fn post_body(action: &str, body: &JsValue) -> Answer {
    ask(action, Some(body), false).await.unwrap_or(Answer::None)
}

/// The same for a small form that goes out even when the page is being left.
pub(crate) async fn post_leaving(action: &str, body: &JsValue) -> Answer {
    ask(action, Some(body), true).await.unwrap_or(Answer::None)
}

/// Asks for the JSON at an address.
pub(crate) async fn get_json(address: &str) -> Answer {
    ask(address, None, false).await.unwrap_or(Answer::None)
}

async fn ask(address: &str, body: Option<&JsValue>, leaving: bool) -> Result<Answer, JsValue> {
    let headers = web_sys::Headers::new()?;
    headers.set("Accept", "application/json")?;
    let request = RequestInit::new();
    request.set_headers(&headers);
    if let Some(body) = body {
        request.set_method("POST");
        request.set_body(body);
    }
    if leaving {
        js_sys::Reflect::set(&request, &"keepalive".into(), &JsValue::TRUE)?;
    }
    let response: Response =
        JsFuture::from(window().fetch_with_str_and_init(address, &request)).await?.unchecked_into();
    let json = match response.json() {
        Ok(promise) => JsFuture::from(promise).await.ok(),
        Err(_) => None,
    };
    Ok(match json {
        Some(json) if response.ok() => Answer::Good(Json(json)),
        None if response.ok() => Answer::Page,
        json => Answer::Bad(Json(json.unwrap_or(JsValue::NULL))),
    })
}

/// Asks for the page again.
pub(crate) fn reload() {
    // It fails only where a page may not navigate at all.
    let _ = window().location().reload();
}

/// Asks for the page again, and shows it at a place in it.
pub(crate) fn reload_at(place: &str) {
    let _ = window().location().set_hash(place);
    reload();
}

/// The text field within an element.
pub(crate) fn text_area(around: &Element) -> Option<HtmlTextAreaElement> {
    around.query_selector("textarea").ok().flatten().map(JsCast::unchecked_into)
}

/// What stands between the last @ of the line and the caret, as long as it can be the beginning of a name.
pub(crate) fn name_begun(area: &HtmlTextAreaElement) -> Option<String> {
    let caret = usize::try_from(area.selection_start().ok()??).ok()?;
    let text: Vec<u16> = area.value().encode_utf16().take(caret).collect();
    let text = String::from_utf16_lossy(&text);
    let begun = text.rsplit('\n').next()?.rsplit_once(['@', '＠'])?.1;
    (begun.chars().count() <= 12).then(|| begun.to_owned())
}

/// Puts a whole name in the place of its beginning before the caret, and the caret after it.
pub(crate) fn put_name(area: &HtmlTextAreaElement, begun: &str, name: &str) {
    let Ok(Some(caret)) = area.selection_start() else { return };
    let units = |text: &str| u32::try_from(text.encode_utf16().count()).unwrap_or(0);
    let start = caret.saturating_sub(units(begun));
    let name = [name, " "].concat();
    // Both fail only for places outside the text.
    let _ = area.set_range_text_with_start_and_end(&name, start, caret);
    let end = start + units(&name);
    let _ = area.set_selection_range(end, end);
    let _ = area.focus();
}

/// Calls `then` each time the browser shows this page again as it was left (by the back button).
pub(crate) fn when_shown_again(then: impl Fn() + 'static) {
    let listener = Closure::<dyn Fn()>::new(then);
    // It fails only for a function that is none.
    let _ =
        window().add_event_listener_with_callback("pageshow", listener.as_ref().unchecked_ref());
    listener.forget();
}

/// What this device keeps; nothing where it keeps nothing (private windows).
pub(crate) fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

/// Forgets the text that arrived: the server says under which key it was kept on this device. What was sent
/// and didn't arrive stays.
pub(crate) fn settle() {
    let (document, cookie) = (document(), JsValue::from_str("cookie"));
    let all = js_sys::Reflect::get(&document, &cookie).ok().and_then(|it| it.as_string());
    let all = all.unwrap_or_default();
    let Some(key) = all.split("; ").find_map(|it| it.strip_prefix("arrived=")) else { return };
    if let Some(storage) = storage() {
        let _ = storage.remove_item(key);
    }
    let _ = js_sys::Reflect::set(&document, &cookie, &"arrived=; Path=/; Max-Age=0".into());
}

/// Puts the focus on the element of that id.
pub(crate) fn focus(id: &str) {
    if let Some(element) = document().get_element_by_id(id) {
        let _ = element.unchecked_into::<HtmlElement>().focus();
    }
}

/// An unsent text, kept on this device until it has arrived. Where the browser keeps nothing (private
/// windows, full storage), it does nothing.
#[derive(Clone)]
pub(crate) struct Draft {
    key: String,
}

impl Draft {
    /// The draft of the form that is posted to `action`, at its `place` in the page: whatever the page shows
    /// besides.
    pub(crate) fn new(action: &str, place: &str) -> Self {
        let action = action.split('?').next().unwrap_or_default();
        Self { key: ["draft:", action, "#", place].concat() }
    }

    /// Keeps `text`, or forgets the draft when it is empty.
    pub(crate) fn keep(&self, text: &str) {
        if let Some(storage) = storage() {
            // A full storage is no reason to disturb the one who types.
            let _ = if text.is_empty() {
                storage.remove_item(&self.key)
            } else {
                storage.set_item(&self.key, text)
            };
        }
    }

    /// The text that hasn't arrived.
    pub(crate) fn open(&self) -> Option<String> {
        settle();
        storage()?.get_item(&self.key).ok().flatten()
    }
}

/// Listens to a stream of events: `then` gets the data of each, and nothing when it is lost for good. The
/// browser comes back by itself after a lost connection.
pub(crate) fn listen(url: &str, then: impl Fn(Option<&str>) + Clone + 'static) {
    // Old browsers know no streams.
    let Ok(stream) = EventSource::new(url) else { return then(None) };
    let told = then.clone();
    let heard = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        if let Some(data) = event.data().as_string() {
            told(Some(&data));
        }
    });
    stream.set_onmessage(Some(heard.as_ref().unchecked_ref()));
    heard.forget();
    let asked = stream.clone();
    let lost = Closure::<dyn Fn()>::new(move || {
        if asked.ready_state() == EventSource::CLOSED {
            then(None);
        }
    });
    stream.set_onerror(Some(lost.as_ref().unchecked_ref()));
    lost.forget();
}
