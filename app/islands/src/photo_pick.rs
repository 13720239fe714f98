//! The part of a form that takes photos.

#![allow(clippy::clone_on_copy, reason = "on the server these closures hold nothing")]

use crate::words::{fill, words};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

words! {
    /// The words of the photos' part of a form.
    pub struct PhotoPickWords {
        /// Above it.
        pub label: String,
        /// Under the label.
        pub hint: String,
        /// At the file input.
        pub add: String,
        /// The button that sends the chosen files, where no script runs.
        pub send: String,
        /// Said when there are as many as are taken.
        pub full: String,
        /// At the text that says what is seen on a photo.
        pub alt: String,
        /// A photo about which nothing is said, with the place `{n}` for which it is.
        pub nth: String,
        /// The button that takes one away.
        pub remove: String,
        /// One that waits, with the place `{name}`.
        pub waiting: String,
        /// One that is on its way, with the place `{name}`.
        pub sending: String,
        /// One that waits for a connection, with the place `{name}`.
        pub offline: String,
        /// One that was refused, with the place `{name}`; the reason follows.
        pub failed: String,
        /// The button that sends again.
        pub try_again: String,
        /// The button that leaves one out.
        pub drop: String,
        /// Said when the form is sent before all photos are.
        pub hold: String,
        /// Said when one couldn't be taken away.
        pub stuck: String,
    }
}

/// A photo that the server has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PickedPhoto {
    /// Row.
    pub id: i64,
    /// Address of its small size.
    pub small: String,
    /// What is seen on it, in words.
    pub alt: String,
}

/// Where a chosen file stands.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "only a browser sends files"))]
enum Stand {
    Waiting,
    Sending,
    Offline,
    /// With the reason in words; empty where none was said.
    Refused(String),
}

/// A chosen file that is not sent yet.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Pending {
    key: u32,
    name: String,
    stand: Stand,
}

fn said(pending: &Pending, words: &PhotoPickWords) -> String {
    let (template, reason) = match &pending.stand {
        Stand::Waiting => (&words.waiting, ""),
        Stand::Sending => (&words.sending, ""),
        Stand::Offline => (&words.offline, ""),
        Stand::Refused(reason) => (&words.failed, reason.as_str()),
    };
    [&*fill(template, "name", pending.name.as_str()), reason].concat()
}

