//! A person's signed-in devices, in the words of their owner.

use leptos::prelude::*;
use service::session::Device;

use crate::dates::Moment;
use crate::link::to;
use crate::render::words;
use crate::words::account::AccountWords;
use crate::words::fill;
use crate::words::security::SecurityWords;

/// The list, each of the others with a button that signs it out.
#[component]
pub fn Devices(
    /// The last used first.
    devices: Vec<Device>,
) -> impl IntoView {
    let (w, s) = (words().account, words().security);
    let devices: Vec<_> = devices
        .into_iter()
        .map(|device| {
            let name = device_name(&device.agent, w, s);
            let out = (!device.this).then(|| {
                let action = to(format!("/me/devices/{}/sign-out", device.handle));
                let label = fill(s.device_out_of, &[("device", &name)]);
                view! {
                    <form method="post" action=action>
                        <button class="btn btn-secondary btn-small" aria-label=label>{s.device_out}</button>
                    </form>
                }
            });
            let name = if device.this { fill(w.device_this, &[("device", &name)]) } else { name };
            view! {
                <li class="device">
                    <div>
                        <p>{name}</p>
                        <p>{w.device_seen}" "<Moment at=device.seen_at/></p>
                    </div>
                    {out}
                </li>
            }
        })
        .collect();
    view! { <ul>{devices}</ul> }
}

/// A device as its owner would call it. Browsers name themselves by many words of others, so the
/// order matters: 微信 and Edge say Chrome, and Chrome says Safari.
#[must_use]
pub fn device_name(agent: &str, w: &AccountWords, s: &SecurityWords) -> String {
    let has = |marks: &[&str]| marks.iter().any(|mark| agent.contains(mark));
    let kind = if has(&["iPad", "Tablet"]) {
        w.device_tablet
    } else if has(&["Mobile", "iPhone", "Android"]) {
        w.device_phone
    } else if has(&["Windows", "Macintosh", "Linux", "CrOS"]) {
        w.device_computer
    } else {
        return w.device_other.to_owned();
    };
    let browsers = [
        ("MicroMessenger", w.wechat),
        ("Edg", "Edge"),
        ("Firefox", "Firefox"),
        ("FxiOS", "Firefox"),
        ("Chrome", "Chrome"),
        ("CriOS", "Chrome"),
        ("Safari", "Safari"),
    ];
    let browser = browsers.into_iter().find(|(mark, _)| agent.contains(mark));
    browser.map_or_else(
        || kind.to_owned(),
        |(_, name)| fill(s.device_on, &[("kind", &kind), ("browser", &name)]),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_are_called_as_their_owners_call_them() {
        let table = [
            ("", "别的设备"),
            ("curl/8.5", "别的设备"),
            (
                "Mozilla/5.0 (Linux; Android 14; V2307A) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/116.0 Mobile Safari/537.36 MicroMessenger/8.0.44",
                "手机上的 微信",
            ),
            (
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36",
                "手机上的 Chrome",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
                "手机上的 Safari",
            ),
            (
                "Mozilla/5.0 (iPad; CPU OS 12_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/12.1 Mobile/15E148 Safari/604.1",
                "平板上的 Safari",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36 Edg/126.0",
                "电脑上的 Edge",
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0",
                "电脑上的 Firefox",
            ),
            ("Mozilla/5.0 (Linux x86_64)", "电脑"),
        ];
        for (agent, name) in table {
            let called = device_name(agent, &AccountWords::ZH, &SecurityWords::ZH);
            assert_eq!(called, name, "{agent}");
        }
    }
}
