//! Words of the page in an export of one's own data: the parts, their columns, and some values.

use super::Lang;

/// (part, zh-CN, en).
const PARTS: &[(&str, &str, &str)] = &[
    ("person", "账号", "Account"),
    ("household", "我家", "Household"),
    ("role_grant", "职务", "Roles"),
    ("consent", "同意", "Consents"),
    ("session", "登录着的设备", "Signed-in devices"),
    ("totp", "验证器应用", "Authenticator app"),
    ("passkey", "通行密钥", "Passkeys"),
    ("recovery_code", "备用码（用过的时间）", "Recovery codes (when used)"),
    ("reset", "用邮件重设密码", "Password resets by mail"),
    ("proposal", "我提的事", "Matters raised"),
    ("step", "我办的步骤", "Steps taken"),
    ("post", "我说的话", "Posts"),
    ("summary", "我写的小结", "Summaries"),
    ("cosign", "附议", "Co-signs"),
    ("elector", "投票（投了什么没有人知道）", "Votes (nobody knows what was voted)"),
    ("review", "评价", "Reviews"),
    ("follow", "关注", "Matters followed"),
    ("mail", "发给我的邮件", "Mails"),
    ("join_request", "申请加入", "Requests to join"),
    ("vouch", "我担保、同意加入的", "Admissions that I vouched for or agreed to"),
    ("slip", "用过的入户条", "Slips used"),
    ("helped", "我帮的人", "Whom I help"),
    ("owner", "业主登记", "Ownership"),
    ("council_session", "我记的议事会", "Sessions recorded"),
    ("ballot", "我发起的投票", "Ballots opened"),
    ("audit", "改动的记录", "Record of changes"),
];

/// (column, zh-CN, en).
const COLUMNS: &[(&str, &str, &str)] = &[
    ("id", "编号", "Number"),
    ("sign_in_name", "登录名", "Sign-in name"),
    ("nickname", "昵称", "Nickname"),
    ("shown_as", "邻居看到", "Shown as"),
    ("real_name", "真实姓名", "Real name"),
    ("name", "姓名", "Name"),
    ("phone", "电话", "Telephone"),
    ("email", "邮箱", "Email"),
    ("language", "语言", "Language"),
    ("created_at", "开始", "Made"),
    ("came_by", "怎么加入的", "Came by"),
    ("adult_at", "声明满 18 岁", "Declared to be 18"),
    ("consent_version", "同意的版本", "Consent version"),
    ("community", "社区", "Community"),
    ("has_password", "设了密码", "Has a password"),
    ("helper", "代办人", "Helper"),
    ("courtyard", "院", "Courtyard"),
    ("entrance", "楼门", "Entrance"),
    ("room", "房号", "Room"),
    ("represented_by_me", "我是户代表", "I represent it"),
    ("role", "职务", "Role"),
    ("scope_kind", "范围", "Scope"),
    ("granted_at", "担任起", "Given"),
    ("until", "到", "Until"),
    ("version", "版本", "Version"),
    ("given_at", "同意", "Given"),
    ("withdrawn_at", "撤回", "Withdrawn"),
    ("by_helper", "代办人经手", "By a helper"),
    ("agent", "浏览器", "Browser"),
    ("seen_at", "最近用过", "Last used"),
    ("expires_at", "到期", "Ends"),
    ("factor_at", "第二道验证", "Second factor"),
    ("confirmed_at", "设好", "Set up"),
    ("label", "名字", "Name"),
    ("used_at", "用过", "Used"),
    ("number", "第几号", "No."),
    ("title", "事", "Matter"),
    ("situation", "现状", "Situation"),
    ("suggestion", "建议", "Suggestion"),
    ("category", "类别", "Category"),
    ("spot", "地点", "Spot"),
    ("willing", "愿意出力", "Willing to help"),
    ("on_behalf", "替谁提", "On behalf of"),
    ("state", "状态", "State"),
    ("published_at", "公开", "Published"),
    ("updated_at", "更新", "Updated"),
    ("kind", "种类", "Kind"),
    ("at", "时间", "When"),
    ("actor_role", "身份", "As"),
    ("author_role", "身份", "As"),
    ("reason", "理由", "Reason"),
    ("stance", "立场", "Stance"),
    ("body", "内容", "Text"),
    ("hidden_at", "被收起", "Taken down"),
    ("hidden_reason", "收起的理由", "Why"),
    ("for_points", "赞成的理由", "For"),
    ("against_points", "反对的理由", "Against"),
    ("agreed", "大家同意的", "Agreed"),
    ("open_points", "还没定的", "Open"),
    ("question", "问题", "Question"),
    ("opens_at", "开始", "Opens"),
    ("closes_at", "截止", "Closes"),
    ("cast_by", "怎么投的", "Cast by"),
    ("round", "第几次", "Round"),
    ("solved", "解决了", "Solved"),
    ("satisfaction", "满意度", "Satisfaction"),
    ("words", "说明", "Words"),
    ("stopped_at", "停止", "Stopped"),
    ("address", "寄到", "Sent to"),
    ("attempts", "试了几次", "Tries"),
    ("last_error", "对方的回答", "Answer"),
    ("sent_at", "寄出", "Sent"),
    ("way", "方式", "Way"),
    ("decided_at", "决定", "Decided"),
    ("contested_at", "有异议", "Contested"),
    ("contest_reason", "异议的理由", "Why contested"),
    ("purpose", "用途", "For"),
    ("ended_at", "作废", "Ended"),
    ("area", "面积（0.01 平方米）", "Area (0.01 m²)"),
    ("held_on", "日期", "Day"),
    ("attendees", "人数", "Attendees"),
    ("minutes", "纪要", "Minutes"),
    ("action", "做了什么", "What"),
    ("actor", "谁做的", "By"),
];

