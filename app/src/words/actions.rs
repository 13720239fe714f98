//! What was done, in words: the actions of the audit chain.

use super::Lang;

/// Every action by its name in the chain, with its words.
pub const ACTIONS: &[(&str, &str, &str)] = &[
    ("account_close", "注销了账号", "closed the account"),
    ("act_for", "开始代办", "began to act for somebody"),
    ("act_for_stop", "结束代办", "stopped acting for somebody"),
    ("appeal_decide", "决定了一件申诉", "decided on an appeal"),
    ("appeal_file", "申诉", "appealed"),
    ("ballot_cancel", "取消了表决", "cancelled a ballot"),
    ("ballot_cast", "投了一票", "cast a vote"),
    ("ballot_close", "表决结束", "a ballot closed"),
    ("ballot_open", "开始了表决", "opened a ballot"),
    ("community_found", "建立了社区", "founded the community"),
    ("consent_give", "同意了信息说明", "gave consent"),
    ("consent_withdraw", "撤回了同意", "withdrew consent"),
    ("correction_contest", "说一次小改动不是小改动", "contested a correction"),
    ("correction_contest_back", "收回了对小改动的异议", "took a contest back"),
    ("correction_raise", "一次小改动改算改了要做的事", "a correction was found to be a change"),
    ("cosign_add", "附议", "co-signed"),
    ("cosign_keep", "改过以后继续附议", "kept a co-sign of a changed text"),
    ("cosign_leave", "改过以后收回了附议", "took a co-sign of a changed text back"),
    ("cosign_take_back", "收回了附议", "took a co-sign back"),
    ("counter_admit", "在柜台登记了一位邻居", "admitted somebody at the counter"),
    ("courtyard_add", "添了一个小院", "added a courtyard"),
    ("demo_mark", "演示数据就绪", "the demo is ready"),
    ("email_set", "改了收信设置", "changed mail settings"),
    ("entrance_add", "添了一个楼门", "added an entrance"),
    ("entrance_merge", "合并了楼门", "merged two entrances"),
    ("entrance_split", "拆分了楼门", "split an entrance"),
    ("factor_add", "加了第二道验证", "added a second factor"),
    ("factor_remove", "去掉了一种第二道验证", "removed a second factor"),
    ("factor_reset", "清除了第二道验证", "reset a second factor"),
    ("factor_shown", "通过了第二道验证", "showed the second factor"),
    ("follow_add", "关注了一件事", "followed a matter"),
    ("follow_stop", "不再关注", "stopped following"),
    ("follow_up_record", "记下了回访", "recorded a follow-up"),
    ("helper_set", "定了代办人", "set a helper"),
    ("household_add", "添了住户", "added households"),
    ("household_leave", "离开了住户", "left the household"),
    ("household_move_out", "登记一户搬走", "recorded a household moving out"),
    ("join_admit", "让邻居加入了住户", "admitted somebody to a household"),
    ("join_ask", "申请加入", "asked to join"),
    ("join_contest", "对加入提出了异议", "contested an admission"),
    ("join_decline", "没有同意加入", "declined a request"),
    ("join_look", "看了申请里的门牌号", "looked at a request's room"),
    ("join_withdraw", "撤回了申请", "withdrew a request"),
    ("kept_sweep", "到期删除了保留的登记", "deleted kept records that were due"),
    ("key_change", "换了加密的钥匙", "changed the sealing key"),
    ("mail_resend", "重发了一封信", "sent a mail again"),
    ("merge_ask", "提议合并两件提案", "proposed to merge two matters"),
    ("merge_decline", "说了不跟着合并过去", "kept a co-sign out of a merge"),
    ("merge_end", "合并的提议作罢", "a proposed merge ended"),
    ("merge_object", "不同意合并", "objected to a merge"),
    ("names_set", "改了称呼", "changed how they are named"),
    ("opinions_export", "取出了意见数据", "took the opinions out as a file"),
    ("opinions_read", "看了一份意见数据", "looked at a file of opinions"),
    ("own_data_export", "导出了自己的数据", "exported their own data"),
    ("owner_representative_set", "记下了谁代表共有人投票", "recorded who votes for joint owners"),
    ("password_change", "改了密码", "changed the password"),
    ("password_reset", "重设了密码", "reset the password"),
    ("person_admit", "加入了社区", "was admitted"),
    ("person_details_set", "登记了姓名或电话", "recorded name or telephone"),
    ("photo_alt", "改了照片的说明", "changed what is said about a photo"),
    ("photo_first", "换了照片的先后", "put a photo first"),
    ("photo_remove", "拿掉了一张照片", "took a photo away"),
    ("place_end", "撤销了一个地方", "ended a place"),
    ("place_rename", "改了地方的名字", "renamed a place"),
    ("plan_draw", "放上了一张平面图", "put up a plan"),
    ("plan_end", "不再用一张平面图", "ended a plan"),
    ("post_decline", "没有放出一段发言", "did not let a post be shown"),
    ("post_edit", "改了一段发言", "changed a post"),
    ("post_hide", "移除了一段发言", "took a post down"),
    ("post_react", "说了谢谢或有道理", "said a kind word to a post"),
    ("post_release", "放出了一段发言", "let a post be shown"),
    ("post_withdraw", "撤回了自己的发言", "took their own post back"),
    ("post_write", "发了言", "wrote a post"),
    ("recovery_renew", "换了一套恢复码", "renewed recovery codes"),
    ("representative_set", "定了户代表", "named the household's representative"),
    ("removal_catch_up", "把以前移除的话封存起来", "sealed what was removed before"),
    ("removal_make", "移除了一段话", "removed a text"),
    ("removals_purge", "到期删除了移除的原文", "deleted removed texts that were due"),
    ("removed_look", "看了移除的原文", "read a removed text"),
    ("report_dismiss", "答复了反映，没有移除", "answered reports, nothing removed"),
    ("report_file", "反映了一段话", "reported a text"),
    ("reset_ask", "要求重设密码", "asked to reset the password"),
    ("review_give", "作了评价", "reviewed"),
    ("role_end", "结束了职务", "ended a role"),
    ("role_give", "给了职务", "gave a role"),
    ("role_grant", "给了职务", "gave a role"),
    ("roll_check", "核对了一张名册表", "checked a table for the roll"),
    ("roll_drop", "丢弃了一张名册表", "threw a table for the roll away"),
    ("roll_import", "导入了名册", "took in a roll"),
    ("roll_look", "查看了门牌号或联系方式", "looked at the roll"),
    ("roll_sweep", "清掉了用过的名册表", "a used table was deleted"),
    ("roll_undo", "撤销了名册导入", "undid an import"),
    ("session_record", "记录了议事会", "recorded a session"),
    ("settings_change", "改了设置", "changed settings"),
    ("slip_end", "作废了入户条", "ended a slip"),
    ("slip_join", "凭入户条加入", "joined by a slip"),
    ("slip_make", "做了入户条", "made slips"),
    ("slip_print", "打印了入户条", "printed slips"),
    ("slip_reset", "凭纸条重设了密码", "reset a password by a slip"),
    ("statement_answer", "表了态", "answered a sentence"),
    ("statement_decline", "没有放出一句话", "did not show a sentence"),
    ("statement_hide", "移除了一句话", "took a sentence down"),
    ("statement_show", "放出了一句话", "let a sentence be shown"),
    ("statement_write", "写了一句话", "wrote a sentence"),
    ("statements_look", "看了移除的话", "read the sentences that were taken down"),
    ("summary_judge", "说了小结公不公道", "said whether a summary is fair"),
    ("summary_pin", "写了小结", "pinned a summary"),
    ("text_change", "改了一件事的文字", "edited the text of a matter"),
    ("text_decline", "没有换上一次改动", "did not let an edit through"),
    ("text_drop", "拿走了没有换上的改动", "took an edit away"),
    ("text_let_go", "换上了一次改动", "let an edit through"),
    ("text_wait", "交了一次改动，等居委会看", "sent an edit that waits"),
];

