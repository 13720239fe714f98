//! Room numbers, as people write them after a building or an entrance.

use super::signs::Sign;
use super::{Found, Span, begins_digits};

/// Digits of a room.
const ROOM: std::ops::RangeInclusive<usize> = 3..=4;
/// After these a room may follow at once: 2单元501, 5门301, 3号楼501, A座1203.
const PLACES: [&str; 6] = ["单元", "号楼", "栋", "幢", "座", "门"];
/// After these stands a room, whatever its length.
const NAMED: [&str; 6] = ["门牌号", "门牌", "房间号", "房号", "室号", "房间"];
/// After these a building and a room are written as 5-301.
const LIVES: [&str; 5] = ["住在", "家在", "住", "家住", "家"];
/// Rooms that belong to everybody, right before the number.
const PUBLIC: [&str; 8] =
    ["居委会", "服务站", "服务中心", "活动中心", "活动站", "办事处", "议事厅", "党群中心"];
/// What makes a number after an entrance a count or something else than a room.
const COUNTED: &str = "元块万千百亿角分户人个辆位件次年月日天周岁点时秒度米公厘毫平方斤吨升层楼栋幢座瓦伏安\
    条张家名盏根棵把台部只间套组期路班页版步%％℃.．:：";
/// Numbers to call, which could be rooms by their length.
const CALLED: [u32; 4] = [110, 119, 120, 122];

/// The rooms that are to be covered, outside of what is `taken` already.
pub(super) fn rooms(signs: &[Sign], taken: &[(usize, usize)]) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    let mut taken = taken.iter().peekable();
    let mut at = 0;
    while at < signs.len() {
        while taken.peek().is_some_and(|(_, to)| *to <= at) {
            taken.next();
        }
        if let Some((_, to)) = taken.peek().filter(|(from, _)| *from <= at) {
            at = *to;
            continue;
        }
        if !begins_digits(signs, at) {
            at += 1;
            continue;
        }
        let end = at + signs[at..].iter().take_while(|sign| sign.is_digit()).count();
        if let Some(to) = room(signs, at, end) {
            spans.push(Span { from: at, to, found: Found::Room });
        }
        at = end;
    }
    spans
}

/// Where the room ends whose digits lie between `from` and `end`; none when it is no room.
fn room(signs: &[Sign], from: usize, end: usize) -> Option<usize> {
    let len = end - from;
    let place = gap_before(signs, from);
    let after_place = PLACES.iter().any(|name| ends_with(signs, place, name));
    let next = signs.get(end).map(|sign| sign.char);
    if next == Some('室') {
        // 3室1厅 is a home's size; after an entrance even 7室 is a room.
        let is_room = ROOM.contains(&len) || (after_place && len < 3);
        let public = PUBLIC.iter().any(|name| ends_with(signs, place, name));
        return (is_room && !public).then_some(end + 1);
    }
    if after_place
        && next == Some('号')
        && len <= 4
        && !follows(signs, end, &["号楼", "号院", "号门", "号线"])
    {
        return Some(end + 1);
    }
    let counted = next.is_some_and(|next| COUNTED.contains(next) || next.is_ascii_alphanumeric());
    if NAMED.iter().any(|name| ends_with(signs, said_before(signs, place), name)) {
        let place_follows = follows(signs, end, &["号楼", "号院", "单元", "门"]);
        return ((2..=4).contains(&len) && !place_follows && !counted).then_some(end);
    }
    if !ROOM.contains(&len) || counted || !possible(signs, from, end) || goes_on(signs, end) {
        return (ROOM.contains(&len) && leads_to_room(signs, end)).then_some(end);
    }
    let is_room = after_place || parts_before(signs, from) || leads_to_room(signs, end);
    is_room.then_some(end)
}

/// Whether it is one of several rooms in a row: 101、103室, 101-105室.
fn leads_to_room(signs: &[Sign], mut end: usize) -> bool {
    const IN_A_ROW: usize = 6;
    for _ in 0..IN_A_ROW {
        let joined = |sign: &Sign| {
            sign.is_gap()
                || sign.is_point()
                || matches!(sign.char, '和' | '与' | '及' | '至' | '到')
        };
        if !signs.get(end).is_some_and(joined) {
            return false;
        }
        let next = end + 1;
        end = next + signs[next..].iter().take(5).take_while(|sign| sign.is_digit()).count();
        if !ROOM.contains(&(end - next)) {
            return false;
        }
        if signs.get(end).is_some_and(|sign| sign.char == '室') {
            return true;
        }
    }
    false
}

/// Whether 3-2- stands before, or 5- after somebody lives.
fn parts_before(signs: &[Sign], from: usize) -> bool {
    let Some(first) = part_before(signs, from) else { return false };
    if part_before(signs, first).is_some() {
        return true;
    }
    LIVES.iter().any(|name| ends_with(signs, first, name))
}

/// Where one or two digits begin that a hyphen joins to what follows.
fn part_before(signs: &[Sign], from: usize) -> Option<usize> {
    let hyphen = from.checked_sub(1)?;
    if !matches!(signs[hyphen].char, '-' | '－' | '—' | '–' | '‐' | '‑') {
        return None;
    }
    let digits = signs[..hyphen].iter().rev().take(3).take_while(|sign| sign.is_digit()).count();
    matches!(digits, 1 | 2).then(|| hyphen - digits)
}

/// Whether a floor and a door can be read from it: 501, 1203; not a round number, a year, or one to call.
fn possible(signs: &[Sign], from: usize, end: usize) -> bool {
    let digits = signs[from..end].iter().filter_map(|sign| sign.digit);
    let number = digits.fold(0_u32, |number, digit| number * 10 + u32::from(digit));
    let door = number % 100;
    (1..=40).contains(&door)
        && number > 100
        && !(1_900..2_100).contains(&number)
        && !CALLED.contains(&number)
}

/// Whether more digits follow a hyphen, a point or a colon, so that it is part of something longer.
fn goes_on(signs: &[Sign], end: usize) -> bool {
    let joined = |sign: &Sign| sign.is_point() || matches!(sign.char, '-' | '－' | '—' | '–');
    signs.get(end).is_some_and(joined) && signs.get(end + 1).is_some_and(Sign::is_digit)
}

/// Before up to two gaps.
fn gap_before(signs: &[Sign], from: usize) -> usize {
    from - signs[..from].iter().rev().take(2).take_while(|sign| sign.is_gap()).count()
}

/// Before a colon, 是 or 为, and the gaps around it.
fn said_before(signs: &[Sign], place: usize) -> usize {
    let said =
        place.checked_sub(1).filter(|at| matches!(signs[*at].char, ':' | '：' | '是' | '为'));
    said.map_or(place, |at| gap_before(signs, at))
}

fn ends_with(signs: &[Sign], end: usize, name: &str) -> bool {
    let mut before = signs[..end].iter().rev().map(|sign| sign.char);
    name.chars().rev().all(|c| before.next() == Some(c))
}

fn follows(signs: &[Sign], at: usize, names: &[&str]) -> bool {
    names.iter().any(|name| {
        let mut after = signs[at..].iter().map(|sign| sign.char);
        name.chars().all(|c| after.next() == Some(c))
    })
}
