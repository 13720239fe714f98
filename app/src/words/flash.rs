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
    (
        "draft_kept",
        "草稿存好了，只有您看得到。接着写，或者以后再来。",
        "Kept as a draft that only you see. Go on now, or come back later.",
    ),
    ("draft_dropped", "那份草稿丢掉了。", "The draft is dropped."),
    ("cosigned", "您家的附议记上了，谢谢！", "Your household's support is counted. Thank you!"),
    ("cosign_taken_back", "您家的附议收回了。", "Your household's support is taken back."),
    ("text_edited", "改好了，改以前的也留着。", "Changed; what it said before is kept."),
    (
        "text_changed",
        "改好了，这就去问附议过的各家。",
        "Changed; each household that supported it is asked now.",
    ),
    (
        "text_sent",
        "改动交上去了。居委会看过以后换上。",
        "The edit is sent. It takes its place once the committee has looked.",
    ),
    ("text_dropped", "收回了，原来的文字没有变。", "Dropped; the text is as it was."),
    ("text_kept", "您家的附议接着算，谢谢！", "Your household's support counts on. Thank you!"),
    (
        "text_contested",
        "记下了：您家说这不是小改动。",
        "Noted: your household finds that it isn't small.",
    ),
    (
        "text_contested_enough",
        "记下了。够数了，这就去问附议过的每一户。",
        "Noted. That is enough; each household that supported it is asked now.",
    ),
    (
        "text_raised",
        "办好了，这就去问附议过的每一户。",
        "Done; each household that supported it is asked now.",
    ),
    ("text_let_go", "换上去了，大家看到的是新的文字。", "Done; everyone reads the new text now."),
    ("text_declined", "没有换，写的人能看到理由。", "Not let through; its author can read why."),
    (
        "merge_asked",
        "提议记上了，已经告诉提出的人和附议的邻居。",
        "Proposed; its proposer and its supporters are told.",
    ),
    ("merged", "并好了，两件事的时间线上都写着。", "Merged; both timelines say so."),
    ("merge_objected", "记下了：不合并，这件事照常走。", "Noted: no merge; the matter goes on."),
    (
        "merge_declined",
        "好的，您家的附议留在这一件上。",
        "Noted: your household's support stays with this one.",
    ),
    (
        "merge_ended",
        "两件事里有一件已经往前走了，这次就不并了。",
        "One of the two has moved on, so they are not merged.",
    ),
    ("unmerged", "办好了，两件事的时间线上都写着。", "Done; both timelines say so."),
    ("answered", "记下了。", "Noted."),
    ("statement_shown", "公开了，大家可以表态了。", "Shown; everyone can answer it."),
    (
        "statement_sent",
        "送出去了。居委会看过以后，大家就能表态。",
        "Sent. Everyone can answer once the committee has looked.",
    ),
    ("statement_gone", "办好了，写的人能看到理由。", "Done; its author can read why."),
    ("posted", "说出去了，邻居们能看到了。", "Said; your neighbours can see it."),
    (
        "post_sent",
        "送出去了。居委会看过以后，大家就能看到。",
        "Sent. Everyone sees it once the committee has looked.",
    ),
    ("post_edited", "改好了。", "Changed."),
    ("post_withdrawn", "撤回了。", "Taken back."),
    (
        "reported",
        "收到了，居委会 24 小时内答复您。",
        "Received. The committee answers you within 24 hours.",
    ),
    (
        "report_answered",
        "答复了，反映的邻居能看到。",
        "Answered; those who reported it can read it.",
    ),
    (
        "text_removed",
        "移除了，理由写在原处，也告诉了写的人。",
        "Removed; the reason stands in its place, and its author is told.",
    ),
    ("post_released", "公开了，大家能看到了。", "Shown; everyone can read it."),
    ("post_declined", "没有公开，写的人能看到理由。", "Not shown; its author can read why."),
    ("appealed", "申诉交上去了，由另一位委员来看。", "Your appeal is in; another member decides."),
    ("appeal_decided", "定下来了，写的人能看到。", "Decided; its author can read it."),
    ("followed", "有进展会发信告诉您。", "We will write to you when something moves."),
    (
        "place_followed",
        "那里有新的事，会发信告诉您。",
        "We will write to you when something new is raised there.",
    ),
    ("place_unfollowed", "不再发信了。", "No more mail about this."),
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
