//! Words of the chair's summary.

use super::words;

words! {
    /// The chair's summary.
    SummingWords {
        for_points: "赞成的理由" / "What speaks for it",
        against_points: "反对的理由" / "What speaks against it",
        agreed: "大家都同意的" / "What is agreed",
        open_points: "还没谈拢的" / "What is still open",
        hint: "一行写一点。没有的可以空着。" / "A point a line. Leave empty what there isn't.",
        fair_ask: "您说过{side}的话。这份小结对您这边公道吗？" / "You spoke {side}. Is this summary fair to your side?",
        fair_yes: "公道" / "It is fair",
        fair_no: "不公道，漏了我们的意思" / "It isn't: something of ours is missing",
        fair_said_yes: "您说过这份小结公道。" / "You said that this summary is fair.",
        fair_said_no: "您说过这份小结不公道。" / "You said that this summary isn't fair.",
        fair_count: "{side}一方 {speakers} 人说过话：{fair} 人认为公道，{unfair} 人认为不公道。" / "{speakers} spoke {side}: {fair} find it fair, {unfair} don't.",
        fair_hint: "只公布人数，不公布是谁；满 {least} 人才公布。" / "Numbers alone are shown, never who, and only from {least} on.",
        fair_few: "{side}一方 {speakers} 人说过话，还不到 {least} 人评过，先不公布人数。" / "{speakers} spoke {side}; numbers are shown once {least} of them have judged.",
        fair_past_few: "{side}一方：不到 {least} 人评过，没有公布人数。" / "{side}: fewer than {least} judged; no numbers are shown.",
        fair_back: "收回" / "Take it back",
        fair_past: "{side}一方：{fair} 人认为公道，{unfair} 人认为不公道。" / "{side}: {fair} found it fair, {unfair} didn't.",
        earlier: "看以前的小结" / "Earlier summaries",
        history: "主持人小结：{title}" / "The chair's summaries: {title}",
        history_none: "还没有人写过小结。" / "There is no summary yet.",
        stale: "刚才有人先换了小结。您写的都还在，请对照新的小结再发。" / "Somebody replaced the summary a moment ago. What you wrote is still here; please compare and send it again.",
    }
}
