//! Keeping what is typed into a long form: on this device at once, and on the server soon after.

use crate::words::words;
use leptos::prelude::*;

words! {
    /// The words of [`DraftKeeper`].
    pub struct KeeperWords {
        /// Kept on the server, with the place `{at}` for the time.
        pub saved: String,
        /// Kept on this device, for there is no network.
        pub offline: String,
        /// Kept on this device, for the server can't take it just now.
        pub waiting: String,
        /// Kept on this device, for there are as many drafts as one may have.
        pub full: String,
        /// What wasn't kept on the server is back.
        pub restored: String,
        /// Sending was tried without a network.
        pub unsent: String,
        /// Sending waits until a save has ended.
        pub soon: String,
        /// There are two copies.
        pub other: String,
        /// More about it.
        pub other_text: String,
        /// Takes the copy of this device.
        pub take: String,
        /// Takes the one on the server.
        pub leave: String,
    }
}

/// Keeps the form around it: what is typed is in this browser's storage within half a second, and on the
/// server within two seconds of the last stroke, by the form's fields `draft` and `draft_version`. What the
/// browser kept and the server didn't get is put back when the form opens again; where the draft was changed
/// elsewhere meanwhile, both copies stay until the reader chooses, and nothing is sent before. What arrived is
/// forgotten, and nothing else.
///
/// The server answers a draft with `{"id": 5, "version": 2}`, or `{"stale": true, "version": 3}` where it was
/// changed elsewhere, or `{"full": true}` where there are as many drafts as one may have.
#[island]
pub fn DraftKeeper(
    /// Where drafts are kept; none for a form that is kept on this device alone.
    post: Option<String>,
    /// Under what the browser keeps it, before the draft's number: it names the person and the form.
    key: String,
    /// The address of the form with a draft, before the draft's number.
    page: String,
    /// Whether the form came back with what was sent.
    came_back: bool,
    /// The words.
    words: KeeperWords,
) -> impl IntoView {
    let said = RwSignal::new(String::new());
    let other = RwSignal::new(false);
    let place = NodeRef::<leptos::html::Div>::new();

    #[cfg(feature = "hydrate")]
    let (take, leave) = {
        use alive::{Keeper, keep};
        use std::rc::Rc;
        let keeper = StoredValue::new_local(None::<Rc<Keeper>>);
        let words = words.clone();
        Effect::new(move || {
            let Some(form) = place.get().and_then(|place| crate::form_dom::form_of(&place)) else {
                return;
            };
            let (post, key, page) = (post.clone(), key.clone(), page.clone());
            let new = Keeper::new(form, post, key, page, words.clone(), said, other);
            keeper.set_value(Some(keep(new, came_back)));
        });
        let with = move |act: fn(&Rc<Keeper>)| {
            keeper.with_value(|keeper| {
                if let Some(keeper) = keeper {
                    act(keeper);
                }
            });
        };
        (
            move |_: web_sys::MouseEvent| with(Keeper::take),
            move |_: web_sys::MouseEvent| with(Keeper::leave),
        )
    };
    #[cfg(not(feature = "hydrate"))]
    let (take, leave) = {
        let _ = (post, key, page, came_back);
        (|_: web_sys::MouseEvent| (), |_: web_sys::MouseEvent| ())
    };

    view! {
        <div class="raise-kept" node_ref=place>
            <p class="field-hint" role="status">{said}</p>
            <div class="notice notice-warn" id="kept-other" role="status" tabindex="-1" hidden=move || !other.get()>
                <strong>{words.other}</strong>
                <p>{words.other_text}</p>
                <div class="raise-buttons">
                    <button class="btn btn-secondary btn-small" type="button" on:click=take>{words.take}</button>
                    <button class="btn btn-secondary btn-small" type="button" on:click=leave>{words.leave}</button>
                </div>
            </div>
        </div>
    }
}

#[cfg(feature = "hydrate")]
mod alive {
    use std::cell::{Cell, RefCell};
    use std::rc::Rc;
    use std::time::Duration;

    use leptos::prelude::*;
    use wasm_bindgen::{JsCast, JsValue};
    use web_sys::{HtmlElement, HtmlFormElement, SubmitEvent, UrlSearchParams};

    use super::KeeperWords;
    use crate::browser::{self, Answer, Json, now_ms, storage};
    use crate::form_dom::{named, on, put, typed};
    use crate::words::fill;

