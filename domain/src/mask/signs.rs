//! A text as signs: each a character with what hangs on it, and the digit that it is read as.

/// A character and the marks that hang on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sign {
    /// Byte at which it begins.
    pub(super) at: usize,
    /// The character.
    pub(super) char: char,
    /// What it is read as, if a digit.
    pub(super) digit: Option<u8>,
}

impl Sign {
    /// Whether it is read as a digit.
    pub(super) const fn is_digit(&self) -> bool {
        self.digit.is_some()
    }

    /// Whether it may stand between the groups of any number.
    pub(super) fn is_gap(&self) -> bool {
        self.char.is_whitespace()
            || matches!(
                self.char,
                '-' | '－' | '—' | '–' | '‐' | '‑' | '―' | '_' | '(' | ')' | '（' | '）'
            )
    }

    /// Whether it stands between the groups of a number only where they are the usual ones: between other
    /// numbers it means something else.
    pub(super) const fn is_point(&self) -> bool {
        matches!(self.char, '.' | '·' | '・' | ',' | '，' | '、' | '/' | '*' | '~' | '～')
    }
}

/// What shows nothing of its own: it belongs to the character before it, so that no mark is torn off, and a
/// number is found through what can't be seen.
const fn hangs(c: char) -> bool {
    matches!(
        c,
        '\u{300}'..='\u{36F}'
            | '\u{AD}'
            | '\u{200B}'..='\u{200F}'
            | '\u{2060}'..='\u{2064}'
            | '\u{20D0}'..='\u{20FF}'
            | '\u{FE00}'..='\u{FE0F}'
            | '\u{FEFF}'
            | '\u{E0100}'..='\u{E01EF}'
    )
}

/// The signs of a text.
pub(super) fn signs(text: &str) -> Vec<Sign> {
    let mut signs: Vec<Sign> = Vec::with_capacity(text.len() / 3 + 1);
    for (at, char) in text.char_indices() {
        if signs.is_empty() || !hangs(char) {
            signs.push(Sign { at, char, digit: digit(char) });
        }
    }
    signs
}

/// 0 to 9 as people write them: in ASCII, full width, Chinese (小写 and 大写), in circles, and in the bold and
/// other forms that are used to look unlike digits.
fn digit(c: char) -> Option<u8> {
    const RANGES: [(char, u32); 9] =
        [('0', 0), ('０', 0), ('①', 1), ('⓵', 1), ('❶', 1), ('➀', 1), ('➊', 1), ('⑴', 1), ('⒈', 1)];
    let value = match c {
        '零' | '〇' | '○' | '⓪' => 0,
        '一' | '壹' | '幺' => 1,
        '二' | '贰' => 2,
        '三' | '叁' => 3,
        '四' | '肆' => 4,
        '五' | '伍' => 5,
        '六' | '陆' => 6,
        '七' | '柒' => 7,
        '八' | '捌' => 8,
        '九' | '玖' => 9,
        // MATHEMATICAL BOLD DIGIT ZERO and its kin, five forms of ten.
        '\u{1D7CE}'..='\u{1D7FF}' => (u32::from(c) - 0x1D7CE) % 10,
        c => {
            let of = |(first, value): &(char, u32)| {
                let after = u32::from(c).checked_sub(u32::from(*first))?;
                (after + value < 10).then_some(after + value)
            };
            RANGES.iter().find_map(of)?
        }
    };
    u8::try_from(value).ok()
}
