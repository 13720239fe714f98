//! Who handles a matter.

use crate::named::named_enum;

named_enum! {
    /// The route of a matter to whoever does it.
    Route {
        /// 居民自己办
        ResidentSelf = "resident_self",
        /// 居委会办
        Committee = "committee",
        /// 物业或产权单位办
        PropertyParty = "property_party",
        /// 街道办
        Subdistrict = "subdistrict",
        /// 吹哨: the street office calls the departments together.
        Whistle = "whistle",
        /// 区级部门
        DistrictDept = "district_dept",
        /// 12345: the resident files it, the hall keeps the ticket number.
        Hotline12345 = "hotline_12345",
        /// 法定途径 (courts, arbitration, statutory owners' votes)
        StatutoryChannel = "statutory_channel",
        /// 紧急: 110, 119, 120 or the utility's emergency line, now.
        Emergency = "emergency",
        /// 不属于社区事务
        OutOfScope = "out_of_scope",
    }
}

impl Route {
    /// Whether the hall follows the matter as work of its own; the others are shown their right
    /// way at once and can't be pushed onto a community
    /// (北京市接诉即办工作条例 Art 17).
    #[must_use]
    pub const fn is_work(self) -> bool {
        matches!(
            self,
            Self::ResidentSelf
                | Self::Committee
                | Self::PropertyParty
                | Self::Subdistrict
                | Self::Whistle
                | Self::DistrictDept
                | Self::Hotline12345
        )
    }
}