    /// How often the form is looked at.
    const LOOK: Duration = Duration::from_millis(500);
    /// How long typing rests before the server is asked to keep it.
    const REST_MS: i64 = 1_000;
    /// How long the server is left alone after it couldn't keep something.
    const AGAIN_MS: i64 = 10_000;
    /// How long a pressed button waits for a save that is on its way.
    const SOON: Duration = Duration::from_secs(3);

    /// A form that is being kept.
    pub(super) struct Keeper {
        form: HtmlFormElement,
        post: Option<String>,
        key: String,
        page: String,
        words: KeeperWords,
        said: RwSignal<String>,
        other: RwSignal<bool>,
        /// What the server has.
        saved: RefCell<String>,
        /// What the form held when it was last looked at.
        seen: RefCell<String>,
        changed_at: Cell<i64>,
        not_before: Cell<i64>,
        /// An answer is awaited.
        busy: Cell<bool>,
        /// The form is on its way: nothing is kept any more.
        sending: Cell<bool>,
        /// The button to be pressed again when the answer is there.
        pressed: RefCell<Option<HtmlElement>>,
        /// This device's copy, where the reader has to choose.
        offered: RefCell<Option<String>>,
        /// The version on the server, where it was changed elsewhere while this form was open.
        newer: Cell<Option<u32>>,
        /// Photos of this device's copy that the form doesn't show: the server puts them to the draft.
        carried: RefCell<Vec<String>>,
    }

    impl Keeper {
        pub(super) fn new(
            form: HtmlFormElement,
            post: Option<String>,
            key: String,
            page: String,
            words: KeeperWords,
            said: RwSignal<String>,
            other: RwSignal<bool>,
        ) -> Self {
            let now = typed(&form);
            Self {
                form,
                post,
                key,
                page,
                words,
                said,
                other,
                saved: RefCell::new(now.clone()),
                seen: RefCell::new(now),
                changed_at: Cell::new(0),
                not_before: Cell::new(0),
                busy: Cell::new(false),
                sending: Cell::new(false),
                pressed: RefCell::new(None),
                offered: RefCell::new(None),
                newer: Cell::new(None),
                carried: RefCell::new(Vec::new()),
            }
        }

        fn own(&self, name: &str) -> String {
            named(&self.form, name).map(|it| it.value()).unwrap_or_default()
        }

        fn set_own(&self, name: &str, value: &str) {
            if let Some(field) = named(&self.form, name) {
                field.set_value(value);
            }
        }

        fn full_key(&self) -> String {
            [&self.key, &*self.own("draft")].concat()
        }

        fn say(&self, text: &str) {
            self.said.set(text.to_owned());
        }

        /// Keeps it on this device, with the draft's version that it goes on from.
        fn keep_here(&self, body: &str) {
            // The copy that the reader is asked about stays as it is.
            if self.offered.borrow().is_some() {
                return;
            }
            let Some(storage) = storage() else { return };
            let key = self.full_key();
            // A full storage is no reason to disturb the one who types.
            let _ = if *body == **self.saved.borrow() {
                storage.remove_item(&key)
            } else {
                storage.set_item(&key, &[&self.own("draft_version"), "\n", body].concat())
            };
        }

        fn forget_here(&self, key: &str, body: Option<&str>) {
            let Some(storage) = storage() else { return };
            let kept = storage.get_item(key).ok().flatten();
            // Another tab may have kept something else there.
            let same = body.is_none_or(|body| {
                kept.as_deref().and_then(|it| it.split_once('\n')).is_some_and(|it| it.1 == body)
            });
            if same {
                let _ = storage.remove_item(key);
            }
        }

        /// Looks at the form, and keeps what has changed.
        fn look(self: &Rc<Self>, at_once: bool) {
            if self.sending.get() {
                return;
            }
            let now = now_ms();
            let body = typed(&self.form);
            if body != *self.seen.borrow() {
                self.changed_at.set(now);
                self.keep_here(&body);
                self.seen.replace(body.clone());
            }
            let rested =
                at_once || (now - self.changed_at.get() >= REST_MS && now >= self.not_before.get());
            let new = body != *self.saved.borrow() || !self.carried.borrow().is_empty();
            if new && rested && !self.busy.get() && self.newer.get().is_none() {
                self.save(body);
            }
        }

