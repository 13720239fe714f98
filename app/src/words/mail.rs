//! Words of the mails to those who follow a matter, and of the page that stops them.

use super::{Lang, words};

words! {
    /// Mails, and the page behind their last link.
    MailWords {
        subject: "[{community}] {title}：{news}" / "[{community}] {title}: {news}",
        raised: "您提的这件事有了新的一步：" / "A new step in the matter that you raised:",
        cosigned: "您附议的这件事有了新的一步：" / "A new step in the matter that you co-signed:",
        follows: "您关注的这件事有了新的一步：" / "A new step in the matter that you follow:",
        follows_place: "您关注的地方或类别有了新提案：" / "A new matter in a place or category that you follow:",
        full_stop: "。" / ".",
        comma: "，" / ", ",
        verdict: "有决定了：{verdict}" / "Decided: {verdict}",
        handed: "转给{receiver}办理" / "Handed to {receiver}",
        handed_again: "重新交给{receiver}办理" / "Open again with {receiver}",
        route: "{step}：{route}" / "{step}: {route}",
        right_way: "{step}，这样办：{route}" / "{step}; the right way: {route}",
        merge_asked: "有人提议把它并到第 {n} 号。您是提出的人，请打开看看，同意或不同意；不回话就算同意" / "It is proposed to merge it into no. {n}. You raised it: please look and agree or object; silence counts as a yes",
        merge_asked_others: "有人提议把它并到第 {n} 号。您家的附议会跟过去；不想跟过去，打开按一下就行" / "It is proposed to merge it into no. {n}. Your household's support would go along; if you don't want that, open it and press once",
        merge_asked_plain: "有人提议把它并到第 {n} 号" / "It is proposed to merge it into no. {n}",
        answer_until: "最晚{day}" / "by {day} at the latest",
        merged: "并入了第 {n} 号" / "Merged into no. {n}",
        cosign_until: "附议到{day}为止" / "co-signing until {day}",
        vote_until: "投票到{day}为止" / "voting until {day}",
        look_again: "到{day}再看一次" / "looked at again on {day}",
        done_by: "{day}前办好" / "to be done by {day}",
        review_until: "评价到{day}为止" / "reviews until {day}",
        next_by: "下一步最晚到{day}" / "next step by {day}",
        signed: "{role}，{day}" / "{role}, {day}",
        see: "看这件事" / "See the matter",
        see_vote: "去投票" / "Vote",
        see_result: "看投票结果" / "See the result",
        see_review: "去评价" / "Review it",
        copy: "点不开的话，把这个地址抄到浏览器里：" / "If the button doesn't work, copy this address into your browser:",
        why_raised: "您提了这件事，所以收到这封信。" / "You get this mail because you raised this matter.",
        why_cosigned: "您附议了这件事，所以收到这封信。" / "You get this mail because you co-signed this matter.",
        why_follows: "您关注了这件事，所以收到这封信。" / "You get this mail because you follow this matter.",
        why_follows_place: "您关注了这个地方或类别，所以收到这封信。" / "You get this mail because you follow its place or category.",
        stop_link: "这件事不再发给我" / "No more mail about this",
        stop_text: "这件事不再发给我，请打开：" / "No more mail about this: open",
        stop_title: "不再收信" / "Stop the mails",
        stop_lead: "按下面的按钮，这件事有进展时就不再发信给您。别的事不受影响。" / "Press the button and no more mail about this matter will come. Other matters stay as they are.",
        stop_button: "不再收这件事的信" / "Stop mails about this",
        stopped_title: "不再发信了" / "No more mail",
        stopped_lead: "这件事不会再发信给您。想知道进展，随时可以在网上看。" / "No more mail about this matter will come. You can always see it here.",
        stopped_again: "还想收信" / "I want the mails after all",
        unknown_title: "这个链接用不了了" / "This link no longer works",
        unknown_lead: "可能地址没有抄全，或者您后来重新关注过这件事。请用最近一封信里的链接，或登录后在“我的”里停掉。" / "The address may be incomplete, or you have followed the matter again since. Please use the link in the latest mail, or sign in and stop it under Me.",
    }
}

