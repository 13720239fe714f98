//! Words of the first page.

use super::words;

words! {
    /// The first page.
    HomeWords {
        title: "议事" / "Hall",
        hero_title: "院里的事，大家商量着办" / "What concerns the courtyard, we settle together",
        hero_text: "谁都能看。住在这里的人都能提、能议、能投票，办得怎么样也由大家说。" / "Anyone may read. Whoever lives here can raise a matter, talk it over, vote, and say how well it was done.",
        raise: "提一件事" / "Raise a matter",
        vote: "去投票" / "Vote",
        read: "看大家在议什么" / "See what is being talked about",
        hello: "{name}，您好" / "Hello, {name}",
        waiting: "正在等您的" / "Waiting for you",
        waiting_none: "现在没有等您的事。" / "Nothing waits for you just now.",
        tag_vote: "投票" / "Vote",
        tag_cosign: "附议" / "Co-sign",
        tag_review: "评价" / "Review",
        tag_desk: "工作台" / "Desk",
        wait_vote_until: "截止" / "the vote ends",
        wait_cosign: "还差 {n} 户，您也支持吗？" / "{n} more households needed; do you support it too?",
        wait_review: "办好了，您觉得怎么样？" / "It is done; how was it?",
        tag_summary: "小结" / "Summary",
        wait_summary: "您在这件事里说过话。主持人写了小结，您看公道吗？" / "You spoke in this talk. The chair has summed it up; is it fair to your side?",
        desk_title: "居委会要办的事" / "The committee's matters",
        wait_desk: "有 {n} 件等着办" / "{n} wait to be dealt with",
        wait_desk_late: "有 {n} 件等着办，其中 {late} 件逾期" / "{n} wait to be dealt with, {late} of them overdue",
        talking: "大家正在议" / "Being talked about",
        talking_none: "现在没有正在议的事。有什么想改的，您来提一件？" / "Nothing is being talked about just now. Is there something you would change?",
        all: "全部 {n} 件" / "All {n}",
        done: "办好了" / "Done",
        done_none: "还没有办完的事，办好一件就写在这里。" / "Nothing is done yet; each matter that is will stand here.",
        done_all: "全部" / "All",
        year: "今年的 {n} 件" / "This year: {n} matters",
        in_time: "按时答复" / "Answered in time",
        solved: "问题解决" / "Solved",
        satisfied: "邻居满意" / "Satisfied",
    }
}
