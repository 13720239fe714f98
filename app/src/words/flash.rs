//! Words of thanks after an act, shown once. The key travels in a cookie; the words never do.

use super::Lang;

/// (key, zh-CN, en).
const FLASHES: &[(&str, &str, &str)] = &[
    ("signed_in", "欢迎回来。", "Welcome back."),
    ("signed_out", "您已退出。", "You have signed out."),
    (
        "submitted",
        "交上去了。下面能看到走到了哪一步。",
        "Sent. You can see below how far it has come.",
    ),
    ("saved", "存好了。", "Saved."),
    ("cosigned", "您家的附议记上了，谢谢！", "Your household's support is counted. Thank you!"),
    ("cosign_taken_back", "您家的附议收回了。", "Your household's support is taken back."),
    ("posted", "说出去了，邻居们能看到了。", "Said; your neighbours can see it."),
    ("followed", "有进展会发信告诉您。", "We will write to you when something moves."),
    ("unfollowed", "不再发信了。", "No more mail about this."),
    ("reviewed", "谢谢您的评价。", "Thank you for your review."),
    ("done", "办好了，已经写进公开的时间线。", "Done, and on the public timeline."),
    (
        "cosigned_enough",
        "您家的附议记上了。够数了，接下来由居委会答复。",
        "Your household's support is counted. That is enough; the committee now answers.",
    ),
    ("contested", "好的，这件事再议一次。", "It will be talked over once more."),
    ("withdrawn", "已撤回。", "Withdrawn."),
    ("resent", "这就再发一次。", "It will be sent again."),
];

/// The words of a key; `None` for one that isn't ours.
#[must_use]
pub fn of(key: &str, lang: Lang) -> Option<&'static str> {
    FLASHES.iter().find(|(k, ..)| *k == key).map(|(_, zh, en)| lang.pick(zh, en))
}
