//! Words of a matter's text: editing it, its versions, and what the households that signed it are asked.

use domain::version::{Part, VersionKind};

use super::terms::terms;
use super::{Words, words};

words! {
    /// A matter's text and its versions.
    TextWords {
        number: "第 {n} 版" / "Version {n}",
        see: "看看改了什么" / "See what changed",
        edit_link: "修改题目和内容" / "Edit the text",

        edit_title: "修改题目和内容" / "Edit the text",
        edit_free: "还没有邻居附议，您可以放心改。改以前的也留着，大家能翻看。" / "No neighbour has supported it yet, so edit freely. What it said before is kept and can be read.",
        edit_signed: "已经有 {n} 户附议。改了哪里，大家都看得到；改以前的也留着。" / "{n} households support it. Everyone sees what changes, and what it said before is kept.",
        edit_checked: "居委会看过以后，改动才换上去。" / "The committee looks at an edit before it takes the place of the text.",
        edit_waiting: "这是您上次交的改动，居委会还没有看到。可以接着改了再交，也可以收回。交上去：" / "This is the edit that you sent; the committee has yet to look at it. You can go on and send it again, or take it back. Sent:",
        edit_declined: "这是您上次交的改动，居委会没有放过去。可以改了再交。理由：{reason}" / "This is the edit that you sent; the committee didn't let it through. You can mend it and send it again. Why: {reason}",
        drop: "不改了，收回这次改动" / "Drop this edit",
        edit_kept: "照片、平面图上的位置和“愿意出力”不在这里改，都还在。" / "Photos, the point on the plan and your offer to help are not edited here; they stay.",
        stale: "您写的时候，这件事的文字换过了。您写的都还在；下面比的是现在的文字，看过再交。" / "The text was changed while you wrote. What you wrote is still here; below it is compared with the text as it is now. Look, and send it again.",

        said: "这次改的，是哪一种？" / "Which kind of edit is this?",
        said_correction: "小改动" / "A small correction",
        said_correction_hint: "改错字、写清楚，要做的事还是一样。附议都还算；有 {n} 户说不是小改动，就问每一户。" / "It mends or explains and asks the same. Support still counts; if {n} households say that it isn't small, each one is asked.",
        said_change: "改了要做的事" / "It asks something else",
        said_change_hint: "附议过的每一户都会问一声：还支持吗？没有回话的先不算。" / "Each household that supported it is asked whether it still does, and doesn't count until it says so.",
        said_scope: "换了“关系到谁”，就是改了要做的事。" / "Whom it concerns can't be altered by a small correction.",
        note: "改了什么，为什么" / "What you changed, and why",
        note_hint: "写给附议的邻居看，两三句话就够" / "For the neighbours who support it; two or three sentences are enough",
        look: "看看改了什么" / "See what changes",
        look_title: "改了这些" / "What changes",
        look_none: "和现在的文字一样，还没有改。" / "It says the same as now; nothing is changed yet.",
        look_asks: "附议过的 {n} 户，每一户都会问一声还支持不支持。" / "Each of the {n} households that supported it is asked whether it still does.",
        look_needed: "关系到的人变了：附议原来要 {from} 户，以后要 {n} 户。" / "It concerns others now: {from} households were needed, now {n} are.",
        go: "交上改动" / "Send the edit",

        legend: "划掉的是原来的，带下划线的是新的。" / "Struck out is what it said, underlined is what is new.",
        gone: "原来：" / "before: ",
        new: "改成：" / "now: ",
        ends: "。" / ". ",

        versions_title: "改过的每一版：{title}" / "Every version: {title}",
        versions_lead: "一共 {n} 版，每一版都留着。附议的邻居签的是当时的那一版。" / "{n} versions, and each one is kept: a neighbour who signed stands behind the one of that day.",
        back_to_matter: "第 {n} 号" / "No. {n}",
        back_to_versions: "改过的每一版" / "Every version",
        present: "现在的" / "as it is now",
        v_behind: "改的时候有 {n} 户附议" / "{n} households supported it then",
        v_contests: "{n} 户说这不是小改动，有 {needed} 户就问每一户" / "{n} households say that this isn't small; with {needed} each one is asked",
        v_raised: "有 {n} 户说这不是小改动，改算“改了要做的事”" / "{n} households found that this isn't small: it counts as asking something else",
        v_raised_by: "居委会说这不是小改动，改算“改了要做的事”。理由：{reason}" / "The committee found that this isn't small: it counts as asking something else. Why: {reason}",
        v_changes: "比第 {n} 版改了什么" / "What changed since version {n}",
        v_unchanged: "题目、内容、地方都没有变。" / "Title, text and place are the same.",
        v_whole: "第 {n} 版全文" / "Version {n} in full",
        v_first: "这是最早的一版。" / "This is the first version.",
        v_pages: "前后的版" / "Other versions",

        asked_title: "这件事改了，您家还支持吗？" / "This was changed. Does your household still support it?",
        asked_lead: "您家附议的是第 {old} 版，第 {n} 版改了要做的事。您家回话以前，附议先不算。" / "Your household supported version {old}; version {n} asks something else. Your support doesn't count until you say so.",
        keep: "继续附议" / "We still support it",
        take_back: "收回附议" / "Take our support back",
        asked_since: "从您家附议到现在改了什么" / "What changed since your household's support",
        asked_whole: "看全文" / "Read it in full",
        asked_outside_title: "这件事换了范围" / "This concerns others now",
        asked_outside: "您家附议的是第 {old} 版。第 {n} 版换了“关系到谁”，您家不在里面了，附议先不算；收回了，就不再问您。" / "Your household supported version {old}. Version {n} concerns others, and not your household; its support doesn't count. Take it back and you are not asked again.",

        contest_lead: "第 {n} 版是小改动，提的人说要做的事没有变。您家觉得变了，就说一声；有 {needed} 户这么说，就问每一户。" / "Version {n} is a small correction: its author says that it asks the same. If you find that it doesn't, say so; when {needed} households do, each one is asked.",
        contest_count: "已经有 {n} 户这么说。" / "{n} households say so already.",
        contest: "这不是小改动" / "This isn't small",
        contest_mine: "您家说过，第 {n} 版不是小改动。" / "Your household said that version {n} isn't small.",
        contest_back: "不这么说了" / "Take that back",

        raise: "说明这不是小改动" / "Say that this isn't small",
        raise_title: "第 {n} 版不是小改动" / "Version {n} isn't small",
        raise_lead: "改算“改了要做的事”，附议过的每一户都会问一声。" / "It then counts as asking something else, and each household that supported it is asked.",
        raise_go: "算作改了要做的事，问每一户" / "Count it so, and ask each household",

        reason: "理由" / "Why",
        reason_hint: "5 到 500 个字，大家都能看到" / "5 to 500 characters; everyone can read it",

        desk_waiting: "等着换上的改动" / "Edits that wait",
        desk_title: "看一次改动" / "Look at an edit",
        desk_lead: "换上去以后，大家看到的就是新的文字；原来的留作上一版。" / "Everyone then reads the new text; the one before is kept as the version before.",
        let_go: "换上去" / "Let it through",
        decline: "不换" / "Don't let it through",
        decline_hint: "原来的文字不动。理由写在时间线上，写的人可以改了再交。" / "The text stays as it is. The reason stands on the timeline, and its author can send another edit.",
        decline_go: "不换，说明理由" / "Don't let it through",
        waits: "作者交了改动，等居委会看。交上来：" / "Its author sent an edit, which waits for the committee. Sent:",
        waits_go: "去看这次改动" / "Look at the edit",
        mine_waits: "您交的改动在等居委会看，看过就换上。交上去：" / "The edit that you sent waits for the committee. Sent:",
        mine_go: "看看或者再改" / "Look at it, or go on editing",
        mine_declined: "您交的改动，居委会没有放过去。理由：{reason}" / "The committee didn't let your edit through. Why: {reason}",
        mine_again: "改了再交" / "Mend it and send it again",

        r_closed: "这件事已经走到下一步，文字不能再改了。什么都没有改。" / "This has moved on and its text can't be changed any more. Nothing was changed.",
        r_not_asked: "您家没有要回的话，可能家里人已经回过了。" / "Your household isn't asked; somebody of it may have answered already.",
        r_not_open: "这一版已经有结果了，或者不是小改动。请看看改过的每一版。" / "This is settled already, or no small correction. Please look at the versions.",
        r_not_behind: "您家附议的就是改过以后的文字，或者还没有回上一次的话，所以这里没有记。" / "Your household supported the text as corrected, or has yet to answer an earlier question; nothing was noted.",
        r_contested: "您家已经说过了，记着呢。" / "Your household has said so already; it is noted.",
        r_not_contested: "您家没有这么说过，什么都没有改。" / "Your household hasn't said so; nothing was changed.",
        r_nothing_waits: "没有等着的改动，可能已经看过了。" / "No edit waits; it may have been looked at already.",

        tag_keep: "还支持吗" / "Still for it?",
        wait_keep: "要做的事改了，您家还支持吗？" / "It asks something else now; does your household still support it?",
    }
}

terms!(VersionKind {
    First: "最早的文字" / "The first text",
    Free: "改动" / "An edit",
    Correction: "小改动" / "A small correction",
    Change: "改了要做的事" / "Asks something else",
});

/// The name of a part of a matter's text, as the form has it.
#[must_use]
pub const fn part(part: Part, words: &Words) -> &'static str {
    let w = words.proposal;
    match part {
        Part::Title => w.f_title,
        Part::Situation => w.f_situation,
        Part::Suggestion => w.f_suggestion,
        Part::Category => w.f_category,
        Part::Place => w.f_place,
        Part::Spot => w.f_spot,
        Part::Scope => w.f_scope,
    }
}
