//! Who raised what when, and who wrote where: the corpus without its texts.

use super::chance::Chance;
use super::words::TOPICS;

/// A day, in milliseconds.
pub(super) const DAY_MS: i64 = 86_400_000;
/// The corpus lies in so much time before the newest matter that the database holds.
const SPAN_MS: i64 = 3 * 365 * DAY_MS;
/// Most posts go to one of so many of the newest matters; what moves is talked about.
const LIVELY: usize = 2_500;
/// Of so many posts one belongs to any matter at all.
const ANYWHERE: usize = 25;

/// What is there already.
#[derive(Debug, Clone)]
pub(super) struct Ground {
    /// The community.
    pub(super) community: i64,
    /// The next public number of a matter.
    pub(super) next_number: i64,
    /// The first free rows of the tables with numbered rows.
    pub(super) next_matter: i64,
    pub(super) next_post: i64,
    pub(super) next_step: i64,
    pub(super) next_version: i64,
    pub(super) next_work: i64,
    /// The newest moment, Unix ms.
    pub(super) now: i64,
    /// People who live here.
    pub(super) people: Vec<Dweller>,
}

/// Somebody with a home.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dweller {
    pub(super) person: i64,
    pub(super) household: i64,
    pub(super) entrance: i64,
    pub(super) courtyard: i64,
}

/// How much.
#[derive(Debug, Clone)]
pub(super) struct Size {
    /// Matters.
    pub(super) matters: usize,
    /// Posts.
    pub(super) posts: usize,
    /// Posts of the first matters.
    pub(super) threads: Vec<usize>,
}

/// Where a matter stands: its state's name, and its data as the server writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Standing {
    pub(super) name: &'static str,
    pub(super) data: String,
    /// The route of its work, and whether that is done.
    pub(super) work: Option<(&'static str, bool)>,
}

/// A matter.
#[derive(Debug, Clone)]
pub(super) struct Matter {
    pub(super) id: i64,
    pub(super) number: i64,
    pub(super) author: Dweller,
    /// Place in [`TOPICS`].
    pub(super) topic: usize,
    /// Whether it concerns the author's entrance, rather than their courtyard.
    pub(super) entrance: bool,
    pub(super) standing: Standing,
    pub(super) published_at: i64,
    pub(super) updated_at: i64,
    /// People whose households co-sign, each of another household.
    pub(super) cosigners: Vec<Dweller>,
    /// Posts that are shown.
    pub(super) posts: i64,
}

/// A post.
#[derive(Debug, Clone)]
pub(super) struct Post {
    pub(super) id: i64,
    /// Place of its matter in [`Plan::matters`].
    pub(super) matter: usize,
    /// The post that it replies to.
    pub(super) parent: Option<i64>,
    pub(super) author: i64,
    pub(super) stance: &'static str,
    pub(super) at: i64,
    /// Whether it was taken down.
    pub(super) removed: bool,
    pub(super) replies: i64,
    /// People who find it reasonable.
    pub(super) reasons: Vec<i64>,
}

/// All of it, in the order of time.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) matters: Vec<Matter>,
    pub(super) posts: Vec<Post>,
}

impl Plan {
    /// The same for the same ground, size and seed.
    pub(super) fn new(ground: &Ground, size: &Size, seed: u64) -> Self {
        let mut matters = matters(ground, size, seed);
        let posts = posts(ground, size, seed, &mut matters);
        Self { matters, posts }
    }
}

