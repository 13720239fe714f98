//! What is covered in a neighbour's text, and what stays.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use domain::mask::{Found, mask, mask_but};
use domain::text::count;
use proptest::prelude::*;

use Found::{IdCard, Phone, Room};

#[test]
fn numbers_that_give_somebody_away_are_covered() {
    let table: &[(&str, &str, &[Found])] = &[
        ("电话13812345678，找我", "电话●●●，找我", &[Phone]),
        ("138 1234 5678", "●●●", &[Phone]),
        ("138-1234-5678晚上打", "●●●晚上打", &[Phone]),
        ("1381234 5678", "●●●", &[Phone]),
        ("１３８１２３４５６７８", "●●●", &[Phone]),
        ("一三八一二三四五六七八", "●●●", &[Phone]),
        ("幺三八 幺二三四 五六七八", "●●●", &[Phone]),
        ("1 3 8 1 2 3 4 5 6 7 8", "●●●", &[Phone]),
        ("138.1234.5678", "●●●", &[Phone]),
        ("138，1234，5678", "●●●", &[Phone]),
        ("①③⑧①②③④⑤⑥⑦⑧", "●●●", &[Phone]),
        ("1\u{200B}3812\u{200B}345678", "●●●", &[Phone]),
        ("1️⃣3️⃣8️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣8️⃣", "●●●", &[Phone]),
        ("+86 13812345678", "+●●●", &[Phone]),
        ("8613812345678", "●●●", &[Phone]),
        ("008613812345678", "●●●", &[Phone]),
        ("013812345678", "●●●", &[Phone]),
        ("微信v13812345678", "微信v●●●", &[Phone]),
        ("010-62345678", "●●●", &[Phone]),
        ("01062345678", "●●●", &[Phone]),
        ("(010)6234 5678", "●●●", &[Phone]),
        ("（0755）2345678", "●●●", &[Phone]),
        ("0311-87654321", "●●●", &[Phone]),
        ("13812345678或13912345678", "●●●或●●●", &[Phone, Phone]),
        ("证号11010519491231002X", "证号●●●", &[IdCard]),
        ("11010519491231002x", "●●●", &[IdCard]),
        ("110105 19491231 002X", "●●●", &[IdCard]),
        ("440524188001010014", "●●●", &[IdCard]),
        ("110105491231002", "●●●", &[IdCard]),
        ("3号楼2单元501", "3号楼2单元●●●", &[Room]),
        ("3号楼2单元 501 的邻居", "3号楼2单元 ●●● 的邻居", &[Room]),
        ("2-501室", "2-●●●", &[Room]),
        ("501室", "●●●", &[Room]),
        ("５０１室", "●●●", &[Room]),
        ("五零一室", "●●●", &[Room]),
        ("5门301", "5门●●●", &[Room]),
        ("三单元五〇一", "三单元●●●", &[Room]),
        ("5单元7号", "5单元●●", &[Room]),
        ("2单元12室漏水", "2单元●●●漏水", &[Room]),
        ("3-2-501", "3-2-●●●", &[Room]),
        ("我住5-301", "我住5-●●●", &[Room]),
        ("A座1203", "A座●●●", &[Room]),
        ("3号楼501", "3号楼●●●", &[Room]),
        ("门牌号：501", "门牌号：●●●", &[Room]),
        ("房号是1203", "房号是●●●", &[Room]),
        ("101、103室", "●●●、●●●", &[Room, Room]),
        ("老王501室13812345678", "老王●●●●●●", &[Room, Phone]),
    ];
    for (text, covered, found) in table {
        let masked = mask(text);
        assert_eq!((masked.text.as_str(), masked.found.as_slice()), (*covered, *found), "{text}");
    }
}

