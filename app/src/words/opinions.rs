//! Words of the opinion groups of a matter.

use super::{Lang, words};

words! {
    /// Opinion groups.
    OpinionsWords {
        title: "大家怎么看：{title}" / "What neighbours think: {title}",
        head: "大家怎么看" / "What neighbours think",
        lead: "一次看一句话，您同意就点同意。人多了以后，这里会先说大家都同意什么，再说分歧在哪里。" / "One sentence at a time: do you agree? With enough people, this page says first what all agree on, then where they differ.",
        back: "回到这件事" / "Back to the matter",
        closed: "这件事不再收意见了，下面是当时的情况。" / "This matter takes no more opinions; this is how they stood.",
        neighbour: "一位邻居（不记名）" / "A neighbour (not named)",

        link_head: "大家怎么看" / "What neighbours think",
        link_text: "一句一句地表态，看看大家都同意什么。您答了什么，只有您自己知道。" / "Agree or disagree, one sentence at a time, and see what all agree on. Only you know what you answered.",
        link_go: "去表态" / "Give your view",
        link_see: "看结果" / "See the picture",

        ask_head: "您怎么看这一句？" / "What do you think of this?",
        ask_progress: "您答了 {n} 句，一共 {total} 句。" / "You have answered {n} of {total}.",
        ask_again: "您上次答的是：{choice}。可以改。" / "Last time you said: {choice}. You can change it.",
        agree: "同意" / "Agree",
        disagree: "不同意" / "Disagree",
        pass: "跳过" / "Pass",
        pass_hint: "没想好或说不准，就点跳过。您答了什么，不会告诉别人。" / "Not sure? Pass. Nobody is told what you answered.",
        ask_none: "还没有人写下第一句" / "Nobody has written a sentence yet",
        ask_none_text: "写一句简短的话，别人能说同意或不同意的。" / "Write a short sentence that others can agree or disagree with.",
        ask_done: "这些话您都答过了，谢谢！" / "You have answered them all. Thank you!",
        ask_done_text: "有新的话时再来看看；也可以自己写一句。" / "Come back when there are new ones, or write one yourself.",
        sign_in: "登录后表态" / "Sign in to give your view",
        denied_verify: "这里由住在这里的邻居表态。您的住处还没有核实，到居委会登记一下就好。" / "This is for the neighbours who live here. Your home isn't verified yet: please register with the committee.",
        denied_scope: "这件事由有关的邻居表态，您可以看结果。" / "The neighbours concerned answer here; you can see the picture.",
        answered: "我答过的（{n} 句）" / "What I answered ({n})",
        change: "改" / "Change",

        write_head: "自己写一句" / "Write one yourself",
        write_label: "一句话" / "A sentence",
        write_hint: "一句只说一个意思，别人能说同意或不同意。不会显示是谁写的。例：沙池可以建，但车位一个也不能少。" / "One thought, which others can agree or disagree with. Nobody is shown who wrote it. For example: build the sandpit, but keep every parking space.",
        write_go: "写好了，给大家看" / "Show it to everyone",
        write_anyway: "就这么写，还是发出去" / "Send it as it is",
        write_full: "这件事的话已经够多了，先把这些答完吧。" / "There are enough sentences on this matter. Please answer those first.",
        write_own_full: "每人最多写 {max} 句，您已经写满了。" / "Everyone can write {max} sentences; you have.",
        own_head: "我写的" / "What I wrote",
        own_waiting: "等居委会看一眼" / "Waits for the committee",
        own_removed: "移除了：{reason}" / "Taken down: {reason}",
        own_declined: "没有公开：{reason}" / "Not shown: {reason}",

        picture_head: "大家怎么看" / "The picture",
        under_head: "还差 {n} 人" / "{n} more people are needed",
        under_text: "已经有 {voices} 人表态。满 {needed} 人才分组，人太少时容易猜出谁说了什么，也说明不了大家的看法。" / "{voices} people have answered. Groups are shown from {needed} on: with fewer one could guess who said what, and it would say little.",
        voices: "{n} 人表了态。" / "{n} people have answered.",
        groups_one: "大家的看法差不多，没有分成几派。" / "People think much alike; there are no camps.",
        groups_many: "看法相近的人归成 {n} 组：{list}。" / "Those who answer alike make {n} groups: {list}.",
        group_size: "{group} {n} 人" / "{group} {n}",
        others: "另有 {n} 人答得不多，或者看法相近的不到 5 人，没有归组。" / "{n} more are in no group: they answered few, or alike with fewer than 5.",
        weak: "几组之间分得不太开，别太当真。" / "The groups lie close together; don't make too much of them.",
        mine: "您的回答和{group}最接近。只有您能看到这一句。" / "Your answers are closest to {group}. Only you see this line.",
        everyone: "大家" / "Everyone",
        common_head: "先看大家都同意的" / "What all agree on",
        common_none: "还没有一句话是每一组多数人都同意的。" / "No sentence has a majority in every group yet.",
        against_head: "大家都不同意的" / "What all disagree with",
        apart_head: "分歧在这里" / "Where views differ",
        apart_none: "没有哪句话让几组人看法相反。" / "No sentence sets the groups apart.",
        open_head: "还说不准的（{n} 句）" / "Still open ({n})",
        few: "{group}：答的人还少" / "{group}: too few answers",
        line_agree: "{group} {n} / {m} 人同意" / "{group}: {n} of {m} agree",
        line_disagree: "{group} {n} / {m} 人不同意" / "{group}: {n} of {m} disagree",
        line_all: "同意 {agree} · 不同意 {disagree} · 跳过 {pass}" / "agree {agree} · disagree {disagree} · pass {pass}",
        how_head: "这是怎么算出来的" / "How this is computed",
        how_1: "程序把每个人的回答排成一张表，看谁和谁答得像，像的归成一组，最多 5 组。分几组、谁归哪组，都由回答决定，同样的回答在哪台机器上算都一样。" / "A program lays everybody's answers in a table, looks who answers like whom, and makes groups of them, 5 at most. The answers alone decide, and the same answers give the same groups on any machine.",
        how_2: "“大家都同意”是说：每一组里都有过半数的人同意。人少的组和人多的组一样算数。" / "\"All agree\" means: more than half of every group agree. A small group counts like a large one.",
        how_3: "不到 5 人的组和不到 5 人的回答不显示。谁在哪一组，谁也看不到，您只能看到自己的。" / "Groups and answers of fewer than 5 people are not shown. Nobody sees who is in which group; you see only your own.",
        how_4: "这不是投票，决定不了事情。没来表态的人怎么想，这里也看不出来。" / "This is no vote and decides nothing. It doesn't say what those think who didn't answer.",

        desk_head: "整理" / "For those who look after this",
        waiting_head: "等您看的" / "Waiting for you",
        show_go: "公开" / "Show it",
        decline: "不公开" / "Don't show it",
        decline_go: "不公开，告诉本人理由" / "Don't show it, and say why",
        all_head: "移除一句话" / "Take a sentence down",
        hide: "移除" / "Take down",
        hide_label: "理由（写的人能看到）" / "Why (its author reads this)",
        hide_go: "移除" / "Take it down",
        removed_go: "看移除的（会记下您看过）" / "Read what was taken down (your look is recorded)",
        removed_head: "移除的话" / "What was taken down",
        removed_none: "没有移除的，或者保存期已过。" / "Nothing was taken down, or its time is over.",
        file_head: "数据文件" / "Files",
        file_text: "Polis 的公开格式（CSV）。里面没有名字，人按回答排序；每次取出都会记下来。" / "The published format of Polis (CSV). No names; people in the order of their answers. Each time is recorded.",
        file_participants: "取出回答（participants-votes.csv）" / "Answers (participants-votes.csv)",
        file_comments: "取出句子（comments.csv）" / "Sentences (comments.csv)",
        read_label: "看一份别处的数据" / "Look at a file from elsewhere",
        read_hint: "participants-votes.csv 或 votes.csv，60 KB 以内。只算给您看，不保存，也不会变成这件事的回答。" / "participants-votes.csv or votes.csv, up to 60 KB. It is computed for you and not kept, and never becomes an answer here.",
        read_go: "算一算" / "Compute it",
        read_head: "这份文件里" / "In this file",
        read_voices: "{n} 人，{m} 句话。" / "{n} people, {m} sentences.",
        read_few: "不到 {needed} 人，不分组。" / "Fewer than {needed} people: no groups.",
        read_sentence: "第 {n} 句" / "Sentence {n}",

        p_twice: "这句话已经有人写了，请换个说法，或者直接去表态" / "Somebody wrote this already. Put it another way, or just answer it",
        p_file: "这份文件读不了，请换成 participants-votes.csv 或 votes.csv" / "This file can't be read. Please send participants-votes.csv or votes.csv",
        p_file_line: "第 {line} 行读不了，请看看那一行" / "Line {line} can't be read. Please look at it",
        r_full: "这件事的话已经够多了，不能再写。" / "There are enough sentences on this matter.",
        r_own_full: "每人能写的句数您已经写满了。" / "You have written as many sentences as one may.",
        r_few_voices: "表态的人还太少，为了不让人猜出谁说了什么，还不能取出。" / "Too few people have answered: to keep them from being guessed, no file is given yet.",
    }
}

/// The name of a group, from 0: 甲组, 乙组 …
#[must_use]
pub fn group(at: usize, lang: Lang) -> &'static str {
    let names = match lang {
        Lang::Zh => ["甲组", "乙组", "丙组", "丁组", "戊组"],
        Lang::En => ["group A", "group B", "group C", "group D", "group E"],
    };
    names.get(at).copied().unwrap_or_default()
}
