//! Dates as neighbours say them: 11月24日（周二）, relative within a week, the full one always in
//! `<time>`.

use domain::time::{DAY_MS, HOUR_MS, MINUTE_MS, Timestamp};
use leptos::prelude::*;
use time::{Date, Weekday};

use crate::render::cx;
use crate::words::Lang;

/// A day: `11月24日（周二）`, with the year when it isn't this one.
#[must_use]
pub fn day(date: Date, today: Date, lang: Lang) -> String {
    let (month, d) = (u8::from(date.month()), date.day());
    let weekday = weekday(date.weekday(), lang);
    match (lang, date.year() == today.year()) {
        (Lang::Zh, true) => format!("{month}月{d}日（{weekday}）"),
        (Lang::Zh, false) => format!("{}年{month}月{d}日（{weekday}）", date.year()),
        (Lang::En, true) => format!("{weekday} {d} {}", month_name(month)),
        (Lang::En, false) => format!("{weekday} {d} {} {}", month_name(month), date.year()),
    }
}

/// A day without its weekday, where there is little room: `11月24日`.
#[must_use]
pub fn short_day(date: Date, lang: Lang) -> String {
    let (month, d) = (u8::from(date.month()), date.day());
    match lang {
        Lang::Zh => format!("{month}月{d}日"),
        Lang::En => format!("{d} {}", month_name(month)),
    }
}

/// A point in time as it is said today: `刚刚`, `20 分钟前`, `昨天 19:20`, else day and time.
#[must_use]
pub fn moment(at: Timestamp, now: Timestamp, lang: Lang) -> String {
    let ago = now.0 - at.0;
    let clock = clock(at);
    let days = (now.local_date() - at.local_date()).whole_days();
    match lang {
        Lang::Zh => match days {
            _ if (0..MINUTE_MS).contains(&ago) => "刚刚".to_owned(),
            _ if (0..HOUR_MS).contains(&ago) => format!("{} 分钟前", ago / MINUTE_MS),
            0 => format!("今天 {clock}"),
            1 => format!("昨天 {clock}"),
            -1 => format!("明天 {clock}"),
            _ => format!("{} {clock}", day(at.local_date(), now.local_date(), lang)),
        },
        Lang::En => match days {
            _ if (0..MINUTE_MS).contains(&ago) => "just now".to_owned(),
            _ if (0..HOUR_MS).contains(&ago) => format!("{} min ago", ago / MINUTE_MS),
            0 => format!("today {clock}"),
            1 => format!("yesterday {clock}"),
            -1 => format!("tomorrow {clock}"),
            _ => format!("{} {clock}", day(at.local_date(), now.local_date(), lang)),
        },
    }
}

/// How long is left until `until`: `剩 2 天`, `剩 3 小时`, `剩 5 分钟`; `None` when it is over.
#[must_use]
pub fn left(until: Timestamp, now: Timestamp, lang: Lang) -> Option<String> {
    let left = until.0 - now.0;
    if left <= 0 {
        return None;
    }
    let (n, zh, en) = if left >= DAY_MS {
        (left / DAY_MS, "天", "days")
    } else if left >= HOUR_MS {
        (left / HOUR_MS, "小时", "hours")
    } else {
        (left / MINUTE_MS + 1, "分钟", "minutes")
    };
    Some(match lang {
        Lang::Zh => format!("剩 {n} {zh}"),
        Lang::En => format!("{n} {en} left"),
    })
}

/// `19:20` in China.
#[must_use]
pub fn clock(at: Timestamp) -> String {
    let t = at.in_china();
    format!("{}:{:02}", t.hour(), t.minute())
}

/// For `datetime` attributes: ISO 8601 with China's offset.
#[must_use]
pub fn iso(at: Timestamp) -> String {
    let t = at.in_china();
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}+08:00",
        t.year(),
        u8::from(t.month()),
        t.day(),
        t.hour(),
        t.minute()
    )
}

/// For `datetime` attributes and date inputs: ISO 8601.
#[must_use]
pub fn iso_day(date: Date) -> String {
    format!("{:04}-{:02}-{:02}", date.year(), u8::from(date.month()), date.day())
}

/// A day, as `<time>`.
#[component]
pub fn Day(
    /// The day's point in time.
    at: Timestamp,
) -> impl IntoView {
    let cx = cx();
    let text = day(at.local_date(), cx.viewer.now.local_date(), cx.viewer.prefs.lang);
    view! { <time datetime=iso_day(at.local_date())>{text}</time> }
}

/// A moment, as `<time>`; the full one is in its title.
#[component]
pub fn Moment(
    /// The moment.
    at: Timestamp,
) -> impl IntoView {
    let cx = cx();
    let text = moment(at, cx.viewer.now, cx.viewer.prefs.lang);
    view! { <time datetime=iso(at) title=at.to_string()>{text}</time> }
}

fn weekday(weekday: Weekday, lang: Lang) -> &'static str {
    match weekday {
        Weekday::Monday => lang.pick("周一", "Mon"),
        Weekday::Tuesday => lang.pick("周二", "Tue"),
        Weekday::Wednesday => lang.pick("周三", "Wed"),
        Weekday::Thursday => lang.pick("周四", "Thu"),
        Weekday::Friday => lang.pick("周五", "Fri"),
        Weekday::Saturday => lang.pick("周六", "Sat"),
        Weekday::Sunday => lang.pick("周日", "Sun"),
    }
}

fn month_name(month: u8) -> &'static str {
    const NAMES: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    NAMES.get(usize::from(month.saturating_sub(1))).copied().unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn said_as_neighbours_say_it() {
        let now = Timestamp(1_795_500_000_000); // Tuesday 2026-11-24 14:00 in China
        assert_eq!(day(now.local_date(), now.local_date(), Lang::Zh), "11月24日（周二）");
        let table = [
            (now, "刚刚", "just now"),
            (now.plus_ms(-20 * MINUTE_MS), "20 分钟前", "20 min ago"),
            (now.plus_ms(-5 * HOUR_MS), "今天 9:00", "today 9:00"),
            (now.plus_days(-1), "昨天 14:00", "yesterday 14:00"),
            (now.plus_days(1), "明天 14:00", "tomorrow 14:00"),
            (now.plus_days(-4), "11月20日（周五） 14:00", "Fri 20 Nov 14:00"),
        ];
        for (at, zh, en) in table {
            assert_eq!(moment(at, now, Lang::Zh), zh);
            assert_eq!(moment(at, now, Lang::En), en);
        }
        assert_eq!(left(now.plus_days(2), now, Lang::Zh).as_deref(), Some("剩 2 天"));
        assert_eq!(left(now.plus_ms(1), now, Lang::Zh).as_deref(), Some("剩 1 分钟"));
        assert_eq!(left(now, now, Lang::Zh), None);
        assert_eq!(iso(now), "2026-11-24T14:00+08:00");
    }
}
