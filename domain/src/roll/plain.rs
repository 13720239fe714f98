//! Making typed texts plain: what looks the same is the same.

/// Full-width digits, letters and marks made ASCII, every kind of dash one, what can't be seen left
/// out, runs of white space one space, and none at the ends.
#[must_use]
pub fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut gap = false;
    for c in text.chars() {
        let c = match c {
            '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
            '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '﹣' => '-',
            '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{2069}'
            | '\u{FEFF}' => {
                continue;
            }
            c if c.is_whitespace() => {
                gap = !out.is_empty();
                continue;
            }
            c if c.is_control() => continue,
            c => c,
        };
        if gap {
            out.push(' ');
            gap = false;
        }
        out.push(c);
    }
    out
}

/// The same without any space.
pub(super) fn tight(text: &str) -> String {
    plain(text).chars().filter(|c| *c != ' ').collect()
}

/// The value of a number in Chinese numerals up to ninety-nine: `三`, `十`, `十二`, `二十一`.
pub(super) fn numeral(text: &str) -> Option<u32> {
    let digit =
        |c| "零一二三四五六七八九".chars().position(|d| d == c).and_then(|n| u32::try_from(n).ok());
    let chars: Vec<_> = text.chars().map(|c| if c == '两' { '二' } else { c }).collect();
    match chars.as_slice() {
        ['十'] => Some(10),
        [one] => digit(*one),
        ['十', ones] => digit(*ones).map(|ones| 10 + ones),
        [tens, '十'] => digit(*tens).map(|tens| 10 * tens),
        [tens, '十', ones] => Some(10 * digit(*tens)? + digit(*ones)?),
        _ => None,
    }
}

/// Whether a character can stand in a number in Chinese numerals.
pub(super) const fn is_numeral(c: char) -> bool {
    matches!(c, '一' | '二' | '两' | '三' | '四' | '五' | '六' | '七' | '八' | '九' | '十')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_the_same_is_the_same() {
        for (typed, expected) in [
            ("３号楼２单元１０１", "3号楼2单元101"),
            ("  张\u{3000} 三 ", "张 三"),
            ("３－２－１０１", "3-2-101"),
            ("3—2–101", "3-2-101"),
            ("\u{FEFF}房号\u{200B}", "房号"),
            ("Ａ座", "A座"),
            ("\t\r\n", ""),
        ] {
            assert_eq!(plain(typed), expected, "{typed}");
        }
        assert_eq!(tight(" 张 三 "), "张三");
    }

    #[test]
    fn numerals_up_to_ninety_nine() {
        for (text, value) in [
            ("一", Some(1)),
            ("十", Some(10)),
            ("十二", Some(12)),
            ("二十", Some(20)),
            ("二十一", Some(21)),
            ("两", Some(2)),
            ("一百", None),
            ("", None),
        ] {
            assert_eq!(numeral(text), value, "{text}");
        }
    }
}
