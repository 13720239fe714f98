//! What those who reported, wrote, moderate and oversee see of reports and removals.

mod case;
mod removed;

pub use case::{
    CaseView, DeskReports, OpenReport, OwnReport, ReportedLine, Settled, WaitingPost, case_view,
    desk_reports, own_reports, report_view,
};
pub use removed::{AppealView, RemovedLine, appeal_view, desk_removed, own_removed, text_removal};