/// (step, what happened: zh-CN, en, for the subject: zh-CN, en).
const STEPS: &[(&str, &str, &str, &str, &str)] = &[
    (
        "publish",
        "公开了，邻居们可以附议",
        "Public; neighbours can co-sign",
        "公开了",
        "it is public",
    ),
    (
        "return",
        "请您改一改再交",
        "Please mend it and send it again",
        "请您改一改",
        "please mend it",
    ),
    ("not_accept", "不予受理", "Not accepted", "不予受理", "not accepted"),
    ("merge", "并入了另一件事", "Merged into another matter", "并入了另一件事", "merged"),
    (
        "merge_asked",
        "有人提议并到另一件事",
        "It is proposed to merge it into another matter",
        "有人提议合并",
        "a merge is proposed",
    ),
    (
        "merge_objected",
        "不合并了，提出的人不同意",
        "No merge: its proposer objects",
        "不合并了",
        "no merge",
    ),
    ("merge_ended", "不合并了，照常走", "No merge; it goes on as it is", "不合并了", "no merge"),
    (
        "unmerge",
        "合并撤销了，这件事接着走",
        "The merge is undone; the matter goes on",
        "合并撤销了",
        "the merge is undone",
    ),
    (
        "text_removed",
        "您写的文字移除了，理由在这件事的页面上，可以申诉一次",
        "Your text was removed; the matter's page says why, and you can appeal once",
        "文字移除了",
        "its text was removed",
    ),
    (
        "text_restored",
        "您的申诉成立，文字放回来了",
        "Your appeal was right; your text is back",
        "文字放回来了",
        "its text is back",
    ),
    (
        "text_changed",
        "改了要做的事，附议过的邻居请看一看还要不要附议",
        "It asks something else; whoever supported it, please say whether you still do",
        "改了要做的事",
        "it asks something else",
    ),
    (
        "text_raised",
        "一次小改动其实改了要做的事，附议过的邻居请看一看还要不要附议",
        "A small correction asks something else after all; whoever supported it, please say whether you still do",
        "改了要做的事",
        "it asks something else",
    ),
    (
        "text_declined",
        "您交的改动没有换上，改一改可以再交",
        "Your edit was not let through; mend it and send it again",
        "改动没有换上",
        "your edit was not let through",
    ),
    ("withdraw", "提出的人撤回了", "Withdrawn by its author", "撤回了", "withdrawn"),
    (
        "accept",
        "受理了，居委会会来答复",
        "Taken up; the committee will answer",
        "受理了",
        "taken up",
    ),
    ("deliberate", "请大家来议", "Open for everyone's say", "请大家来议", "have your say"),
    ("open_ballot", "开始投票了", "Voting has begun", "开始投票了", "voting has begun"),
    (
        "ballot_failed",
        "投票结束了，请大家接着议",
        "The vote is over; the talk goes on",
        "投票结束了",
        "the vote is over",
    ),
    ("decide", "有决定了", "Decided", "有决定了", "decided"),
    (
        "contest",
        "提出的人请大家再议一次",
        "Its author asks to look at it once more",
        "再议一次",
        "once more",
    ),
    ("refer", "转去办理了", "Handed on to be done", "转去办理了", "handed on"),
    ("suspend", "现在办不了，先挂账", "It can't be done now; on hold", "先挂账", "on hold"),
    ("resume", "接着办了", "Work goes on", "接着办了", "work goes on"),
    ("progress", "办理有进展", "Work moves on", "办理有进展", "work moves on"),
    ("extended", "办理的时间延长了", "The work takes longer", "时间延长了", "it takes longer"),
    (
        "complete",
        "办好了，请您评价",
        "Done; please review it",
        "办好了，请您评价",
        "done, please review",
    ),
    ("reopen", "重新办理", "The work is open again", "重新办理", "open again"),
    (
        "session",
        "开过议事会了，纪要能看了",
        "A session was held; its minutes are here",
        "议事会的纪要",
        "minutes of the session",
    ),
    ("summary", "讨论有了小结", "The talk has a summary", "讨论有了小结", "the talk summed up"),
];

/// What happened in a step, for the mail's first line.
#[must_use]
pub fn step(kind: &str, lang: Lang) -> &'static str {
    let known = STEPS.iter().find(|(step, ..)| *step == kind);
    known.map_or(lang.pick("有新进展", "News"), |(_, zh, en, ..)| lang.pick(zh, en))
}

/// The same in a few words, for the subject.
#[must_use]
pub fn news(kind: &str, lang: Lang) -> &'static str {
    let known = STEPS.iter().find(|(step, ..)| *step == kind);
    known.map_or(lang.pick("有新进展", "news"), |(.., zh, en)| lang.pick(zh, en))
}