/// A list of photos with what is said about each, and a file input. Without scripts the files go with the form:
/// the fields are `photo` (the row of each), `alt-ROW`, `photo_remove` and `photo_add` (buttons), and `photos`
/// (files); the form begins with a [`crate::FirstButton`]. Alive, it makes pictures smaller, sends each at once to
/// `post`, keeps those that find no connection until there is one, and lets Enter in a field send nothing.
#[island]
pub fn PhotoPick(
    /// Where the form is posted: its answer to a button of this part is scrolled here.
    action: String,
    /// Where photos are sent; what is changed about one is sent to `{post}/{row}/…`.
    post: String,
    /// The draft that they belong to; the form's field `draft` goes before it.
    draft: Option<i64>,
    /// The most.
    max: u32,
    /// Those that are there.
    photos: Vec<PickedPhoto>,
    /// The words.
    words: PhotoPickWords,
    /// Why one was refused, when the form comes back.
    error: Option<String>,
) -> impl IntoView {
    let there = RwSignal::new(photos);
    // Those that were taken away stay in the list, though not on the page: what stands in the fields of the
    // others would move on by one else.
    let gone = RwSignal::new(Vec::<i64>::new());
    let pending = RwSignal::new(Vec::<Pending>::new());
    let alive = RwSignal::new(false);
    let held = RwSignal::new(false);
    let stuck = RwSignal::new(false);
    let words = StoredValue::new(words);
    let root = NodeRef::<leptos::html::Fieldset>::new();
    let word =
        move |of: fn(&PhotoPickWords) -> &String| words.with_value(|words| of(words).clone());
    let full =
        move || there.with(Vec::len) + pending.with(Vec::len) >= max as usize + gone.with(Vec::len);

    #[cfg(feature = "hydrate")]
    let (chosen, remove, say, again, leave_out) = {
        let hall = alive::Sender { post, draft, max, there, gone, pending, stuck, root };
        Effect::new(move || alive.set(true));
        hall.watch(held);
        let (removing, saying, trying, dropping) =
            (hall.clone(), hall.clone(), hall.clone(), hall.clone());
        (
            move |event: web_sys::Event| hall.chosen(&event),
            move |event: web_sys::MouseEvent, id: i64| {
                event.prevent_default();
                removing.remove(id);
            },
            move |event: web_sys::Event, id: i64| saying.say(&event, id),
            move |_: web_sys::MouseEvent| trying.again(),
            move |key: u32| {
                dropping.leave_out(key);
                held.set(false);
            },
        )
    };
    #[cfg(not(feature = "hydrate"))]
    let (chosen, remove, say, again, leave_out) = {
        let _ = (post, draft);
        (
            |_: web_sys::Event| (),
            |_: web_sys::MouseEvent, _: i64| (),
            |_: web_sys::Event, _: i64| (),
            |_: web_sys::MouseEvent| (),
            |_: u32| (),
        )
    };

    let here = [&*action, "#photos"].concat();
    let place = here.clone();
    let nth = move |id: i64| {
        let before = there.with(|all| {
            let before = all.iter().take_while(|it| it.id != id);
            gone.with(|gone| before.filter(|it| !gone.contains(&it.id)).count())
        });
        words.with_value(|words| fill(&words.nth, "n", before + 1))
    };
    let named =
        move |of: fn(&PhotoPickWords) -> &String, id: i64| [&*word(of), " ", &nth(id)].concat();
    let picked = move |photo: PickedPhoto| {
        let id = photo.id;
        let (remove, say) = (remove.clone(), say.clone());
        let field = ["alt-", &id.to_string()].concat();
        let alt = photo.alt.clone();
        let shown = move || if alt.is_empty() { nth(id) } else { alt.clone() };
        view! {
            <li class="photo-picked">
                <input type="hidden" name="photo" value=id.to_string() />
                <img src=photo.small alt=shown />
                <div class="field">
                    <label class="field-label" for=field.clone()>{word(|w| &w.alt)}</label>
                    <input
                        class="input"
                        id=field.clone()
                        name=field
                        value=photo.alt
                        aria-label=move || named(|w| &w.alt, id)
                        maxlength="100"
                        autocomplete="off"
                        on:change=move |event| say(event, id)
                    />
                    <button
                        class="btn btn-quiet btn-small"
                        name="photo_remove"
                        value=id.to_string()
                        formnovalidate=true
                        formaction=place.clone()
                        aria-label=move || named(|w| &w.remove, id)
                        on:click=move |event| remove(event, id)
                    >
                        {word(|w| &w.remove)}
                    </button>
                </div>
            </li>
        }
    };
    let list = move || there.get().into_iter().map(&picked).collect::<Vec<_>>();
    let waiting = move || {
        let leave_out = leave_out.clone();
        pending
            .get()
            .into_iter()
            .map(|one| {
                let text = words.with_value(|words| said(&one, words));
                let leave_out = leave_out.clone();
                view! {
                    <li>
                        <span>{text}</span>
                        <button
                            class="btn btn-quiet btn-small"
                            type="button"
                            on:click=move |_| leave_out(one.key)
                        >
                            {word(|w| &w.drop)}
                        </button>
                    </li>
                }
            })
            .collect::<Vec<_>>()
    };
    let offline = move || {
        let stays = |one: &Pending| matches!(&one.stand, Stand::Offline | Stand::Refused(_));
        pending.with(|all| all.iter().any(stays))
    };
    let refused = error.is_some();
    let described = if refused { "photos-e photos-h" } else { "photos-h" };
    view! {
        <fieldset class="field photo-pick" node_ref=root>
            <legend class="field-label">{word(|w| &w.label)}</legend>
            <p class="field-hint" id="photos-h">{word(|w| &w.hint)}</p>
            <ul class="photo-picks">{list}</ul>
            <p class="field-error" role="alert" hidden=move || !stuck.get()>{word(|w| &w.stuck)}</p>
            <div role="status"><ul class="photo-waits">{waiting}</ul></div>
            <button class="btn btn-secondary btn-small" type="button" hidden=move || !offline() on:click=again>
                {word(|w| &w.try_again)}
            </button>
            // Pressed where the form is held back: where one section is shown alone, it turns to this one.
            <a href="#photos-hold" id="photos-led" hidden></a>
            <p class="field-error" id="photos-hold" role="alert" tabindex="-1" hidden=move || !held.get()>
                {word(|w| &w.hold)}
            </p>
            <p class="field-hint" hidden=move || !full()>{word(|w| &w.full)}</p>
            <div class="photo-add" hidden=full>
                <label class="field-label" for="photos">{word(|w| &w.add)}</label>
                <input
                    type="file"
                    id="photos"
                    name="photos"
                    accept="image/*"
                    multiple=true
                    aria-invalid=refused.then_some("true")
                    aria-describedby=described
                    on:change=chosen
                />
                <button
                    class="btn btn-secondary btn-small"
                    name="photo_add"
                    value="1"
                    formnovalidate=true
                    formaction=here
                    hidden=move || alive.get()
                >
                    {word(|w| &w.send)}
                </button>
            </div>
            {error.map(|error| view! { <p class="field-error" id="photos-e">{error}</p> })}
        </fieldset>
    }
}

