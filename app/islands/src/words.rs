//! Filling in the places of a sentence from the catalogue of words.

/// Puts `value` in each place `{name}` of `text`.
pub(crate) fn fill(text: &str, name: &str, value: impl ToString + Copy) -> String {
    let place = ["{", name, "}"].concat();
    text.replace(&place, &value.to_string())
}

#[cfg(test)]
mod tests {
    use super::fill;

    #[test]
    fn each_place_is_filled_and_the_rest_stays() {
        let text = fill("已有 {count} 户，要 {needed} 户", "count", 12);
        assert_eq!(text, "已有 12 户，要 {needed} 户");
        assert_eq!(fill("{n} / {n}", "n", 3_u32), "3 / 3");
        assert_eq!(fill("没有空", "n", 3_u32), "没有空");
    }
}
