//! Words of the list of communities.

use super::words;

words! {
    /// The list of communities.
    CommunitiesWords {
        title: "各社区的议事厅" / "The communities' halls",
        lead: "谁都能看。按开通的先后排列，不排名次；数的是事，不是人。" / "Anyone may read. In the order in which they began, without any ranking; matters are counted, never people.",
        name: "社区" / "Community",
        talking: "正在议" / "In talk",
        doing: "正在办" / "Being done",
        done: "今年办好" / "Done this year",
        overdue: "逾期" / "Overdue",
        sum: "合计" / "Sum",
        here: "您在看的" / "you are here",
        foot: "各社区的议事厅" / "All communities",
    }
}
