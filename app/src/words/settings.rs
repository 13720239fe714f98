//! Words of the community's settings.

use domain::settings::{Accent, Moderation, TalkModeration};

use super::words;

words! {
    /// The community's settings.
    SettingsWords {
        title: "社区的设置" / "Community settings",
        lead: "门槛、期限和样子由居委会主任来定。改动只管以后的事，已经定下的期限不变；改了什么都会记录在案。" / "The committee's head sets thresholds, terms and looks. A change counts for what comes later; terms already set stay. Every change is recorded.",
        kept_ago: "刚才有人先改了一次。您填的都还在，请对照现在的设置再存。" / "Somebody else changed them a moment ago. What you typed is still here; please compare and save again.",
        save: "存好设置" / "Save settings",
        h_community: "社区和样子" / "Community and looks",
        name: "社区名称" / "Name of the community",
        phone: "居委会电话" / "The committee's telephone",
        phone_hint: "写在每一页的最下面。没有就空着。" / "Shown at the foot of every page. Leave it empty if there is none.",
        footer: "页脚的备案号" / "Record numbers in the footer",
        footer_hint: "一行一条，最多 5 行，例如 京ICP备00000000号。" / "One a line, at most 5 lines.",
        accent: "主色" / "Main colour",
        accent_hint: "每种颜色都看得清，白天夜里都可以。" / "Each reads well by day and by night.",
        h_moderation: "公布之前要不要先看" / "A look before publishing",
        moderation: "居委会什么时候先看一下" / "When the committee looks first",
        before_hint: "每一件都由居委会看过再公布。" / "Each matter is looked at before it is published.",
        new_members_hint: "加入不满 30 天的邻居提的，先看再公布；其他的直接公布。" / "Those of neighbours who joined less than 30 days ago are looked at first; all others are published at once.",
        after_hint: "都直接公布。" / "All are published at once.",
        h_thresholds: "附议要几户" / "Households needed",
        households: "户" / "households",
        threshold_entrance: "本楼门的事" / "A matter of an entrance",
        threshold_courtyard: "本小院的事" / "A matter of a courtyard",
        threshold_community: "全社区的事" / "A matter of the community",
        h_clocks: "期限" / "Terms",
        days: "天" / "days",
        working_days: "个工作日" / "working days",
        cosign_days: "征集附议" / "Co-signing",
        first_check_days: "提交后先看一下" / "First look after sending",
        answer_days: "够数以后答复" / "Answer once supported",
        session_days: "开议事会" / "Council session",
        referral_days: "决定以后转去办" / "Referral after a decision",
        work_days: "办理" / "The work",
        review_days: "邻居评价" / "Neighbours' review",
        follow_up_days: "不满意的回访" / "Follow-up when not satisfied",
        notice_days: "公示（法律要求至少 15 天）" / "Public notice (the law asks for at least 15 days)",
        question_days: "答复问居委会的话" / "Answer to a question to the committee",
        merge_object_days: "合并前等提出人回话" / "Wait for the proposer before merging",
        merge_undo_days: "合并以后可以撤销" / "A merge can be undone for",
        h_talk: "小院议事厅" / "The courtyard forum",
        talk_moderation: "发言什么时候先看一下" / "When a post is looked at first",
        talk_after_hint: "发言都直接显示，有人反映再看。" / "Posts are shown at once; they are looked at when reported.",
        talk_first_hint: "每位邻居的头三条发言先看一下，以后直接显示。" / "A neighbour's first three posts are looked at first, later ones are shown at once.",
        talk_before_hint: "每条发言都先看过再显示。" / "Each post is looked at before it is shown.",
        watch_words: "提醒换个说法的词" / "Words that ask for another way to say it",
        watch_words_hint: "一行一个，最多 200 个。写到这些词时，会先请他换个说法；他坚持要发也能发，不会自动删除。" / "One a line, at most 200. Whoever types one is asked to put it another way; it is never removed by itself.",
        turn_posts: "一小时内连着发言，到几条就请先听听别人的" / "Posts in a row within an hour before others are given the word",
        fold_households: "几户反映就先折叠" / "Reports that fold a post until it is looked at",
        contest_households: "几户认为小改动改了意思，就重新问大家" / "Objections that turn a correction into a change",
        opinion_voices: "几个人表过态，就显示看法分布" / "Voices from which opinion groups are shown",
        removed_days: "被移除的内容留存（法律要求至少六个月）" / "What was removed is kept for (the law asks for six months at least)",
        posts_unit: "条" / "posts",
        h_categories: "事情的类别" / "Categories",
        category: "提一件事时可以选的类别" / "Categories offered for a new matter",
        category_hint: "没有勾的，新提的事就选不到；以前的事不受影响。" / "What isn't ticked can't be chosen for new matters; earlier ones stay.",
        h_days: "居委会自己的休息日和上班日" / "Your own days off and days worked",
        days_off: "自己的休息日" / "Your own days off",
        days_off_hint: "国家放假以外休息的日子，一行一天，写成 2026-12-31。这些天不算工作日。" / "Days off besides the national ones, one a line, as 2026-12-31. They don't count as working days.",
        days_on: "自己的上班日" / "Days you work",
        days_on_hint: "国家放假或周末而居委会上班的日子，一行一天。" / "Weekends or holidays on which you work, one a line.",
        h_people: "加入和离开" / "Joining and leaving",
        join_requests: "没有入户条的人，可以请楼门长担保加入" / "People without a slip may ask an entrance lead to vouch for them",
        ask_phone: "加入时问手机号（可以不填）" / "Ask for a telephone number when joining (it may stay empty)",
        vouches_a_day: "一位楼门长一天最多担保" / "One entrance lead vouches a day for at most",
        people: "人" / "people",
        kept_days: "注销以后名册依法留存" / "After an account is closed the roll keeps its record for",
        not_a_day: "第 {line} 行不是日子，请写成 2026-12-31" / "Line {line} is no day; please write it as 2026-12-31",
        day_twice: "第 {line} 行的日子已经写过了" / "The day of line {line} is listed already",
        too_many_lines: "最多 {max} 行" / "At most {max} lines",
    }
}