/// What was done, in words; the name itself for one without words.
#[must_use]
pub fn action(name: &str, lang: Lang) -> String {
    match ACTIONS.iter().find(|(known, _, _)| *known == name) {
        Some((_, zh, en)) => lang.pick(zh, en).to_owned(),
        None => name.to_owned(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use std::path::Path;

    use super::*;

    /// Names that stand where an action is named in the use cases' source.
    fn written(folder: &Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                written(&path, found);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            let own = text.split("#[cfg(test)]").next().unwrap_or_default();
            for (begin, end) in
                [("action: \"", '"'), ("record_in_txn(", ';'), ("recorded_in_txn(", ';')]
            {
                for part in own.split(begin).skip(1) {
                    let part = part.split(end).next().unwrap_or_default();
                    let named = if end == '"' { Some(part) } else { part.split('"').nth(1) };
                    let is_name = |name: &&str| {
                        name.contains('_')
                            && name.chars().all(|c| c.is_ascii_lowercase() || c == '_')
                    };
                    found.extend(named.filter(is_name).map(str::to_owned));
                }
            }
        }
    }

    #[test]
    fn every_action_has_its_words() {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../service/src");
        let mut found = Vec::new();
        written(&source, &mut found);
        assert!(found.len() > 30, "the source is read: {found:?}");
        let missing: Vec<_> = found
            .iter()
            .filter(|name| !name.starts_with("session_"))
            .filter(|name| !ACTIONS.iter().any(|(known, _, _)| known == &name.as_str()))
            .collect();
        assert!(missing.is_empty(), "without words: {missing:?}");
    }
}
