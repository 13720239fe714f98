//! Words of one's own household and of helpers (代办人).

use super::words;

words! {
    /// One's own household, and helping.
    HouseholdWords {
        r_not_representative: "户代表由现在的户代表来换；换不了的，请居委会办。" / "The present representative names the next one; where that can't be, the committee does.",
        r_votes: "您家正在投票，两次表决之间才能换户代表。" / "Your household votes just now: its representative is changed between ballots.",

        title: "我的一户" / "My household",
        lives: "{place} {room}" / "{place} {room}",
        lives_hint: "门牌只有您家的人和办事的人看得到。" / "The room is seen only by your household and those whose duty it is.",
        adults: "家里的成年人" / "Adults",
        you: "您" / "you",
        representative: "户代表" / "Representative",
        representative_text: "家里的一票由户代表投。两次表决之间可以换人。" / "The representative casts the household's vote, and can be changed between ballots.",
        none_yet: "还没有户代表，家里的票没人能投。请定一位。" / "There is no representative yet, so nobody can cast your vote. Please name one.",
        voting_now: "您家正在投票，等投完了再换。" / "Your household votes just now; change it afterwards.",
        name_next: "谁来当户代表" / "Who shall represent you",
        name_go: "定下来" / "Name them",
        waiting: "想加入您家的人" / "Who asks to join",
        waiting_none: "没有人在等。" / "Nobody is waiting.",
        waiting_text: "是家里的成年人就同意。同意以后，他也能代表您家附议。" / "Admit them if they are an adult of your household. Then they too can co-sign for it.",
        leave: "离开这一户" / "Leave this household",
        leave_text: "搬走了才用。离开以后就不能提、议、投了；您是户代表的，家里要再定一位。" / "For when you have moved. Afterwards you can't take part; if you represent the household it must name somebody else.",
        leave_go: "我搬走了，离开" / "I have moved; leave",

        acting: "您正在替“{name}”办事" / "You are acting for “{name}”",
        acting_stop: "停止" / "Stop",
        helping_title: "我代办的邻居" / "Neighbours whom I help",
        helping_lead: "他们没有手机，请您替他们提、议、附议和投票。您办的每件事都会写明是代办。先问过本人再办。" / "They have no phone: you raise matters, talk, co-sign and vote for them. Whatever you do says so. Please ask them first.",
        helping_none: "您没有要代办的邻居" / "You help nobody",
        helping_none_text: "代办人由居委会来定。" / "The committee names helpers.",
        helping_not_housed: "还没有登记住在哪一户，暂时不能代办。" / "Their household isn't known yet.",
        act_for: "替他办事" / "Act for them",
        acting_now: "正在替他办" / "Acting for them now",
        acting_look: "看看院里的事" / "See the courtyard's matters",
        by_helper: "{helper}代办" / "by the hand of {helper}",
        raised_by_helper: "代办人{helper}代提" / "entered by the helper {helper}",
        written_by_helper: "代办人{helper}代写" / "written by the helper {helper}",
    }
}
