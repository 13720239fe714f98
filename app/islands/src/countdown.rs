//! How long is left until something closes.

use crate::words::{fill, words};
use leptos::prelude::*;

words! {
    /// The sentences of a countdown, with the places `{d}`, `{h}` and `{m}`.
    pub struct CountdownWords {
        /// Said when the time is over.
        pub ended: String,
        /// For a day or more: `{d} 天 {h} 小时`.
        pub days_hours: String,
        /// For an hour or more: `{h} 小时 {m} 分钟`.
        pub hours_minutes: String,
        /// For less than an hour: `{m} 分钟`.
        pub minutes: String,
    }
}

/// Says `left` milliseconds in words, rounded up to whole minutes: it never says 0 while there is time.
pub fn countdown_text(left_ms: i64, words: &CountdownWords) -> String {
    if left_ms <= 0 {
        return words.ended.clone();
    }
    let minutes = (left_ms - 1) / 60_000 + 1;
    let (days, hours, rest) = (minutes / 1440, minutes % 1440 / 60, minutes % 60);
    if days > 0 {
        fill(&fill(&words.days_hours, "d", days), "h", hours)
    } else if hours > 0 {
        fill(&fill(&words.hours_minutes, "h", hours), "m", rest)
    } else {
        fill(&words.minutes, "m", rest)
    }
}

/// The time left until `until_ms`, as the server saw it; alive, it goes on by itself, each 30 seconds and in
/// the last minute each second. It trusts the server's clock: the browser's is only asked how long ago the
/// page came.
#[island]
pub fn Countdown(
    /// When it is over, in Unix milliseconds.
    until_ms: i64,
    /// The server's time when it rendered this, in Unix milliseconds.
    now_ms: i64,
    /// The sentences.
    words: CountdownWords,
) -> impl IntoView {
    let text = RwSignal::new(countdown_text(until_ms - now_ms, &words));

    #[cfg(feature = "hydrate")]
    tick(until_ms - now_ms, crate::browser::page_came_at_ms(), words, text);

    view! { <span class="countdown" role="timer">{text}</span> }
}

/// Shows what is left and comes back, until it is over. `left_ms` is what was left at `start_ms` of the
/// browser's clock.
#[cfg(feature = "hydrate")]
fn tick(left_ms: i64, start_ms: i64, words: CountdownWords, text: RwSignal<String>) {
    let left = left_ms - (crate::browser::now_ms() - start_ms);
    text.set(countdown_text(left, &words));
    if left > 0 {
        let pause = if left <= 60_000 { 1 } else { 30 };
        set_timeout(
            move || tick(left_ms, start_ms, words, text),
            std::time::Duration::from_secs(pause),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words() -> CountdownWords {
        CountdownWords {
            ended: "已结束".into(),
            days_hours: "{d} 天 {h} 小时".into(),
            hours_minutes: "{h} 小时 {m} 分钟".into(),
            minutes: "{m} 分钟".into(),
        }
    }

    #[test]
    fn time_left_in_words() {
        const MINUTE: i64 = 60_000;
        const HOUR: i64 = 60 * MINUTE;
        const DAY: i64 = 24 * HOUR;
        for (left, expected) in [
            (i64::MIN, "已结束"),
            (0, "已结束"),
            (1, "1 分钟"),
            (MINUTE, "1 分钟"),
            (MINUTE + 1, "2 分钟"),
            (59 * MINUTE, "59 分钟"),
            (59 * MINUTE + 1, "1 小时 0 分钟"),
            (HOUR + 30 * MINUTE, "1 小时 30 分钟"),
            (DAY - 1, "1 天 0 小时"),
            (2 * DAY + 3 * HOUR + 59 * MINUTE, "2 天 3 小时"),
        ] {
            assert_eq!(countdown_text(left, &words()), expected, "{left} ms");
        }
    }

    #[cfg(feature = "ssr")]
    #[test]
    fn the_server_says_it_in_words() {
        let html = Owner::new()
            .with(|| view! { <Countdown until_ms=7_200_000 now_ms=0 words=words() /> }.to_html());
        assert!(html.contains("2 小时 0 分钟"), "{html}");
        assert!(html.contains("role=\"timer\""), "{html}");
    }
}
