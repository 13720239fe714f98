//! Sentences from frames: each `{…}` is a word of a list.

use super::chance::Chance;
use super::words;

/// Titles; `{thing}` is of the matter's category.
const TITLES: [&str; 22] = [
    "{place}{thing}{ill}",
    "{place}的{thing}请{wish}",
    "{thing}{ill}，请{wish}",
    "{building}{thing}{ill}",
    "想给{place}的{thing}{wish}",
    "{time}{place}{thing}{ill}",
    "{thing}能不能{wish}",
    "{who}盼着{thing}{wish}",
    "关于{place}{thing}的建议",
    "{building}门口{thing}{wish}",
    "{thing}：{wish}行不行",
    "请为{place}{wish}，{thing}{ill}",
    "{name}旁边的{thing}{ill}",
    "{thing}的事，{wish}",
    "{place}到{place}之间{thing}{ill}",
    "{time}{thing}{ill}，{who}受不了",
    "把{place}的{thing}{wish}",
    "{thing}怎么办",
    "{building}和{building}合用{thing}",
    "{name}门前{thing}请{wish}",
    "今年的{thing}{wish}吧",
    "{who}的{thing}",
];

/// Sentences of 现状.
const SITUATIONS: [&str; 14] = [
    "{time}，{place}的{thing}{ill}，{clause}。",
    "{building}有{count}户都说{thing}{ill}。",
    "{who}{time}从{place}走，{clause}。",
    "{place}原来有{thing}，后来{ill}，{clause}。",
    "我在这里住了{count}年，{thing}{ill}不是一天两天了。",
    "上个月{who}和{who}为{thing}吵过一架，{clause}。",
    "{name}搬走以后，{place}就没人管了，{thing}{ill}。",
    "量了一下，{thing}离{place}只有{count}米，{clause}。",
    "{time}最明显：{ill}，{clause}。",
    "打过{count}次电话，{who}来看过，{clause}。",
    "{place}一共{count}处{thing}，{count}处{ill}。",
    "{who}说，{clause}。",
    "从{place}到{name}，{thing}{ill}。",
    "不光是{thing}，{place}也{ill}。",
];

/// Sentences of 建议.
const SUGGESTIONS: [&str; 10] = [
    "请把{place}的{thing}{wish}。",
    "先{wish}，再{wish}。",
    "建议由{who}牵头，{wish}。",
    "{thing}可以{wish}，{clause}。",
    "如果钱不够，就先在{building}{wish}。",
    "我愿意和{who}一起{wish}。",
    "{time}派人看一次{thing}，{wish}。",
    "问问{name}能不能一起{wish}。",
    "希望{count}天里有个答复，{wish}。",
    "{wish}以后，{thing}由{who}看着。",
];

/// Sentences of posts.
const POSTS: [&str; 26] = [
    "{saying}，{clause}。",
    "{saying}。{place}的{thing}{ill}。",
    "{building}的情况也一样，{thing}{ill}。",
    "{who}最清楚，{clause}。",
    "我{time}在{place}看到{thing}{ill}，{clause}。",
    "{wish}我赞成，可是{clause}。",
    "为什么不{wish}？",
    "{saying}，{wish}就行。",
    "{name}那边{wish}，花了{count}百块。",
    "请问{thing}{count}月能不能{wish}？",
    "{time}{clause}，{saying}。",
    "不是不愿意，{clause}。",
    "{place}有{count}处，{ill}。",
    "{who}说可以{wish}。",
    "我家住{building}，{thing}{ill}，{saying}。",
    "补充一点：{clause}。",
    "听{name}的老板讲，{clause}。",
    "{saying}，别忘了{who}。",
    "同一件事，{place}已经{wish}了。",
    "{thing}要是{wish}，{who}怎么办？",
    "我给{who}打过电话，{clause}。",
    "照这样下去，{thing}还会{ill}。",
    "{building}{count}户愿意，{count}户再想想。",
    "先把{thing}{wish}，别的慢慢来。",
    "那天{time}下着雨，{place}{clause}。",
    "谢谢{who}，{saying}。",
];

/// Makes texts.
#[derive(Debug)]
pub(super) struct Texts {
    places: Vec<&'static str>,
    ills: Vec<&'static str>,
    wishes: Vec<&'static str>,
    times: Vec<&'static str>,
    who: Vec<&'static str>,
    sayings: Vec<&'static str>,
    clauses: Vec<&'static str>,
    named: Vec<&'static str>,
    name_chars: Vec<char>,
    things: Vec<Vec<&'static str>>,
}

