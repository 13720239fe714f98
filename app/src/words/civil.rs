//! Words of keeping the talk civil: reporting, what was removed, the appeal.

use domain::civil::Wrong;
use domain::mask::Found;

use super::{Lang, words};

words! {
    /// Keeping the talk civil.
    CivilWords {
        hint_found: "好像写了{what}，发出后会替您盖住。" / "This looks like {what}; it is covered once you send it.",
        hint_words: "“{words}”容易伤人，请换个说法。" / "“{words}” hurts easily; please put it another way.",
        report: "反映" / "Report",
        report_post_title: "反映这一条发言" / "Report this post",
        report_matter_title: "反映这件事的文字" / "Report this matter's text",
        report_lead: "居委会 24 小时内答复您。谁反映的，别人不会知道。" / "The committee answers you within 24 hours. Nobody else learns who reported it.",
        report_about: "您要反映的" / "What you report",
        report_folded: "这一条先折起来了，居委会正在看。" / "This is folded at present; the committee is looking.",
        report_kind: "哪里不妥" / "What is wrong",
        report_words: "还想说明什么" / "Anything to add",
        report_words_hint: "不用写您是谁。" / "You need not say who you are.",
        report_go: "交给居委会" / "Send it to the committee",
        reports_title: "我反映的" / "My reports",
        reports_lead: "您反映过的，和居委会的答复。" / "What you reported, and the committee's answers.",
        reports_none: "您还没有反映过什么。" / "You have not reported anything.",
        reports_none_text: "看到骂人、泄露隐私、广告这些，点那一条下面的“反映”。" / "Where you see attacks, private data or adverts, choose “Report” under the post.",
        report_due: "{at}前答复" / "answered by {at}",
        answer_upheld: "移除了" / "Removed",
        answer_dismissed: "没有移除" / "Left as it is",
        answer_waits: "等居委会看" / "Waiting for the committee",
        a_post: "一条发言" / "a post",
        its_text: "这件事的文字" / "the matter's text",
        removed_title: "我被移除的话" / "What was removed of mine",
        removed_lead: "谁、什么时候、为什么移除的，都在这里。不同意的，可以申诉一次，由另一位委员来看。" / "Who removed it, when and why. If you don't agree you can appeal once; another member of the committee decides.",
        removed_hint: "谁、为什么移除的；不同意的，可以申诉一次。" / "By whom and why; if you don't agree you can appeal once.",
        removed_none: "您没有被移除的话。" / "Nothing of yours was removed.",
        removed_none_text: "移除任何一句话，都要写明理由，并且告诉您。" / "Whatever is removed, the reason is given and you are told.",
        removed_by: "{who}移除于" / "removed by {who},",
        removed_kind: "{kind}。理由：{reason}" / "{kind}. Why: {reason}",
        removed_reason: "理由：{reason}" / "Why: {reason}",
        removed_place: "这件事的文字移除了" / "The text of this matter was removed",
        kept_until: "原文密封保存到 {day}，只有居务监督委员会能看，每看一次都有记录。" / "The text is kept sealed until {day}; only the oversight board can read it, and each look is recorded.",
        kept_over: "原文已经不再保存。" / "The text is not kept any more.",
        appeal: "申诉" / "Appeal",
        appeal_words: "为什么不该移除" / "Why it should not have been removed",
        appeal_hint: "只能申诉一次，请写清楚。居委会 3 个工作日内答复。" / "There is one appeal, so please say it all. The committee answers within 3 working days.",
        appeal_go: "交上申诉" / "Send the appeal",
        appeal_waits: "申诉交上去了，{day}前答复。" / "Your appeal is in; it is answered by {day}.",
        appeal_upheld: "申诉看过了，还是不放回。理由：{reason}" / "The appeal was looked at; it stays removed. Why: {reason}",
        appeal_restored: "申诉看过了，放回去了。理由：{reason}" / "The appeal was looked at; it is back. Why: {reason}",
        appeal_decided: "{who}，{at}" / "{who}, {at}",
        nav_reports: "反映和申诉" / "Reports",
        nav_removed: "移除记录" / "Removed",
        desk_title: "反映、先看后发、申诉" / "Reports, waiting posts, appeals",
        desk_lead: "反映要在 24 小时内答复，申诉要在 3 个工作日内答复。" / "Reports are answered within 24 hours, appeals within 3 working days.",
        desk_none: "没有等着看的。" / "Nothing waits to be looked at.",
        desk_none_text: "有邻居反映、有发言要先看后发、有人申诉，都会排在这里。" / "Reports, posts that wait and appeals line up here.",
        desk_reported: "邻居反映的" / "Reported",
        desk_waiting: "先看后发的" / "Waiting to be shown",
        desk_appeals: "申诉" / "Appeals",
        desk_due: "期限" / "Due",
        desk_overdue: "逾期" / "Overdue",
        desk_what: "什么" / "What",
        desk_households: "{n} 户" / "{n} households",
        desk_folded: "已折起" / "Folded",
        desk_since: "交来" / "Sent",
        desk_change: "改过的话" / "A change",
        desk_new: "新发言" / "A post",
        desk_look: "去看" / "Look",
        desk_by_you: "是您移除的，要由另一位委员来看" / "You removed it; another member decides",
        case_title: "看一条发言" / "Look at a post",
        case_title_matter: "看这件事的文字" / "Look at a matter's text",
        case_text: "原文" / "What it says",
        case_by: "{who}，{at}" / "{who}, {at}",
        case_gone: "已经移除了，原文不在这里。" / "It was removed; the text is not here.",
        case_change: "改成" / "To be changed to",
        case_open: "邻居反映" / "Reports",
        case_none: "没有人反映。" / "Nobody has reported it.",
        case_settled: "以前的答复" / "Earlier answers",
        case_mine: "这是您自己写的，请另一位委员来看。" / "You wrote this yourself; another member has to look.",
        case_keep: "不移除" / "Leave it",
        case_keep_label: "给反映的邻居的答复" / "Your answer to those who reported it",
        case_keep_go: "不移除，答复邻居" / "Leave it and answer",
        case_remove: "移除" / "Remove",
        case_remove_hint: "理由大家都看得到。原文密封保存，写的人可以申诉一次。" / "Everyone can read the reason. The text is kept sealed, and its author can appeal once.",
        case_remove_go: "移除" / "Remove it",
        case_release: "公开" / "Show it",
        case_decline: "不公开" / "Don't show it",
        case_decline_hint: "理由只有写的人看得到，可以申诉一次。" / "Its author alone reads the reason, and can appeal once.",
        case_decline_go: "不公开" / "Don't show it",
        kind: "哪里不妥" / "What is wrong",
        reason: "理由" / "Why",
        reason_hint: "说清楚哪一句、为什么。不要把原话再写一遍。" / "Say which part and why. Don't repeat the words themselves.",
        log_title: "移除记录" / "What was removed",
        log_lead: "谁、什么时候、为什么移除的，申诉的结果。原文密封，只有居务监督委员会能看。" / "Who removed what, when and why, and what came of appeals. The texts are sealed; only the oversight board can read them.",
        log_none: "还没有移除过什么。" / "Nothing was removed so far.",
        log_next: "再往前" / "Earlier",
        look_go: "看原文（会留下记录）" / "Read the text (it is recorded)",
        looked: "原文。看这一次已经记下了。" / "The text. This look is recorded.",
        looked_photos: "还有 {n} 张照片。" / "And {n} photos.",
        decide_title: "看一件申诉" / "An appeal",
        decide_words: "写的人说" / "Its author says",
        decide: "怎么定" / "Your decision",
        decide_restored: "放回去" / "Put it back",
        decide_upheld: "还是不放回" / "Leave it removed",
        decide_go: "定下来" / "Decide",
        decide_other: "谁移除的，谁不能再定：请另一位委员来看。委员会只有一位时，请主任先在“职务”里请一位委员。" / "Whoever removed it can't decide: another member has to. Where the committee has nobody else, its head first names a member under Roles.",
        decide_over: "这件申诉定过了。" / "This appeal is decided.",
        decide_not: "没有申诉。" / "There is no appeal.",
        r_reported: "您已经反映过了，在“我的”里能看到答复。" / "You have reported this already; the answer is under Me.",
        r_appealed: "已经申诉过一次了。" / "There was an appeal already.",
        r_own_removal: "这是您移除的，请另一位委员来定。" / "You removed this; another member of the committee has to decide.",
        r_not_kept: "原文已经不再保存。" / "The text is not kept any more.",
        r_text_removed: "这件事的文字移除了，放回来以前不能改。" / "The text of this matter was removed; it can't be changed until it is back.",
    }
}

/// A reason to report something, in plain words.
#[must_use]
pub const fn plain(kind: Wrong, lang: Lang) -> &'static str {
    match kind {
        Wrong::Attack => lang.pick("骂人、攻击人", "It attacks somebody"),
        Wrong::Private => lang
            .pick("把别人的私事、电话、住处说出来了", "It gives away somebody's private matters"),
        Wrong::Advert => lang.pick("是广告", "It is an advert"),
        Wrong::False => lang.pick("不是事实", "It is not true"),
        Wrong::OffTopic => lang.pick("跟这件事没关系", "It has nothing to do with the matter"),
    }
}

/// What a text gives away, in words.
#[must_use]
pub const fn found(found: Found, lang: Lang) -> &'static str {
    match found {
        Found::Phone => lang.pick("电话", "a telephone number"),
        Found::IdCard => lang.pick("身份证号", "an ID-card number"),
        Found::Room => lang.pick("门牌号", "a room number"),
    }
}