/// (value, zh-CN, en), for those that stand for a word.
const VALUES: &[(&str, &str, &str)] = &[
    ("yes", "是", "yes"),
    ("no", "否", "no"),
    ("me", "我", "me"),
    ("my helper", "代办人", "my helper"),
    ("others", "别人", "others"),
    ("none", "没有投", "not cast"),
    ("web", "网上", "online"),
    ("paper", "纸票", "on paper"),
    ("assisted", "有人帮忙", "with help"),
    ("for", "赞成", "for"),
    ("against", "反对", "against"),
    ("addition", "补充", "addition"),
    ("satisfied", "满意", "satisfied"),
    ("fairly_satisfied", "基本满意", "fairly satisfied"),
    ("dissatisfied", "不满意", "dissatisfied"),
    ("community", "社区", "community"),
    ("slip", "入户条", "slip"),
    ("household", "家里人同意", "household"),
    ("vouch", "担保", "vouched for"),
    ("counter", "居委会柜台", "counter"),
    ("waiting", "等着", "waiting"),
    ("sent", "寄出了", "sent"),
    ("admitted", "加入了", "admitted"),
    ("nickname", "昵称", "nickname"),
    ("entrance", "楼门", "entrance"),
    ("courtyard", "院", "courtyard"),
];

fn find(list: &'static [(&str, &str, &str)], name: &str, lang: Lang) -> Option<&'static str> {
    list.iter().find(|(known, ..)| *known == name).map(|(_, zh, en)| lang.pick(zh, en))
}

/// A part's title; `None` for one that has none.
#[must_use]
pub fn part(name: &str, lang: Lang) -> Option<&'static str> {
    find(PARTS, name, lang)
}

/// A column's title; `None` for one that has none.
#[must_use]
pub fn column(name: &str, lang: Lang) -> Option<&'static str> {
    find(COLUMNS, name, lang)
}

/// The word for which a stored value stands, if it is one.
#[must_use]
pub fn value(stored: &str, lang: Lang) -> Option<&'static str> {
    find(VALUES, stored, lang)
}