fn as_i64(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// The moment of the n-th of `all`, spread over the span.
fn moment(ground: &Ground, n: usize, all: usize) -> i64 {
    let begin = ground.now - SPAN_MS;
    begin + SPAN_MS / (as_i64(all) + 1) * as_i64(n + 1)
}

fn matters(ground: &Ground, size: &Size, seed: u64) -> Vec<Matter> {
    let mut chance = Chance::new(seed, 1);
    let nobody = Dweller { person: 0, household: 0, entrance: 0, courtyard: 0 };
    (0..size.matters)
        .map(|n| {
            let author = chance.one(&ground.people).copied().unwrap_or(nobody);
            let first = chance.below(ground.people.len());
            let wanted = 1 + chance.small(12);
            let mut cosigners: Vec<Dweller> = Vec::new();
            for step in 0..wanted {
                let next = (first + step * 7) % ground.people.len().max(1);
                let Some(next) = ground.people.get(next) else { break };
                if cosigners.iter().all(|one| one.household != next.household) {
                    cosigners.push(*next);
                }
            }
            let published_at = moment(ground, n, size.matters);
            let talked_about = n < size.threads.len();
            Matter {
                id: ground.next_matter + as_i64(n),
                number: ground.next_number + as_i64(n),
                author,
                topic: chance.small(TOPICS.len()),
                entrance: chance.once_in(4),
                standing: standing(n, size.matters, talked_about, ground.now, &mut chance),
                published_at,
                updated_at: published_at,
                cosigners,
                posts: 0,
            }
        })
        .collect()
}

/// Where the n-th of `all` matters stands: most are over, the newest are not.
fn standing(n: usize, all: usize, talked_about: bool, now: i64, chance: &mut Chance) -> Standing {
    const ROUTES: [&str; 6] =
        ["property_party", "committee", "resident_self", "subdistrict", "whistle", "district_dept"];
    let route = ROUTES.get(chance.small(ROUTES.len())).copied().unwrap_or_default();
    let of = |name: &'static str, more: String, work| Standing {
        name,
        data: format!("{{\"state\":\"{name}\"{more}}}"),
        work,
    };
    let bare = |name| of(name, String::new(), None);
    let routed = |name, done| of(name, format!(",\"route\":\"{route}\""), Some((route, done)));
    if talked_about {
        return bare("deliberating");
    }
    // Of a hundred.
    let draw = chance.below(100);
    if n * 100 >= all * 95 {
        return match draw {
            0..40 => {
                let until = now + (as_i64(chance.below(300)) + 400) * DAY_MS;
                of("cosigning", format!(",\"needed\":15,\"until\":{until}"), None)
            }
            40..75 => bare("deliberating"),
            75..80 => of("accepted", ",\"threshold_met\":true".to_owned(), None),
            _ => routed("in_progress", false),
        };
    }
    match draw {
        0..66 => Standing { work: Some((route, true)), ..bare("archived") },
        66..80 => of("not_accepted", format!(",\"route\":\"{route}\""), None),
        80..86 => bare("archived"),
        86..92 => routed("reviewed", true),
        92..96 => routed("in_progress", false),
        _ => bare("deliberating"),
    }
}

fn posts(ground: &Ground, size: &Size, seed: u64, matters: &mut [Matter]) -> Vec<Post> {
    const STANCES: [&str; 4] = ["addition", "for", "question", "against"];
    let mut chance = Chance::new(seed, 2);
    let mut posts: Vec<Post> = Vec::with_capacity(size.posts);
    // The latest posts of a matter that others reply to, by their place.
    let mut last: Vec<Option<usize>> = vec![None; matters.len()];
    for n in 0..size.posts {
        let matter = matter_of(n, size, matters.len(), &mut chance);
        let Some(of) = matters.get_mut(matter) else { break };
        // Its matter was there before it.
        let at = moment(ground, n, size.posts).max(of.published_at + 60_000);
        let removed = chance.once_in(150);
        let above = last.get(matter).copied().flatten().filter(|_| chance.below(100) < 30);
        let parent = above.and_then(|above| {
            let above = posts.get_mut(above)?;
            above.replies += 1;
            Some(above.id)
        });
        let mut reasons: Vec<i64> = Vec::new();
        if chance.once_in(4) && !removed {
            for _ in 0..=chance.small(6) {
                let Some(one) = chance.one(&ground.people) else { break };
                if !reasons.contains(&one.person) {
                    reasons.push(one.person);
                }
            }
        }
        if parent.is_none()
            && !removed
            && let Some(last) = last.get_mut(matter)
        {
            *last = Some(posts.len());
        }
        of.posts += i64::from(!removed);
        of.updated_at = of.updated_at.max(at);
        posts.push(Post {
            id: ground.next_post + as_i64(n),
            matter,
            parent,
            author: chance.one(&ground.people).map_or(0, |one| one.person),
            stance: STANCES.get(chance.small(STANCES.len())).copied().unwrap_or_default(),
            at,
            removed,
            replies: 0,
            reasons,
        });
    }
    posts
}

