//! The forum of a matter: what a post is to its readers, and what they can say to it in one tap.

use crate::named::named_enum;

named_enum! {
    /// Whether a post can be read.
    PostState {
        /// Everyone reads it.
        Shown = "shown",
        /// Somebody looks first: its author and those who moderate read it.
        Waiting = "waiting",
        /// Several households reported it: as with `Waiting`, until somebody has looked.
        Folded = "folded",
        /// 已移除: its text is in the record of the removal alone.
        Removed = "removed",
        /// 没有通过: never shown; its author reads why.
        Declined = "declined",
    }
}

named_enum! {
    /// The only reactions.
    Reaction {
        /// 谢谢
        Thanks = "thanks",
        /// 有道理
        Reason = "reason",
    }
}

named_enum! {
    /// In which order posts stand.
    Order {
        /// By time, the newest first.
        Time = "time",
        /// By balance: the strongest of each stance side by side.
        Balance = "balance",
    }
}
