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
    ("factor_added", "设好了。以后登录要再验证一次。", "Set up. Signing in will ask for it from now on."),
    ("factor_removed", "去掉了。", "Removed."),
    ("device_out", "那台设备退出了。", "That device is signed out."),
    (
        "joined",
        "欢迎您！院里的事，您能提、能议、能投票了。",
        "Welcome! You can raise matters, talk and vote now.",
    ),
    (
        "password_set",
        "新密码存好了，您已经登录。",
        "Your new password is saved, and you are signed in.",
    ),
    (
        "slips_made",
        "条子做好了，在下面打开打印。",
        "The slips are made; open them for printing below.",
    ),
    ("slip_ended", "那张条子作废了。", "That slip is ended."),
    ("resent", "这就再发一次。", "It will be sent again."),
];

/// The words of a key; `None` for one that isn't ours.
#[must_use]
pub fn of(key: &str, lang: Lang) -> Option<&'static str> {
    FLASHES.iter().find(|(k, ..)| *k == key).map(|(_, zh, en)| lang.pick(zh, en))
}