/// The matter of the n-th post: the threads of a given length take theirs evenly, the others as people talk.
fn matter_of(n: usize, size: &Size, matters: usize, chance: &mut Chance) -> usize {
    let mut left = n;
    let mut others = size.posts;
    for (thread, posts) in size.threads.iter().enumerate() {
        // So many of this thread's posts lie before the place `left` of `others`.
        let before = |place: usize| place * posts / others.max(1);
        if before(left + 1) > before(left) {
            return thread;
        }
        left -= before(left);
        others -= posts;
    }
    let fixed = size.threads.len();
    let there = (matters - fixed) * (n + 1) / size.posts.max(1);
    let there = there.clamp(1, (matters - fixed).max(1));
    let back = if chance.once_in(ANYWHERE) {
        chance.below(there)
    } else {
        chance.small(LIVELY.min(there))
    };
    fixed + there - 1 - back
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn ground() -> Ground {
        let dweller = |n| Dweller { person: n, household: n / 2, entrance: 1, courtyard: 1 };
        Ground {
            community: 1,
            next_number: 31,
            next_matter: 40,
            next_post: 100,
            next_step: 1,
            next_version: 1,
            next_work: 1,
            now: 1_800_000_000_000,
            people: (1..60).map(dweller).collect(),
        }
    }

    fn plan(seed: u64) -> Plan {
        let size = Size { matters: 400, posts: 5_000, threads: vec![500, 50] };
        Plan::new(&ground(), &size, seed)
    }

    #[test]
    fn threads_have_the_lengths_that_were_asked_for() {
        let plan = plan(1);
        assert_eq!((plan.matters.len(), plan.posts.len()), (400, 5_000));
        let mut of: BTreeMap<usize, usize> = BTreeMap::new();
        for post in &plan.posts {
            *of.entry(post.matter).or_default() += 1;
        }
        assert_eq!((of[&0], of[&1]), (500, 50));
        assert!(of.len() > 300, "{}", of.len());
        let lengths: std::collections::BTreeSet<_> = of.values().collect();
        assert!(lengths.len() > 20, "{lengths:?}");
    }

    #[test]
    fn counts_and_times_agree() {
        let plan = plan(2);
        let by_id: BTreeMap<i64, &Post> = plan.posts.iter().map(|post| (post.id, post)).collect();
        let mut replies: BTreeMap<i64, i64> = BTreeMap::new();
        let mut shown: BTreeMap<usize, i64> = BTreeMap::new();
        for post in &plan.posts {
            let matter = &plan.matters[post.matter];
            assert!(post.at > matter.published_at && post.at <= matter.updated_at);
            *shown.entry(post.matter).or_default() += i64::from(!post.removed);
            if let Some(parent) = post.parent {
                let above = by_id[&parent];
                assert!(
                    above.matter == post.matter && above.parent.is_none() && above.id < post.id
                );
                *replies.entry(parent).or_default() += 1;
            }
        }
        for post in &plan.posts {
            assert_eq!(post.replies, replies.get(&post.id).copied().unwrap_or_default());
        }
        for (n, matter) in plan.matters.iter().enumerate() {
            assert_eq!(matter.posts, shown.get(&n).copied().unwrap_or_default());
            let mut homes: Vec<_> = matter.cosigners.iter().map(|one| one.household).collect();
            homes.dedup();
            assert_eq!(homes.len(), matter.cosigners.len());
        }
        assert!(plan.matters.windows(2).all(|pair| pair[0].published_at <= pair[1].published_at));
    }

    #[test]
    fn the_same_seed_makes_the_same() {
        let shape = |plan: &Plan| {
            plan.posts
                .iter()
                .map(|post| (post.matter, post.author, post.parent))
                .collect::<Vec<_>>()
        };
        assert_eq!(shape(&plan(5)), shape(&plan(5)));
        assert_ne!(shape(&plan(5)), shape(&plan(6)));
    }
}
