//! Trackers, choices, papers, receipts and the frozen electorate.
#![allow(clippy::unwrap_used, reason = "tests")]

use domain::ballot::{
    Approvals, Choice, ChoiceError, Electorate, ElectorateError, Paper, Receipt, ReceiptError,
    Tracker,
};
use domain::ids::BallotNumber;
use ed25519_dalek::SigningKey;

fn tracker() -> Tracker {
    Tracker::from_random([0x3f, 0x2a, 0x91, 0xbc, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 255])
}

const TEXT: &str = "3f2a-91bc-0001-0203-0405-0607-0809-0aff";

fn approve(ids: &[&str]) -> Choice {
    Choice::Approve(Approvals::new(ids.iter().map(|id| (*id).to_owned())).unwrap())
}

#[test]
fn trackers_have_one_text_and_are_read_off_a_slip() {
    assert_eq!(tracker().to_string(), TEXT);
    assert_eq!(TEXT.parse(), Ok(tracker()));
    for typed in
        ["3F2A-91BC-0001-0203-0405-0607-0809-0AFF", " 3f2a91bc 00010203 04050607 08090aff\n"]
    {
        assert_eq!(Tracker::read(typed), Ok(tracker()), "{typed}");
        typed.parse::<Tracker>().unwrap_err();
    }
    for wrong in ["", "3f2a", &TEXT[1..], &TEXT.replace('f', "g"), &format!("{TEXT}-00"), "三f2a"]
    {
        Tracker::read(wrong).unwrap_err();
    }
}

#[test]
fn choices_in_json_and_in_forms() {
    let table = [
        (Choice::Yes, r#""yes""#),
        (Choice::No, r#""no""#),
        (Choice::Abstain, r#""abstain""#),
        (approve(&["b", "a"]), r#"{"approve":["a","b"]}"#),
        (approve(&[]), r#"{"approve":[]}"#),
    ];
    for (choice, json) in table {
        assert_eq!(serde_json::to_string(&choice).unwrap(), json);
        assert_eq!(serde_json::from_str::<Choice>(json).unwrap(), choice);
    }
    for wrong in [
        r#""maybe""#,
        r#""Yes""#,
        r#"{"approve":["b","a"]}"#,
        r#"{"approve":["a","a"]}"#,
        r#"{"yes":1}"#,
    ] {
        assert!(serde_json::from_str::<Choice>(wrong).is_err(), "{wrong}");
    }
    for choice in Choice::PLAIN {
        assert_eq!(choice.as_str().parse(), Ok(choice));
    }
    assert_eq!("approve".parse::<Choice>(), Err(ChoiceError::Unknown("approve".to_owned())));
    let twice = Approvals::new(["a".to_owned(), "b".to_owned(), "a".to_owned()]);
    assert_eq!(twice, Err(ChoiceError::Twice("a".to_owned())));
}

#[test]
fn a_papers_bytes_stay_as_they_are() {
    // Written out from the description of `Paper::to_bytes`: published results outlive versions.
    let head = concat!(
        "0000000000000011",
        "7869616f7975616e2f70617065722f7631", // 17, "xiaoyuan/paper/v1"
        "0000000000000007",
        "3f2a91bc000102030405060708090aff",
    );
    let bytes =
        |choice| hex::encode(Paper { tracker: tracker(), choice }.to_bytes(BallotNumber(7)));
    assert_eq!(bytes(Choice::Yes), format!("{head}00"));
    assert_eq!(bytes(Choice::No), format!("{head}01"));
    assert_eq!(bytes(Choice::Abstain), format!("{head}02"));
    assert_eq!(bytes(approve(&[])), format!("{head}030000000000000000"));
    let two = "0300000000000000020000000000000001610000000000000002626f";
    assert_eq!(bytes(approve(&["bo", "a"])), format!("{head}{two}"));
}

#[test]
fn papers_that_differ_have_other_leaves() {
    let paper = |choice| Paper { tracker: tracker(), choice };
    let mut leaves = vec![paper(Choice::Yes).leaf(BallotNumber(8))];
    for choice in [Choice::Yes, Choice::No, approve(&["ab"]), approve(&["a", "b"]), approve(&[])] {
        leaves.push(paper(choice).leaf(BallotNumber(7)));
    }
    let all = leaves.len();
    leaves.sort();
    leaves.dedup();
    assert_eq!(leaves.len(), all);
}

#[test]
fn a_receipt_proves_its_paper_and_nothing_else() {
    let key = SigningKey::from_bytes(&[7; 32]);
    let receipt = Receipt::issue(&key, BallotNumber(7), tracker());
    assert_eq!(receipt.verify(&key.verifying_key()), Ok(()));

    let text = receipt.to_string();
    assert!(text.starts_with(&format!("xiaoyuan-receipt/1 7 {TEXT} ")), "{text}");
    assert_eq!(text.parse(), Ok(receipt));

    let other_key = SigningKey::from_bytes(&[8; 32]).verifying_key();
    assert_eq!(receipt.verify(&other_key), Err(ReceiptError::BadSignature));
    let mut other = receipt;
    other.ballot = BallotNumber(8);
    assert_eq!(other.verify(&key.verifying_key()), Err(ReceiptError::BadSignature));

    // No character of the text can be another one.
    for (index, byte) in text.bytes().enumerate() {
        let mut changed = text.clone().into_bytes();
        changed[index] = if byte == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        let taken =
            changed.parse::<Receipt>().is_ok_and(|r| r.verify(&key.verifying_key()).is_ok());
        assert!(!taken, "{changed}");
    }
}

#[test]
fn an_electorate_is_the_same_in_any_order() {
    let freeze = |keys: &[&str]| Electorate::freeze(keys.iter().map(|key| (*key).to_owned()));
    let electorate = freeze(&["h:3", "h:1", "h:20"]).unwrap();
    assert_eq!(electorate, freeze(&["h:20", "h:3", "h:1"]).unwrap());
    assert_eq!((electorate.count(), electorate.keys().len()), (3, 3));
    assert!(electorate.contains("h:20") && !electorate.contains("h:2"));

    let digest = electorate.digest();
    for other in [
        &["h:3", "h:1"][..],
        &["h:3", "h:1", "h:21"],
        &["h:3h:1", "h:20"],
        &["h:3", "h:1", "h:2", "0"],
    ] {
        assert_ne!(freeze(other).unwrap().digest(), digest, "{other:?}");
    }
    assert_eq!(freeze(&[]), Err(ElectorateError::Empty));
    assert_eq!(freeze(&["h:1", " "]), Err(ElectorateError::BlankKey));
    assert_eq!(freeze(&["h:1", "h:2", "h:1"]), Err(ElectorateError::Twice("h:1".to_owned())));
}

#[test]
fn an_electorates_digest_stays_as_it_is() {
    // Worked out from the description of `Electorate::digest` by a separate program.
    let electorate = Electorate::freeze(["h:2".to_owned(), "h:10".to_owned()]).unwrap();
    assert_eq!(
        electorate.digest().to_string(),
        "bb387dbfee806c18d41fd1eeafa8334d796ed2288e58d52947b814bd140f1cde"
    );
}
