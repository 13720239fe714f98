//! Words of photos and plans.

use super::words;

words! {
    /// Photos and plans.
    PhotoWords {
        // Choosing photos.
        label: "照片" / "Photos",
        hint: "拍清楚地方就行，最多 {max} 张。别把人脸、车牌、门牌号拍进来。拍摄时间和位置会自动去掉。" / "Show the place, at most {max}. Leave out faces, number plates and room numbers. Time and position are taken out by themselves.",
        add: "拍照或选照片" / "Take or choose photos",
        send: "先把选好的照片传上来" / "Send the chosen photos first",
        full: "已经有 {max} 张了。想换一张，先拿掉一张。" / "There are {max} already. Take one away to add another.",
        alt: "照片里是什么？看不见的邻居也能知道" / "What is on it? For neighbours who can't see it",
        remove: "拿掉这张" / "Take it away",
        nth: "照片 {n}" / "Photo {n}",
        // While they are on their way.
        waiting: "等着传：{name}" / "Waiting: {name}",
        sending: "正在传：{name}" / "On its way: {name}",
        offline: "网断了。{name} 还在这里，有网了会自己传。" / "No connection. {name} is still here and will be sent when there is one.",
        failed: "没传上来：{name}。" / "Not sent: {name}.",
        try_again: "再试一次" / "Try again",
        drop: "不要这张" / "Leave it out",
        hold: "还有照片没传完。传完再交，或者点“不要这张”。写的都在。" / "Some photos are not sent yet. Wait for them, or leave them out. Nothing is lost.",
        stuck: "没拿掉，请再按一次。" / "It wasn't taken away; please press again.",
        // Problems.
        p_empty: "这个文件是空的，请换一张" / "This file is empty; please choose another",
        p_bytes: "这张照片超过 20 MB。请在手机里把它改小，或者截个图再传" / "This photo has over 20 MB. Please make it smaller, or take a screenshot of it",
        p_heic: "这是苹果或新手机的 HEIC 格式，很多邻居打不开。请在手机“设置 → 相机 → 格式”里选“兼容性最佳”再拍，或者在这里点“拍照”现拍一张" / "This is HEIC, which many neighbours can't open. In the phone's Settings → Camera → Formats choose Most Compatible and take it again, or take it right here",
        p_format: "这个文件不是照片。请选 JPG、PNG 或 WebP 格式的照片" / "This is no photo. Please choose a JPG, PNG or WebP",
        p_pixels: "这张照片太大了，长和宽都不能超过 12000 个点。请改小了再传" / "This photo is too large: at most 12,000 pixels each way. Please make it smaller",
        p_broken: "这张照片没传完整，打不开。请再选一次" / "This photo is cut off and can't be opened. Please choose it again",
        p_many: "最多 {max} 张。先传上来的都在" / "At most {max}. Those sent before are kept",
        // Showing them.
        photos: "照片" / "Photos",
        open: "看大图：{alt}" / "Open: {alt}",
        // The pin.
        pin_label: "在图上指一下" / "Point at it on the plan",
        pin_hint: "点一下图上的位置。不指也行。" / "Tap the place on the plan. You may leave it out.",
        pin_keys: "也可以用方向键挪：一次挪百分之一，按住 Shift 一次挪百分之五。" / "Or move it by the arrow keys: one per cent at a time, five with Shift.",
        pin_plan: "哪张图" / "Which plan",
        pin_none: "不用图" / "No plan",
        pin_show: "看这张图" / "Show this plan",
        pin_picture: "点这里指位置：{name}" / "Point here: {name}",
        pin_left: "从左边数，百分之几" / "From the left, per cent",
        pin_top: "从上边数，百分之几" / "From the top, per cent",
        pin_at: "离左边 {x} %，离上边 {y} %" / "{x} % from the left, {y} % from the top",
        pin_clear: "去掉标记" / "Remove the pin",
        pin_where: "在图上的位置" / "Where it is on the plan",
        pin_text: "{name}：标记在从左边数百分之 {x}、从上边数百分之 {y} 的地方" / "{name}: the pin is {x} % from the left and {y} % from the top",
        // The committee's plans.
        nav: "平面图" / "Plans",
        plans_title: "平面图" / "Plans",
        plans_lead: "把社区或小院的平面图放上来，邻居提事情时就能在图上指一下。手画的、物业给的都行，别带门牌号。" / "Put up plans of the community or of a courtyard, so that neighbours can point at a place. A drawing by hand will do; leave out room numbers.",
        plans_now: "正在用的" / "In use",
        plans_none: "还没有平面图。放上一张，提事情的表格里就会出现。" / "There is none yet. Put one up, and the form shows it.",
        plan_add: "放上一张" / "Put one up",
        plan_name: "图的名字" / "Its name",
        plan_name_hint: "比如“北柳小区东半边”，最多 30 个字。" / "For example “North Willow, east side”; at most 30 characters.",
        plan_place: "画的是哪里" / "What it shows",
        plan_all: "整个社区" / "The whole community",
        plan_file: "图片" / "The picture",
        plan_file_hint: "JPG、PNG 或 WebP，20 MB 以内。" / "JPG, PNG or WebP, at most 20 MB.",
        plan_go: "放上去" / "Put it up",
        plan_end: "不再用这张" / "Stop using it",
        plan_end_hint: "已经在上面指过的位置还看得见。" / "Pins that are set on it can still be seen.",
    }
}
