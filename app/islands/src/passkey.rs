//! The button by which somebody makes or shows a passkey.

use crate::words::words;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

words! {
    /// The words of the button.
    pub struct PasskeyWords {
        /// On the button.
        pub label: String,
        /// On the button while the device asks for a finger or a face.
        pub busy: String,
        /// Said when the device or the person said no, or nobody answered.
        pub failed: String,
        /// Said where the browser has no passkeys, and while no script has looked; may be empty.
        pub lacking: String,
    }
}

/// What is done with a passkey.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PasskeyAct {
    /// A new one is made.
    Make,
    /// One is shown.
    Show,
}

/// A button inside a form. Alive, and where the browser has passkeys, it asks `begin` what is to be signed
/// (a POST that answers `{"ceremony": "…", "options": {…}}`), lets the device sign it, puts the answer into
/// the form's fields `ceremony` and `passkey`, and sends the form. Without scripts there is no button.
#[island]
pub fn PasskeyButton(
    /// Where the ceremony is begun.
    begin: String,
    /// What is done.
    act: PasskeyAct,
    /// The style of the button.
    class: String,
    /// The words.
    words: PasskeyWords,
) -> impl IntoView {
    let offered = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let wrong = RwSignal::new(String::new());
    let ceremony = NodeRef::<leptos::html::Input>::new();
    let answer = NodeRef::<leptos::html::Input>::new();
    let PasskeyWords { label, busy: busy_label, failed, lacking } = words;

    #[cfg(feature = "hydrate")]
    let press = {
        Effect::new(move || offered.set(device::offers(act)));
        move |_: web_sys::MouseEvent| {
            if busy.get_untracked() {
                return;
            }
            busy.set(true);
            wrong.set(String::new());
            let (begin, failed) = (begin.clone(), failed.clone());
            leptos::task::spawn_local(async move {
                match device::sign(&begin, act).await {
                    Ok(signed) => {
                        let fields = (ceremony.get_untracked(), answer.get_untracked());
                        if let (Some(ceremony), Some(answer)) = fields {
                            ceremony.set_value(&signed.ceremony);
                            answer.set_value(&signed.answer);
                            if let Some(form) = answer.form() {
                                // It fails only for a form that is not on a page.
                                let _ = form.submit();
                            }
                        }
                    }
                    Err(said) => {
                        wrong.set(said.unwrap_or(failed));
                        busy.set(false);
                    }
                }
            });
        }
    };
    // Only the browser's half says these; the server passes them on as props.
    #[cfg(not(feature = "hydrate"))]
    let (press, _) = (|_: web_sys::MouseEvent| (), (begin, act, failed, &offered, &busy));

    view! {
        <div class="passkey">
            <p class="field-hint" hidden=move || offered.get()>{lacking}</p>
            <input type="hidden" name="ceremony" node_ref=ceremony/>
            <input type="hidden" name="passkey" node_ref=answer/>
            <button
                class=class
                type="button"
                hidden=move || !offered.get()
                aria-disabled=move || busy.get().then_some("true")
                on:click=press
            >
                {move || if busy.get() { busy_label.clone() } else { label.clone() }}
            </button>
            <div aria-live="polite">
                <p class="field-error" hidden=move || wrong.with(String::is_empty)>{wrong}</p>
            </div>
        </div>
    }
}

/// What is asked of the device, by W3C Web Authentication, level 3: options and answers travel as JSON.
#[cfg(feature = "hydrate")]
mod device {
    use js_sys::{Function, JSON, Object, Promise, Reflect};
    use leptos::prelude::window;
    use wasm_bindgen::{JsCast, JsValue};
    use wasm_bindgen_futures::JsFuture;

    use super::PasskeyAct;
    use crate::browser::{self, Answer};

    /// A signed answer, and the ceremony that it belongs to.
    pub(super) struct Signed {
        pub(super) ceremony: String,
        pub(super) answer: String,
    }

    fn get(of: &JsValue, name: &str) -> Result<JsValue, JsValue> {
        Reflect::get(of, &JsValue::from_str(name))
    }

    fn function(of: &JsValue, name: &str) -> Result<Function, JsValue> {
        get(of, name)?.dyn_into()
    }

    fn class() -> Result<JsValue, JsValue> {
        get(&window().into(), "PublicKeyCredential")
    }

    fn reader(act: PasskeyAct) -> Result<Function, JsValue> {
        let name = match act {
            PasskeyAct::Make => "parseCreationOptionsFromJSON",
            PasskeyAct::Show => "parseRequestOptionsFromJSON",
        };
        function(&class()?, name)
    }

    /// Whether the browser has passkeys, and reads and writes them as JSON.
    pub(super) fn offers(act: PasskeyAct) -> bool {
        let writes = || function(&get(&class()?, "prototype")?, "toJSON");
        reader(act).is_ok() && writes().is_ok()
    }

    /// Lets the device sign what the server asks. An error is what the server said, if it said anything.
    pub(super) async fn sign(begin: &str, act: PasskeyAct) -> Result<Signed, Option<String>> {
        let json = match browser::post_form(begin).await {
            Answer::Good(json) => json,
            Answer::Bad(json) => return Err(json.text("error")),
            Answer::Page | Answer::None => return Err(None),
        };
        let ceremony = json.text("ceremony").ok_or(None)?;
        // The device says no where nothing fits, or the person changed their mind.
        let answer = answer(act, &json.get("options")).await.map_err(|_| None)?;
        Ok(Signed { ceremony, answer })
    }

    async fn answer(act: PasskeyAct, options: &JsValue) -> Result<String, JsValue> {
        let asked = Object::new();
        let options = reader(act)?.call1(&class()?, options)?;
        Reflect::set(&asked, &JsValue::from_str("publicKey"), &options)?;
        let credentials = get(&get(&window().into(), "navigator")?, "credentials")?;
        let name = match act {
            PasskeyAct::Make => "create",
            PasskeyAct::Show => "get",
        };
        let promise = function(&credentials, name)?.call1(&credentials, &asked)?;
        let credential = JsFuture::from(promise.dyn_into::<Promise>()?).await?;
        let json = function(&credential, "toJSON")?.call0(&credential)?;
        JSON::stringify(&json).map(String::from)
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn without_scripts_there_is_no_button() {
        let html = Owner::new().with(|| {
            view! {
                <PasskeyButton
                    begin="/second-factor/passkey".to_owned()
                    act=PasskeyAct::Show
                    class="btn btn-secondary".to_owned()
                    words=PasskeyWords {
                        label: "用通行密钥验证".to_owned(),
                        busy: "请按设备的提示做".to_owned(),
                        failed: "没有成功".to_owned(),
                        lacking: "这个浏览器用不了".to_owned(),
                    }
                />
            }
            .to_html()
        });
        assert!(html.contains("<button type=\"button\" hidden"), "{html}");
        assert!(html.contains("这个浏览器用不了") && html.contains("name=\"ceremony\""), "{html}");
    }
}