#[cfg(feature = "hydrate")]
mod alive {
    use super::{Pending, PickedPhoto, Stand};
    use crate::browser::{self, Answer, post_body, post_form};
    use crate::form_dom::{Control, on};
    use crate::picture::{shrunk, when_online};
    use leptos::prelude::*;
    use std::time::Duration;
    use wasm_bindgen::JsCast;
    use wasm_bindgen::prelude::Closure;
    use wasm_bindgen_futures::spawn_local;
    use web_sys::{Element, Event, File, FormData, HtmlElement, HtmlInputElement, KeyboardEvent};

    /// Sends chosen files, one after the other.
    #[derive(Clone)]
    pub(super) struct Sender {
        pub(super) post: String,
        pub(super) draft: Option<i64>,
        pub(super) max: u32,
        pub(super) there: RwSignal<Vec<PickedPhoto>>,
        pub(super) gone: RwSignal<Vec<i64>>,
        pub(super) pending: RwSignal<Vec<Pending>>,
        pub(super) stuck: RwSignal<bool>,
        pub(super) root: NodeRef<leptos::html::Fieldset>,
    }

    thread_local! {
        static FILES: std::cell::RefCell<Vec<(u32, File)>> = const { std::cell::RefCell::new(Vec::new()) };
    }

    impl Sender {
        /// Waits for a connection, and holds the form while files are not sent.
        pub(super) fn watch(&self, held: RwSignal<bool>) {
            let sender = self.clone();
            when_online(move || sender.again());
            let (root, pending, early) = (self.root, self.pending, self.clone());
            Effect::new(move || {
                let Some(root) = root.get() else { return };
                let Ok(Some(form)) = root.closest("form") else { return };
                // What was chosen before it was awake.
                let input = root.query_selector("input[type=file]").ok().flatten();
                if let Some(input) = input.and_then(|it| it.dyn_into().ok()) {
                    early.take(&input);
                }
                let hold = Closure::<dyn Fn(Event)>::new(move |event: Event| {
                    if !pending.with_untracked(Vec::is_empty) {
                        event.prevent_default();
                        event.stop_immediate_propagation();
                        held.set(true);
                        set_timeout(show_hold, Duration::ZERO);
                    }
                });
                // Before the form's own listeners: nothing is noted as sent that wasn't.
                let _ = form.add_event_listener_with_callback_and_bool(
                    "submit",
                    hold.as_ref().unchecked_ref(),
                    true,
                );
                hold.forget();
                on(&form, "keydown", |event| {
                    if is_enter_in_field(&event) {
                        event.prevent_default();
                    }
                });
            });
        }

        pub(super) fn chosen(&self, event: &Event) {
            let input = event.target().and_then(|it| it.dyn_into::<HtmlInputElement>().ok());
            if let Some(input) = input {
                self.take(&input);
            }
        }