        fn save(self: &Rc<Self>, body: String) {
            let Some(post) = self.post.clone() else { return };
            let Ok(params) = UrlSearchParams::new_with_str(&body) else { return };
            params.append("draft", &self.own("draft"));
            params.append("draft_version", &self.own("draft_version"));
            for photo in self.carried.borrow().iter() {
                params.append("photo", photo);
            }
            self.busy.set(true);
            let keeper = self.clone();
            leptos::task::spawn_local(async move {
                let answer = browser::post_leaving(&post, &params.into()).await;
                // The form may have gone out meanwhile.
                if !keeper.sending.get() {
                    keeper.answered(body, answer);
                }
                keeper.busy.set(false);
                keeper.go_on();
            });
        }

        /// Presses the button that waits.
        fn go_on(&self) {
            let pressed = self.pressed.borrow_mut().take();
            if let Some(button) = pressed {
                // Fails only for a button of another form.
                let _ = self.form.request_submit_with_submitter(Some(&button));
            }
        }

        fn answered(&self, body: String, answer: Answer) {
            match answer {
                Answer::Good(json) => self.is_saved(body, &json),
                Answer::Bad(json) if json.get("stale").is_truthy() => {
                    self.newer.set(json.number("version"));
                    self.other.set(true);
                }
                answer => {
                    self.not_before.set(now_ms() + AGAIN_MS);
                    self.say(match answer {
                        Answer::None => &self.words.offline,
                        Answer::Bad(json) if json.get("full").is_truthy() => &self.words.full,
                        _ => &self.words.waiting,
                    });
                }
            }
        }

