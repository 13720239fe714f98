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
    (
        "factor_added",
        "设好了。以后登录要再验证一次。",
        "Set up. Signing in will ask for it from now on.",
    ),
    ("factor_removed", "去掉了。", "Removed."),
    ("device_out", "那台设备退出了。", "That device is signed out."),
    (
        "joined",
        "欢迎您！院里的事，您能提、能议、能投票了。",
        "Welcome! You can raise matters, talk and vote now.",
    ),
    (
        "slips_made",
        "条子做好了，在下面打开打印。",
        "The slips are made; open them for printing below.",
    ),
    ("slip_ended", "那张条子作废了。", "That slip is ended."),
    ("place_changed", "改好了，记在改动记录里。", "Done, and in the history."),
    ("place_ended", "已经撤销。", "Ended."),
    ("homes_added", "住户添上了。", "The households are added."),
    ("moved_out", "记下了，这一户已搬走。", "Recorded: the household moved out."),
    ("consent_given", "好的，记下了您的同意。", "Thank you; your consent is noted."),
    (
        "consent_withdrawn",
        "您的同意撤回了。想再同意，随时都行。",
        "Your consent is taken back. You can give it again at any time.",
    ),
    (
        "password_changed",
        "密码换好了，别的设备都退出了。",
        "Changed; your other devices are signed out.",
    ),
    (
        "password_set",
        "新密码设好了，请用它登录。",
        "The new password is set; please sign in with it.",
    ),
    (
        "closed",
        "您的账号注销了。谢谢您为院里出过的力。",
        "Your account is closed. Thank you for all you did.",
    ),
    ("asked", "申请交上了，等人确认。", "Your request is sent; somebody will confirm it."),
    ("ask_withdrawn", "申请收回了。", "Your request is taken back."),
    ("admitted", "同意了，这位邻居加入了。", "Admitted; they belong to the household now."),
    ("declined", "没有同意，理由会告诉本人。", "Declined; they will read why."),
    ("admission_ended", "收回了，理由会告诉本人和同意他的人。", "Taken back; both will read why."),
    ("representative", "户代表定好了。", "The representative is named."),
    ("left_household", "您离开了这一户。", "You have left the household."),
    (
        "acting",
        "现在您替他办事，办完请按停止。",
        "You act for them now; press Stop when you are done.",
    ),
    ("acting_over", "好的，现在是您自己了。", "You are yourself again."),
    ("counter_admitted", "办好了，这位邻居加入了。", "Done; they have joined."),
    (
        "roll_checked",
        "核对好了，名册还没有变。请看看下面。",
        "Checked; nothing on the roll has changed. Please look below.",
    ),
    ("roll_dropped", "丢掉了，名册没有变。", "Thrown away; the roll is as it was."),
    ("roll_undone", "撤回了。", "Undone."),
    ("resent", "这就再发一次。", "It will be sent again."),
];

/// The words of a key; `None` for one that isn't ours.
#[must_use]
pub fn of(key: &str, lang: Lang) -> Option<&'static str> {
    FLASHES.iter().find(|(k, ..)| *k == key).map(|(_, zh, en)| lang.pick(zh, en))
}
