//! What the islands ask of the browser.

use leptos::prelude::window;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    EventSource, HtmlFormElement, HtmlTextAreaElement, MessageEvent, RequestInit, Response,
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
    try_post_form(action).await.unwrap_or(Answer::None)
}

async fn try_post_form(action: &str) -> Result<Answer, JsValue> {
    let headers = web_sys::Headers::new()?;
    headers.set("Accept", "application/json")?;
    let request = RequestInit::new();
    request.set_method("POST");
    request.set_headers(&headers);
    // Parameters as the body make it an ordinary form to the server, with its content type.
    request.set_body(&UrlSearchParams::new()?.into());
    let response: Response =
        JsFuture::from(window().fetch_with_str_and_init(action, &request)).await?.unchecked_into();
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

/// The text field of a form.
pub(crate) fn text_area(form: &HtmlFormElement) -> Option<HtmlTextAreaElement> {
    form.query_selector("textarea").ok().flatten().map(JsCast::unchecked_into)
}

/// Calls `then` each time the browser shows this page again as it was left (by the back button).
pub(crate) fn when_shown_again(then: impl Fn() + 'static) {
    let listener = Closure::<dyn Fn()>::new(then);
    // It fails only for a function that is none.
    let _ =
        window().add_event_listener_with_callback("pageshow", listener.as_ref().unchecked_ref());
    listener.forget();
}

/// An unsent text, kept on this device. Where the browser keeps nothing (private windows, full storage), it
/// does nothing.
#[derive(Clone)]
pub(crate) struct Draft {
    key: String,
    sent_key: String,
}

impl Draft {
    /// The draft of the form that is posted to `action`, at its `place` in the page.
    pub(crate) fn new(action: &str, place: &str) -> Self {
        let key = ["draft:", action, "#", place].concat();
        let sent_key = ["sent:", &key].concat();
        Self { key, sent_key }
    }

    fn storage() -> Option<Storage> {
        window().local_storage().ok().flatten()
    }

    /// Keeps `text`, or forgets the draft when it is empty.
    pub(crate) fn keep(&self, text: &str) {
        if let Some(storage) = Self::storage() {
            // A full storage is no reason to disturb the one who types.
            let _ = if text.is_empty() {
                storage.remove_item(&self.key)
            } else {
                storage.set_item(&self.key, text)
            };
        }
    }

    /// Notes that the form was sent. Whether it arrived is known when the next page opens.
    pub(crate) fn sent(&self) {
        if let Some(storage) = Self::storage() {
            let _ = storage.set_item(&self.sent_key, "1");
        }
    }

    /// The unsent text. A text that was sent is forgotten, unless the form came back with it, or the reader
    /// came back to it (the way back from a failed connection).
    pub(crate) fn open(&self, came_back: bool) -> Option<String> {
        const BACK_OR_FORWARD: u16 = 2;
        let storage = Self::storage()?;
        let was_sent = storage.get_item(&self.sent_key).ok().flatten().is_some();
        if was_sent {
            let _ = storage.remove_item(&self.sent_key);
            let went_back =
                window().performance().is_some_and(|it| it.navigation().type_() == BACK_OR_FORWARD);
            if !came_back && !went_back {
                let _ = storage.remove_item(&self.key);
            }
        }
        storage.get_item(&self.key).ok().flatten()
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