        fn is_saved(&self, body: String, json: &Json) {
            let (Some(id), Some(version)) = (json.number("id"), json.number("version")) else {
                return;
            };
            let before = self.full_key();
            let id = id.to_string();
            let is_new = self.own("draft") != id;
            self.set_own("draft", &id);
            self.set_own("draft_version", &version.to_string());
            self.forget_here(&before, Some(&body));
            self.saved.replace(body);
            // What was typed meanwhile is kept under the draft's own number from now on.
            let now = typed(&self.form);
            self.keep_here(&now);
            self.say(&fill(&self.words.saved, "at", &*clock()));
            let address = [&*self.page, &id].concat();
            if !self.carried.borrow().is_empty() {
                let _ = window().location().replace(&address);
            } else if is_new && let Ok(history) = window().history() {
                let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&address));
            }
        }

        /// Puts back what this device kept and the server didn't get.
        fn open(&self, came_back: bool) {
            browser::settle();
            let key = self.full_key();
            if came_back && self.own("draft").is_empty() {
                // One that the server couldn't keep is still to be kept.
                self.saved.replace(String::new());
                self.keep_here(&typed(&self.form));
                return;
            }
            let Some(storage) = storage() else { return };
            if came_back {
                let _ = storage.remove_item(&key);
                return;
            }
            let Some(kept) = storage.get_item(&key).ok().flatten() else { return };
            let Some((version, body)) = kept.split_once('\n') else { return };
            if *body == **self.saved.borrow() {
                let _ = storage.remove_item(&key);
            } else if version == self.own("draft_version") {
                self.take_in(body);
                self.say(&self.words.restored);
            } else {
                self.offered.replace(Some(body.to_owned()));
                self.other.set(true);
            }
        }

        fn take_in(&self, body: &str) {
            put(&self.form, body);
            let shown = UrlSearchParams::new_with_str(&typed(&self.form));
            let (Ok(kept), Ok(shown)) = (UrlSearchParams::new_with_str(body), shown) else {
                return;
            };
            let shown = shown.get_all("photo");
            let kept = kept.get_all("photo");
            let lost = kept.iter().filter(|it| !shown.includes(it, 0));
            self.carried.replace(lost.filter_map(|it| it.as_string()).collect());
        }

        /// This device's copy it shall be.
        pub(super) fn take(self: &Rc<Self>) {
            let offered = self.offered.borrow_mut().take();
            if let Some(body) = offered {
                self.take_in(&body);
            }
            if let Some(version) = self.newer.take() {
                self.set_own("draft_version", &version.to_string());
            }
            self.saved.replace(String::new());
            self.other.set(false);
            self.look(true);
        }

        /// The server's copy it shall be.
        pub(super) fn leave(self: &Rc<Self>) {
            self.forget_here(&self.full_key(), None);
            self.other.set(false);
            self.offered.replace(None);
            if self.newer.take().is_some() {
                self.sending.set(true);
                let _ = window().location().replace(&[&self.page, &*self.own("draft")].concat());
            }
        }

        fn submitted(self: &Rc<Self>, event: &SubmitEvent) {
            self.look_here();
            if !window().navigator().on_line() {
                event.prevent_default();
                self.say(&self.words.unsent);
                return;
            }
            // Whichever copy goes out, the other one would be gone.
            if self.other.get_untracked() {
                event.prevent_default();
                browser::focus("kept-other");
                return;
            }
            // An answer that is on its way may bring the draft's number: it is waited for, though not for long,
            // where a button can be pressed again (older browsers can't).
            let again = js_sys::Reflect::has(&self.form, &"requestSubmit".into());
            let button = event.submitter().filter(|_| self.busy.get() && again == Ok(true));
            if let Some(button) = button {
                event.prevent_default();
                self.say(&self.words.soon);
                self.pressed.replace(Some(button));
                let keeper = self.clone();
                set_timeout(
                    move || {
                        if keeper.pressed.borrow().is_some() {
                            keeper.busy.set(false);
                            keeper.go_on();
                        }
                    },
                    SOON,
                );
                return;
            }
            self.sending.set(true);
            // Somebody else may hold the form back.
            let (keeper, event) = (self.clone(), event.clone());
            set_timeout(move || keeper.sending.set(!event.default_prevented()), Duration::ZERO);
        }

        fn look_here(&self) {
            let body = typed(&self.form);
            self.keep_here(&body);
            self.seen.replace(body);
        }
    }

    /// Begins to keep a form.
    pub(super) fn keep(keeper: Keeper, came_back: bool) -> Rc<Keeper> {
        let keeper = Rc::new(keeper);
        // The other islands wake first: what is put back is news to them then.
        let opening = keeper.clone();
        set_timeout(move || opening.open(came_back), Duration::ZERO);
        let looking = keeper.clone();
        // The page may be closed before this ends: it is never cleared.
        let _ = set_interval_with_handle(move || looking.look(false), LOOK);
        let leaving = keeper.clone();
        on(&window(), "pagehide", move |_| leaving.look(true));
        let hiding = keeper.clone();
        on(&document(), "visibilitychange", move |_| {
            if document().hidden() {
                hiding.look(true);
            }
        });
        let online = keeper.clone();
        on(&window(), "online", move |_| {
            online.not_before.set(0);
            // What was said of the lost connection is over; where something is still to be kept, that is said next.
            online.say("");
            online.look(true);
        });
        let offline = keeper.clone();
        on(&window(), "offline", move |_| offline.say(&offline.words.offline));
        let back = keeper.clone();
        on(&window(), "pageshow", move |_| back.sending.set(false));
        let submitting = keeper.clone();
        on(&keeper.form, "submit", move |event| submitting.submitted(event.unchecked_ref()));
        keeper
    }

    /// The time of day by the device's clock: 8:05.
    fn clock() -> String {
        let now = js_sys::Date::new_0();
        let minutes = now.get_minutes();
        let zero = if minutes < 10 { ":0" } else { ":" };
        [&now.get_hours().to_string(), zero, &minutes.to_string()].concat()
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn the_server_renders_it_quiet() {
        let word = |text: &str| text.to_owned();
        let words = KeeperWords {
            saved: word("已存好 {at}"),
            offline: word("没有网络"),
            waiting: word("一会儿再存"),
            full: word("满了"),
            restored: word("放回来了"),
            unsent: word("没有交上去"),
            soon: word("马上就交"),
            other: word("还有一份"),
            other_text: word("两份都在"),
            take: word("用这台设备上的"),
            leave: word("用网上那一份"),
        };
        let html = Owner::new().with(|| {
            view! {
                <DraftKeeper
                    post=Some("/drafts".to_owned())
                    key="raise:1:".to_owned()
                    page="/proposals/new?draft=".to_owned()
                    came_back=false
                    words=words
                />
            }
            .to_html()
        });
        assert!(html.contains("role=\"status\" tabindex=\"-1\" hidden"), "{html}");
        assert_eq!(html.matches("type=\"button\"").count(), 2, "{html}");
    }
}