impl SettingsWords {
    /// The label of a number among the settings, and its unit.
    #[must_use]
    pub fn number(&self, name: &str) -> (&'static str, &'static str) {
        match name {
            "threshold_entrance" => (self.threshold_entrance, self.households),
            "threshold_courtyard" => (self.threshold_courtyard, self.households),
            "threshold_community" => (self.threshold_community, self.households),
            "cosign_days" => (self.cosign_days, self.days),
            "first_check_days" => (self.first_check_days, self.working_days),
            "answer_days" => (self.answer_days, self.working_days),
            "session_days" => (self.session_days, self.days),
            "referral_days" => (self.referral_days, self.working_days),
            "work_days" => (self.work_days, self.working_days),
            "review_days" => (self.review_days, self.days),
            "follow_up_days" => (self.follow_up_days, self.working_days),
            "notice_days" => (self.notice_days, self.days),
            "question_days" => (self.question_days, self.working_days),
            "merge_object_days" => (self.merge_object_days, self.days),
            "merge_undo_days" => (self.merge_undo_days, self.days),
            "turn_posts" => (self.turn_posts, self.posts_unit),
            "fold_households" => (self.fold_households, self.households),
            "contest_households" => (self.contest_households, self.households),
            "opinion_voices" => (self.opinion_voices, self.people),
            "removed_days" => (self.removed_days, self.days),
            "vouches_a_day" => (self.vouches_a_day, self.people),
            "kept_days" => (self.kept_days, self.days),
            _ => ("", ""),
        }
    }

    /// What a way of moderation means.
    #[must_use]
    pub const fn moderation_hint(&self, moderation: Moderation) -> &'static str {
        match moderation {
            Moderation::Before => self.before_hint,
            Moderation::NewMembers => self.new_members_hint,
            Moderation::After => self.after_hint,
        }
    }

    /// What a way of moderating the talk means.
    #[must_use]
    pub const fn talk_moderation_hint(&self, moderation: TalkModeration) -> &'static str {
        match moderation {
            TalkModeration::After => self.talk_after_hint,
            TalkModeration::FirstPosts => self.talk_first_hint,
            TalkModeration::Before => self.talk_before_hint,
        }
    }
}

super::terms::terms!(Moderation {
    Before: "先看后发" / "Look first",
    NewMembers: "新邻居先看后发" / "Look first at new neighbours'",
    After: "先发后看" / "Publish first",
});

super::terms::terms!(TalkModeration {
    After: "先发后看" / "Show first",
    FirstPosts: "头三条先看后发" / "Look first at the first three",
    Before: "先看后发" / "Look first",
});

super::terms::terms!(Accent {
    Jujube: "枣红" / "Jujube red",
    Pine: "松绿" / "Pine green",
    Indigo: "靛蓝" / "Indigo",
    Ochre: "赭石" / "Ochre",
    Teal: "青黛" / "Teal",
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_has_its_word() {
        for field in domain::settings_form::NUMBERS {
            for words in [SettingsWords::ZH, SettingsWords::EN] {
                let (label, unit) = words.number(field.name);
                assert!(!label.is_empty() && !unit.is_empty(), "{}", field.name);
            }
        }
    }
}
