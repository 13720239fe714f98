//! What a matter is about.

use crate::named::named_enum;

named_enum! {
    /// The categories of a community's matters; a community may hide some in its settings.
    Category {
        /// 停车
        Parking = "parking",
        /// 加装电梯
        Lift = "lift",
        /// 垃圾分类
        Waste = "waste",
        /// 楼道堆物
        Corridor = "corridor",
        /// 电动车充电与消防
        ChargingFire = "charging_fire",
        /// 绿化
        Greening = "greening",
        /// 适老化
        Ageing = "ageing",
        /// 照明道路
        LightingRoads = "lighting_roads",
        /// 养犬
        Dogs = "dogs",
        /// 噪声
        Noise = "noise",
        /// 公厕
        Toilets = "toilets",
        /// 架空线
        OverheadLines = "overhead_lines",
        /// 公共空间
        PublicSpace = "public_space",
        /// 便民服务
        Services = "services",
        /// 文体儿童
        CultureChildren = "culture_children",
        /// 物业
        Property = "property",
        /// 公约
        Covenant = "covenant",
        /// 其他
        Other = "other",
    }
}
