//! Filling in the places of a sentence from the catalogue of words.

/// Makes the words of an island, which travel to the browser as a plain list in their order: one reader of lists
/// serves them all, where a reader for each would be a noticeable part of the browser's half.
macro_rules! words {
    ($(#[$doc:meta])* pub struct $name:ident { $($(#[$about:meta])* pub $field:ident: String,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[serde(from = "Vec<String>", into = "Vec<String>")]
        pub struct $name {
            $($(#[$about])* pub $field: String,)+
        }

        impl From<Vec<String>> for $name {
            fn from(list: Vec<String>) -> Self {
                let mut list = list.into_iter();
                // In the order in which they are written here.
                Self { $($field: list.next().unwrap_or_default(),)+ }
            }
        }

        impl From<$name> for Vec<String> {
            fn from(words: $name) -> Self {
                vec![$(words.$field,)+]
            }
        }
    };
}
pub(crate) use words;

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