impl Texts {
    pub(super) fn new() -> Self {
        let list = |words: &'static str| words.split_whitespace().collect::<Vec<_>>();
        Self {
            places: list(words::PLACES),
            ills: list(words::ILLS),
            wishes: list(words::WISHES),
            times: list(words::TIMES),
            who: list(words::WHO),
            sayings: list(words::SAYINGS),
            clauses: list(words::CLAUSES),
            named: list(words::NAMED),
            name_chars: words::NAME_CHARS.chars().collect(),
            things: words::TOPICS.iter().map(|(_, things)| list(things)).collect(),
        }
    }

    /// A title of at most 40 characters.
    pub(super) fn title(&self, topic: usize, chance: &mut Chance) -> String {
        let mut title = String::new();
        self.frame(&TITLES, topic, chance, &mut title);
        title.chars().take(40).collect()
    }

    /// What is the matter, and what is proposed.
    pub(super) fn matter(&self, topic: usize, chance: &mut Chance) -> (String, String) {
        let (mut situation, mut suggestion) = (String::new(), String::new());
        for _ in 0..2 + chance.below(4) {
            self.frame(&SITUATIONS, topic, chance, &mut situation);
        }
        for _ in 0..1 + chance.below(3) {
            self.frame(&SUGGESTIONS, topic, chance, &mut suggestion);
        }
        (situation, suggestion)
    }

    /// What somebody says in the talk about a matter; now and then about something else.
    pub(super) fn post(&self, topic: usize, chance: &mut Chance) -> String {
        let mut post = String::new();
        for _ in 0..1 + chance.below(3) {
            let topic = if chance.once_in(12) { chance.below(self.things.len()) } else { topic };
            self.frame(&POSTS, topic, chance, &mut post);
        }
        post
    }

    /// Fills a frame. What the lists' words make stays apart as it would in a text: nothing is put between.
    fn frame(&self, frames: &[&str], topic: usize, chance: &mut Chance, out: &mut String) {
        let Some(mut rest) = chance.one(frames).copied() else { return };
        while let Some((before, after)) = rest.split_once('{') {
            out.push_str(before);
            let Some((slot, after)) = after.split_once('}') else { break };
            self.slot(slot, topic, chance, out);
            rest = after;
        }
        out.push_str(rest);
    }

    fn slot(&self, slot: &str, topic: usize, chance: &mut Chance, out: &mut String) {
        let list = match slot {
            "place" => &self.places,
            "ill" => &self.ills,
            "wish" => &self.wishes,
            "time" => &self.times,
            "who" => &self.who,
            "saying" => &self.sayings,
            "clause" => &self.clauses,
            "thing" => self.things.get(topic).unwrap_or(&self.places),
            "building" => {
                let (building, entrance) = (chance.small(60) + 1, chance.below(6) + 1);
                out.push_str(&format!("{building}号楼"));
                if chance.once_in(2) {
                    out.push_str(&format!("{entrance}单元"));
                }
                return;
            }
            "count" => return out.push_str(&(chance.small(60) + 2).to_string()),
            _ => return self.name(chance, out),
        };
        out.push_str(list.get(chance.small(list.len())).copied().unwrap_or_default());
    }

    /// A name that few texts hold.
    fn name(&self, chance: &mut Chance, out: &mut String) {
        for _ in 0..2 + chance.below(2) {
            out.extend(chance.one(&self.name_chars));
        }
        out.push_str(chance.one(&self.named).copied().unwrap_or_default());
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn texts_are_whole_varied_and_the_same_again() {
        let texts = Texts::new();
        let make = |n: u64| {
            let mut chance = Chance::new(3, n);
            let topic = chance.below(words::TOPICS.len());
            let (situation, suggestion) = texts.matter(topic, &mut chance);
            [texts.title(topic, &mut chance), situation, suggestion, texts.post(topic, &mut chance)]
        };
        let mut titles = BTreeSet::new();
        let mut bodies = BTreeSet::new();
        for n in 0..2_000 {
            let all = make(n);
            assert_eq!(all, make(n));
            for text in &all {
                assert!(!text.is_empty() && !text.contains(['{', '}', ' ', '\n']), "{text}");
            }
            assert!(all[0].chars().count() <= 40);
            let [title, situation, _, post] = all;
            titles.insert(title);
            bodies.insert(situation);
            bodies.insert(post);
        }
        assert!(titles.len() > 1_850, "{}", titles.len());
        assert!(bodies.len() > 3_950, "{}", bodies.len());
    }

    #[test]
    fn every_slot_has_its_list() {
        let known = [
            "place", "ill", "wish", "time", "who", "saying", "clause", "thing", "building",
            "count", "name",
        ];
        let frames = TITLES.iter().chain(&SITUATIONS).chain(&SUGGESTIONS).chain(&POSTS);
        for frame in frames {
            for slot in frame.split('{').skip(1) {
                let slot = slot.split('}').next().unwrap();
                assert!(known.contains(&slot), "{slot} in {frame}");
            }
        }
    }
}
