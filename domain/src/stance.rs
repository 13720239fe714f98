//! How a post stands to its matter: for or against is said first, then why (议事规则).

use crate::named::named_enum;

named_enum! {
    /// A post's stance.
    Stance {
        /// 赞成
        For = "for",
        /// 反对
        Against = "against",
        /// 提问
        Question = "question",
        /// 补充
        Addition = "addition",
    }
}