        fn take(&self, input: &HtmlInputElement) {
            let Some(files) = input.files().filter(|files| files.length() > 0) else { return };
            for at in 0..files.length() {
                let Some(file) = files.get(at) else { continue };
                let there =
                    self.there.with_untracked(Vec::len) - self.gone.with_untracked(Vec::len);
                if there + self.pending.with_untracked(Vec::len) >= self.max as usize {
                    break;
                }
                let (name, key) = (file.name(), next_key());
                FILES.with_borrow_mut(|files| files.push((key, file)));
                let one = Pending { key, name, stand: Stand::Waiting };
                self.pending.update(|all| all.push(one));
            }
            // They are sent by themselves, and not once more with the form.
            input.set_value("");
            self.go();
        }

        pub(super) fn again(&self) {
            self.pending.update(|all| {
                for one in all.iter_mut() {
                    if one.stand != Stand::Sending {
                        one.stand = Stand::Waiting;
                    }
                }
            });
            self.go();
        }

        pub(super) fn leave_out(&self, key: u32) {
            self.pending.update(|all| all.retain(|one| one.key != key));
            FILES.with_borrow_mut(|files| files.retain(|(of, _)| *of != key));
        }

        pub(super) fn remove(&self, id: i64) {
            let sender = self.clone();
            spawn_local(async move {
                let action = [&sender.post, "/", &id.to_string(), "/remove"].concat();
                let gone = matches!(post_form(&action).await, Answer::Good(_) | Answer::Page);
                sender.stuck.set(!gone);
                if gone {
                    sender.gone.update(|all| all.push(id));
                    let field = document().get_element_by_id(&["alt-", &id.to_string()].concat());
                    if let Some(line) = field.and_then(|it| it.closest("li").ok().flatten()) {
                        line.remove();
                    }
                    // The pressed button is no more; there is room for another photo now.
                    set_timeout(|| browser::focus("photos"), Duration::ZERO);
                }
            });
        }

        /// What was typed stays in the form too, and goes with it.
        pub(super) fn say(&self, event: &Event, id: i64) {
            let Some(input) = event.target().and_then(|it| it.dyn_into::<HtmlInputElement>().ok())
            else {
                return;
            };
            let text = input.value();
            self.there.update_untracked(|all| {
                for photo in all.iter_mut().filter(|photo| photo.id == id) {
                    photo.alt.clone_from(&text);
                }
            });
            let action = [&self.post, "/", &id.to_string(), "/alt"].concat();
            spawn_local(async move {
                if let Ok(body) = web_sys::UrlSearchParams::new() {
                    body.append("alt", &text);
                    post_body(&action, &body.into()).await;
                }
            });
        }

        fn stand(&self, key: u32, stand: Stand) {
            self.pending.update(|all| {
                for one in all.iter_mut().filter(|one| one.key == key) {
                    one.stand = stand.clone();
                }
            });
        }

        fn go(&self) {
            let busy = |all: &Vec<Pending>| all.iter().any(|one| one.stand == Stand::Sending);
            if self.pending.with_untracked(busy) {
                return;
            }
            let next = |all: &Vec<Pending>| {
                all.iter().find(|one| one.stand == Stand::Waiting).map(|one| one.key)
            };
            let Some(key) = self.pending.with_untracked(next) else { return };
            self.stand(key, Stand::Sending);
            let sender = self.clone();
            spawn_local(async move {
                sender.send(key).await;
                sender.go();
            });
        }