#[test]
fn what_everybody_may_know_stays() {
    for text in [
        "5号楼2单元",
        "5号楼2单元加装电梯",
        "北柳小区3号楼1门门口",
        "7号院",
        "三门楼道",
        "打110、119、120或12345",
        "急救拨120，3号楼120已经来过",
        "法律援助12348，物业热线96156，咨询95598",
        "400-800-1234",
        "4008001234",
        "800 810 1234",
        "2026-11-24",
        "2026年11月24日",
        "20261124",
        "11-24 19:30",
        "19:30到21:00",
        "二〇二六年十一月二十四日",
        "一九四九年",
        "18000元",
        "1,286户，3,120人",
        "1380000元",
        "13812345.67元",
        "车位501个",
        "3号楼2单元共24户",
        "2单元108户",
        "2单元150元一户",
        "2单元301人",
        "3号楼2026年改造",
        "3室1厅",
        "三室一厅",
        "501路公交",
        "第501次会议",
        "501会议室",
        "居委会201室",
        "社区服务站 301室",
        "598/1286",
        "12米、15米、18米",
        "3-5个工作日",
        "1-3-5-7-9-11-13-15号楼",
        "13、15、17、19、21号楼",
        "工单号20261124000123",
        "11010519491331002X",
        "110105194912310021",
        "138123456789",
        "1281234567",
        "12345678901",
        "100%同意，3:1",
        "一门三户，五门七户",
        "1、2、3、4、5、6、7、8、9、10、11",
        "京津冀3.5亿",
    ] {
        let masked = mask(text);
        assert_eq!(masked.text, text);
        assert!(masked.found.is_empty(), "{text}: {:?}", masked.found);
    }
}

#[test]
fn the_communitys_own_telephone_stays() {
    let own = "居委会 010-6234 5678（工作日）";
    for text in ["010-62345678", "01062345678", "(010)6234 5678"] {
        assert_eq!(mask_but(text, own).text, text);
        assert_eq!(mask(text).text, "●●●");
    }
    assert_eq!(mask_but("010-62345679", own).text, "●●●");
    assert_eq!(mask_but("13812345678", "").text, "●●●");
    assert_eq!(mask_but("13812345678", "138 1234 5678").text, "13812345678");
}

/// What a text is likely to be made of that could confuse.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[0-9０-９一二三五〇]{1,12}",
        "[ \\-、，.（）:/]{1,3}",
        Just("号楼".to_owned()),
        Just("单元".to_owned()),
        Just("门".to_owned()),
        Just("室".to_owned()),
        Just("号".to_owned()),
        Just("住".to_owned()),
        Just("门牌号".to_owned()),
        Just("13812345678".to_owned()),
        Just("138 1234 5678".to_owned()),
        Just("010-62345678".to_owned()),
        Just("11010519491231002X".to_owned()),
        Just("●●●".to_owned()),
        Just("👨‍👩‍👧".to_owned()),
        "\\PC{0,4}",
    ];
    proptest::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}

/// A mobile number as people write it.
fn mobile() -> impl Strategy<Value = (String, String)> {
    let gap = prop_oneof![Just(""), Just(" "), Just("-"), Just("　"), Just("—"), Just(" - ")];
    ("1[3-9][0-9]{9}", gap, 0_u8..4).prop_filter_map("no wide gaps", |(digits, gap, form)| {
        let written = [&digits[..3], gap, &digits[3..7], gap, &digits[7..]].concat();
        let of = |zero: u32| {
            let c = |c: char| match c.to_digit(10) {
                Some(digit) => char::from_u32(zero + digit),
                None => Some(c),
            };
            written.chars().filter_map(c).collect::<String>()
        };
        let written = match form {
            0 | 1 => written.clone(),
            2 => of(u32::from('０')),
            _ => of(0x1D7CE),
        };
        (gap.chars().count() <= 2).then_some((digits, written))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn twice_is_once_and_never_longer(text in pieces()) {
        let once = mask(&text);
        let twice = mask(&once.text);
        prop_assert_eq!(&twice.text, &once.text);
        prop_assert!(twice.found.is_empty());
        prop_assert!(count(&once.text) <= count(&text), "{} of {}", once.text, text);
        prop_assert_eq!(once.found.is_empty(), once.text == text);
    }

    #[test]
    fn nothing_is_left_of_a_mobile_number(
        (digits, written) in mobile(),
        before in "[甲乙丙，。 ]{0,5}",
        after in "[甲乙丙，。 ]{0,5}",
    ) {
        let masked = mask(&format!("{before}{written}{after}"));
        prop_assert!(!masked.text.chars().any(char::is_numeric), "{digits}: {}", masked.text);
        prop_assert_eq!(masked.found, vec![Phone]);
    }
}

#[test]
fn a_long_text_of_the_worst_kinds_comes_to_an_end() {
    // Bounded look-ahead: a square of a hundred thousand signs would keep the whole run waiting.
    for (worst, changes) in [("1 3 ", true), ("3-2-", true), ("门牌号：", false), ("(010)", false)]
    {
        let text = worst.repeat(100_000);
        let masked = mask(&text);
        assert!(masked.text.len() <= text.len(), "{worst}");
        assert!(changes || masked.text == text, "{worst}");
    }
}