        async fn send(&self, key: u32) {
            let file = FILES.with_borrow(|files| {
                files.iter().find(|(of, _)| *of == key).map(|(_, file)| file.clone())
            });
            let Some(file) = file else { return self.leave_out(key) };
            match self.post(&file).await {
                Answer::Good(json) => {
                    let photo = json.get("id").as_f64().zip(json.text("small"));
                    // Left out while it was on its way: it belongs to nothing, and goes by itself.
                    let wanted =
                        self.pending.with_untracked(|all| all.iter().any(|one| one.key == key));
                    if let Some((id, small)) = photo.filter(|_| wanted) {
                        #[allow(
                            clippy::cast_possible_truncation,
                            reason = "a row's number is far below 2^53"
                        )]
                        let id = id as i64;
                        let photo = PickedPhoto { id, small, alt: String::new() };
                        self.there.update(|all| all.push(photo));
                    }
                    self.leave_out(key);
                }
                Answer::Bad(json) => {
                    let reason = json.text("error").unwrap_or_default();
                    self.stand(key, Stand::Refused(reason));
                }
                Answer::Page | Answer::None => self.stand(key, Stand::Offline),
            }
        }

        async fn post(&self, file: &File) -> Answer {
            let picture = shrunk(file).await;
            let Ok(body) = FormData::new() else { return Answer::None };
            let named = self.draft_of_form().or_else(|| self.draft.map(|id| id.to_string()));
            // Appending fails only for what is no blob.
            let _ = named.map(|draft| body.append_with_str("draft", &draft));
            let _ = body.append_with_blob_and_filename("photos", &picture, "photo");
            post_body(&self.post, &body.into()).await
        }

        /// A draft gets its number when it is first kept.
        fn draft_of_form(&self) -> Option<String> {
            let form = self.root.get_untracked()?.closest("form").ok()??;
            let field = form.query_selector("input[name=draft]").ok()??;
            let field: HtmlInputElement = field.dyn_into().ok()?;
            Some(field.value()).filter(|id| !id.is_empty())
        }
    }

    /// What holds the form back takes the focus, wherever one was in it.
    fn show_hold() {
        if let Some(link) = document().get_element_by_id("photos-led") {
            link.unchecked_into::<HtmlElement>().click();
        }
        browser::focus("photos-hold");
    }

    /// Enter would send the form, by whichever of its buttons stands first.
    fn is_enter_in_field(event: &Event) -> bool {
        let Some(target) = event.target().and_then(|it| it.dyn_into::<Element>().ok()) else {
            return false;
        };
        let key = event.unchecked_ref::<KeyboardEvent>().key();
        let kind = target.unchecked_ref::<Control>().kind();
        key == "Enter"
            && target.tag_name() == "INPUT"
            && !matches!(&*kind, "file" | "image" | "submit" | "button")
    }

    fn next_key() -> u32 {
        thread_local!(static LAST: std::cell::Cell<u32> = const { std::cell::Cell::new(0) });
        LAST.set(LAST.get() + 1);
        LAST.get()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words() -> PhotoPickWords {
        let word = |text: &str| text.to_owned();
        PhotoPickWords {
            label: word("照片"),
            hint: word("最多 6 张"),
            add: word("选照片"),
            send: word("传上来"),
            full: word("满了"),
            alt: word("照片里是什么？"),
            nth: word("照片 {n}"),
            remove: word("拿掉"),
            waiting: word("等着传：{name}"),
            sending: word("正在传：{name}"),
            offline: word("{name} 有网再传"),
            failed: word("{name} 没传上来。"),
            try_again: word("再试"),
            drop: word("不要了"),
            hold: word("没传完"),
            stuck: word("没拿掉"),
        }
    }

    #[test]
    fn each_stand_has_its_words() {
        for (stand, expected) in [
            (Stand::Waiting, "等着传：a.jpg"),
            (Stand::Sending, "正在传：a.jpg"),
            (Stand::Offline, "a.jpg 有网再传"),
            (Stand::Refused("太大".into()), "a.jpg 没传上来。太大"),
        ] {
            let one = Pending { key: 1, name: "a.jpg".into(), stand };
            assert_eq!(said(&one, &words()), expected);
        }
    }

    #[cfg(feature = "ssr")]
    #[test]
    fn it_is_a_whole_form_without_scripts() {
        let html = Owner::new().with(|| {
            view! {
                <PhotoPick
                    action="/proposals/new".to_owned()
                    post="/photos".to_owned()
                    draft=None
                    max=2
                    photos=vec![PickedPhoto { id: 7, small: "/photos/ab".into(), alt: "\"><b>".into() }]
                    words=words()
                    error=Some("太大".to_owned())
                />
            }
            .to_html()
        });
        for part in [
            "type=\"hidden\" name=\"photo\" value=\"7\"",
            "name=\"alt-7\"",
            "name=\"photo_remove\" value=\"7\"",
            "type=\"file\" id=\"photos\" name=\"photos\"",
            "name=\"photo_add\"",
            "formaction=\"/proposals/new#photos\"",
            "aria-label=\"拿掉 照片 1\"",
            "aria-describedby=\"photos-e photos-h\"",
            "太大",
            "&quot;&gt;&lt;b&gt;",
        ] {
            assert!(html.contains(part), "{part} is not in {html}");
        }
        assert!(!html.contains("<b>"), "{html}");
    }
}
