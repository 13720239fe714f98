//! A published result: built, verified, and refused once anything in it is changed.
#![allow(clippy::unwrap_used, reason = "tests")]

use domain::ballot::{Approvals, BallotKind, Choice, Electorate, Outcome, Paper, Receipt, Tracker};
use domain::ids::BallotNumber;
use domain::merkle::Digest;
use domain::result_file::{
    BuildError, CastCounts, CheckName, ElectorateNote, ProjectTerms, PublicKeyText,
    ReceiptCheckError, RecountError, ResultFile, ResultParts, Terms, VerifyError,
};
use domain::time::Timestamp;
use ed25519_dalek::{Signer as _, SigningKey};
use proptest::prelude::*;

const BALLOT: BallotNumber = BallotNumber(7);

fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

/// A tracker that stands in for a random one.
fn tracker(n: u8) -> Tracker {
    let mut bytes = [n.wrapping_mul(37); 16];
    bytes[15] = n;
    Tracker::from_random(bytes)
}

fn papers(yes: u8, no: u8, abstain: u8) -> Vec<Paper> {
    let choices = [(Choice::Yes, yes), (Choice::No, no), (Choice::Abstain, abstain)];
    let choices = choices.into_iter().flat_map(|(choice, n)| (0..n).map(move |_| choice.clone()));
    choices.enumerate().map(|(n, choice)| Paper { tracker: tracker(n as u8), choice }).collect()
}

fn parts(kind: BallotKind, members: u64, papers: Vec<Paper>) -> ResultParts {
    let electorate = Electorate::freeze((0..members).map(|n| format!("household:{n}"))).unwrap();
    ResultParts {
        community: "枣树湾社区".to_owned(),
        ballot: BALLOT,
        question: "夜间错峰停车,\"试行\"三个月?".to_owned(),
        kind,
        terms: None,
        opened_at: Timestamp(1_770_000_000_000),
        closed_at: Timestamp(1_770_600_000_000),
        electorate: ElectorateNote { count: electorate.count(), digest: electorate.digest() },
        cast: CastCounts { web: papers.len() as u64 - 2, paper: 1, assisted: 1 },
        papers,
        audit_head: Digest([0xab; 32]),
    }
}

fn households() -> ResultFile {
    ResultFile::build(parts(BallotKind::ResidentsByHousehold, 12, papers(5, 2, 1)), &key()).unwrap()
}

fn selection_parts() -> ResultParts {
    let approve = |n, ids: &[&str]| Paper {
        tracker: tracker(n),
        choice: Choice::Approve(Approvals::new(ids.iter().map(|id| (*id).to_owned())).unwrap()),
    };
    let papers = vec![
        approve(1, &["lamp", "bench"]),
        approve(2, &["bench"]),
        approve(3, &[]),
        Paper { tracker: tracker(4), choice: Choice::Abstain },
    ];
    let project = |id: &str, cost| ProjectTerms { id: id.to_owned(), cost };
    let projects = vec![project("lamp", 700), project("bench", 400), project("sand", 100)];
    ResultParts {
        terms: Some(Terms::Selection { quorum: 3, fund: 1_000, projects }),
        ..parts(BallotKind::ProjectSelection, 9, papers)
    }
}

fn selection() -> ResultFile {
    ResultFile::build(selection_parts(), &key()).unwrap()
}

/// What a dishonest server would do after a change: sign the file anew with the true key.
fn sign_anew(mut file: ResultFile) -> ResultFile {
    file.signature = None;
    let mut bytes = b"xiaoyuan/result/v1\0".to_vec();
    bytes.extend(serde_json::to_vec(&file).unwrap());
    file.signature = Some(domain::result_file::SignatureText(key().sign(&bytes).to_bytes()));
    file
}

fn refused(change: impl FnOnce(&mut ResultFile)) -> VerifyError {
    let mut file = households();
    change(&mut file);
    sign_anew(file).verify(None).unwrap_err()
}

#[test]
fn a_result_verifies_and_says_what_was_checked() {
    let file = households();
    assert_eq!(file.outcome, Outcome { participated: 8, quorum: 7, valid: true, passed: true });
    let report = file.verify(Some(&key().verifying_key())).unwrap();
    assert!(report.key_trusted);
    let names: Vec<_> = report.checks.iter().map(|check| check.name).collect();
    assert_eq!(
        names,
        [
            CheckName::Format,
            CheckName::Times,
            CheckName::Papers,
            CheckName::Electorate,
            CheckName::Cast,
            CheckName::Counts,
            CheckName::Outcome,
            CheckName::Source,
            CheckName::Root,
            CheckName::Key,
            CheckName::Signature,
        ]
    );
    let printed = report.to_string();
    for found in [
        "8 papers",
        "12 could vote",
        "6 on the web",
        "yes 5, no 2, abstain 1",
        "quorum 7: valid, passed",
    ] {
        assert!(printed.contains(found), "{printed}");
    }
    assert!(!file.verify(None).unwrap().key_trusted);
    assert_eq!(sign_anew(file.clone()), file, "what is signed is as described");
}

#[test]
fn the_file_is_json_that_may_be_indented() {
    for file in [households(), selection()] {
        let text = file.to_json().unwrap();
        assert_eq!(ResultFile::read(&text).unwrap(), file);
        let indented = serde_json::to_string_pretty(&file).unwrap();
        let read = ResultFile::read(&format!("\u{feff}{indented}\n")).unwrap();
        read.verify(Some(&key().verifying_key())).unwrap();
    }
    let text = households().to_json().unwrap();
    assert!(
        text.starts_with(
            r#"{"format":"xiaoyuan-result/1","community":"枣树湾社区","ballot":7,"question":"#
        ),
        "{text}"
    );
    assert!(
        text.contains(r#""source":{"code":"residents_committee_law_26_27","zh":"《"#),
        "{text}"
    );
    let twice = text.replacen("{\"format\"", "{\"ballot\":7,\"format\"", 1);
    assert!(ResultFile::read(&twice).unwrap_err().to_string().contains("duplicate field `ballot`"));
    let more = text.replacen("{\"format\"", "{\"winner\":7,\"format\"", 1);
    assert!(ResultFile::read(&more).unwrap_err().to_string().contains("unknown field `winner`"));
}

#[test]
fn no_byte_of_the_file_can_be_another_one() {
    for file in [households(), selection()] {
        let text = file.to_json().unwrap().into_bytes();
        for index in 0..text.len() {
            for mask in [1, 2, 16, 32] {
                let mut changed = text.clone();
                changed[index] ^= mask;
                let Ok(changed) = String::from_utf8(changed) else { continue };
                let taken = ResultFile::read(&changed).is_ok_and(|file| file.verify(None).is_ok());
                assert!(!taken, "byte {index}: {}", &changed[index.saturating_sub(20)..]);
            }
        }
    }
}

#[test]
fn votes_changed_dropped_doubled_added_or_moved() {
    // Signed anew by the server itself: the file still contradicts itself.
    let table: [(&str, VerifyError); 9] = [
        ("changed", refused(|file| file.papers[0].choice = Choice::No)),
        (
            "changed to approve",
            refused(|f| f.papers[0].choice = Choice::Approve(Approvals::new([]).unwrap())),
        ),
        ("dropped", refused(|file| drop(file.papers.pop()))),
        ("doubled", refused(|file| file.papers.insert(1, file.papers[0].clone()))),
        ("swapped", refused(|file| file.papers.swap(0, 1))),
        ("choices swapped", {
            refused(|file| {
                let other =
                    file.papers.iter().position(|p| p.choice != file.papers[0].choice).unwrap();
                let first = file.papers[0].choice.clone();
                file.papers[0].choice = std::mem::replace(&mut file.papers[other].choice, first);
            })
        }),
        ("renamed", {
            refused(|file| {
                let last = file.papers.last_mut().unwrap();
                last.tracker = Tracker::from_random([0xff; 16]);
            })
        }),
        ("moved to another ballot", refused(|file| file.ballot = BallotNumber(8))),
        ("stuffed", refused(|file| file.electorate.count = 7)),
    ];
    for (what, error) in &table {
        let expected = match *what {
            "changed" => matches!(error, VerifyError::Counts(found) if found.contains("no ")),
            "changed to approve" => {
                matches!(error, VerifyError::Recount(RecountError::WrongChoice { .. }))
            }
            "dropped" => matches!(error, VerifyError::Cast { cast: 8, papers: 7 }),
            "doubled" => matches!(error, VerifyError::PaperTwice(_)),
            "swapped" => matches!(error, VerifyError::PaperOrder(_)),
            "choices swapped" | "renamed" | "moved to another ballot" => {
                matches!(error, VerifyError::Root(_))
            }
            "stuffed" => {
                matches!(error, VerifyError::MorePapersThanVoters { papers: 8, members: 7 })
            }
            _ => false,
        };
        assert!(expected, "{what}: {error}");
    }
}

#[test]
fn sums_and_statements_that_do_not_follow() {
    assert!(matches!(
        refused(|f| f.format = "xiaoyuan-result/2".to_owned()),
        VerifyError::Format(_)
    ));
    assert!(matches!(
        refused(|f| f.closed_at = f.opened_at.plus_ms(-1)),
        VerifyError::Times { .. }
    ));
    assert!(matches!(refused(|f| f.cast.assisted += 1), VerifyError::Cast { cast: 9, papers: 8 }));
    assert!(matches!(refused(|f| f.cast.web = u64::MAX), VerifyError::Cast { .. }));
    assert!(matches!(refused(|f| f.counts.yes += 1), VerifyError::Counts(_)));
    assert!(matches!(refused(|f| f.outcome.passed = false), VerifyError::Outcome(_)));
    assert!(matches!(refused(|f| f.outcome.quorum -= 1), VerifyError::Outcome(_)));
    assert!(matches!(refused(|f| f.electorate.count = 100), VerifyError::Outcome(_)));
    assert!(matches!(refused(|f| f.kind = BallotKind::Unanimous), VerifyError::Outcome(_)));
    assert!(matches!(
        refused(|f| f.source.code = domain::ballot::Source::CivilCode279),
        VerifyError::Source(_)
    ));
    assert!(matches!(refused(|f| f.root.0[0] ^= 1), VerifyError::Root(_)));
    assert!(matches!(
        refused(|f| f.terms = selection().terms),
        VerifyError::Recount(RecountError::WrongTerms(_))
    ));
    assert!(matches!(
        refused(|f| f.public_key.0[0] ^= 1),
        VerifyError::BadKey | VerifyError::Signature
    ));

    let mut unsigned = households();
    unsigned.signature = None;
    assert!(matches!(unsigned.verify(None), Err(VerifyError::Unsigned)));
}

#[test]
fn every_other_value_is_signed() {
    type Change = (&'static str, fn(&mut ResultFile));
    let changes: [Change; 9] = [
        ("community", |f| f.community.push('西')),
        ("question", |f| f.question.push('?')),
        ("opened_at", |f| f.opened_at = f.opened_at.plus_ms(1)),
        ("closed_at", |f| f.closed_at = f.closed_at.plus_ms(1)),
        ("electorate.digest", |f| f.electorate.digest.0[0] ^= 1),
        ("cast", |f| {
            f.cast.web -= 1;
            f.cast.assisted += 1;
        }),
        ("source.zh", |f| f.source.zh.push('条')),
        ("audit_head", |f| f.audit_head.0[31] ^= 1),
        ("signature", |f| f.signature.as_mut().unwrap().0[0] ^= 1),
    ];
    for (field, change) in changes {
        let mut file = households();
        change(&mut file);
        assert!(matches!(file.verify(None), Err(VerifyError::Signature)), "{field}");
    }
}

#[test]
fn another_key_is_not_the_trusted_one() {
    let mallory = SigningKey::from_bytes(&[9; 32]);
    let forged =
        ResultFile::build(parts(BallotKind::ResidentsByHousehold, 12, papers(8, 0, 0)), &mallory)
            .unwrap();
    forged.verify(None).unwrap();
    let error = forged.verify(Some(&key().verifying_key())).unwrap_err();
    let found = PublicKeyText::from(mallory.verifying_key());
    assert!(matches!(error, VerifyError::OtherKey { found: f, .. } if f == found), "{error}");
}

#[test]
fn a_receipt_finds_its_paper_or_proves_the_loss() {
    let file = households();
    let receipt = Receipt::issue(&key(), BALLOT, tracker(3));
    let paper = file.check_receipt(&receipt).unwrap();
    assert_eq!((paper.tracker, &paper.choice), (tracker(3), &Choice::Yes));
    let proof = file.prove(&tracker(3)).unwrap();
    assert!(proof.verify(&paper.leaf(BALLOT), &file.root));

    let lost = Receipt::issue(&key(), BALLOT, tracker(99));
    assert_eq!(file.check_receipt(&lost), Err(ReceiptCheckError::PaperLost(tracker(99))));
    let other = Receipt::issue(&key(), BallotNumber(8), tracker(3));
    assert_eq!(file.check_receipt(&other), Err(ReceiptCheckError::OtherBallot(BallotNumber(8))));
    let forged = Receipt::issue(&SigningKey::from_bytes(&[9; 32]), BALLOT, tracker(3));
    assert!(matches!(file.check_receipt(&forged), Err(ReceiptCheckError::Receipt(_))));
}

#[test]
fn projects_are_counted_from_their_papers() {
    let file = selection();
    let approvals: Vec<u64> =
        file.counts.approvals.iter().map(|project| project.approvals).collect();
    assert_eq!((approvals, file.counts.abstain), (vec![1, 2, 0], 1));
    assert_eq!(file.outcome, Outcome { participated: 4, quorum: 3, valid: true, passed: true });
    let share = file.share.unwrap();
    assert_eq!((share.funded, share.left), (vec!["bench".to_owned(), "sand".to_owned()], 500));
}

#[test]
fn results_that_cannot_be_made() {
    let build = |parts| ResultFile::build(parts, &key()).unwrap_err();
    let kind = BallotKind::ResidentsByHousehold;
    let mut wrong_roll = parts(kind, 12, papers(5, 2, 1));
    wrong_roll.cast.web += 1;
    assert!(matches!(build(wrong_roll), BuildError::Verify(VerifyError::Cast { .. })));

    let too_many = parts(kind, 7, papers(5, 2, 1));
    assert!(matches!(build(too_many), BuildError::Recount(RecountError::Count(_))));

    let mut doubled = papers(5, 2, 1);
    doubled[1].tracker = doubled[0].tracker;
    assert!(matches!(
        build(parts(kind, 12, doubled)),
        BuildError::Verify(VerifyError::PaperTwice(_))
    ));

    let owners = parts(BallotKind::OwnersOrdinary, 12, papers(5, 2, 1));
    assert!(matches!(build(owners), BuildError::Recount(RecountError::NoSecretPapers(_))));

    let without_terms = parts(BallotKind::Representatives, 12, papers(8, 0, 0));
    assert!(matches!(build(without_terms), BuildError::Recount(RecountError::WrongTerms(_))));
    let meeting = |committee, representatives| ResultParts {
        terms: Some(Terms::Meeting { committee, representatives }),
        ..parts(BallotKind::Representatives, 12, papers(8, 0, 0))
    };
    assert!(matches!(build(meeting(3, 9)), BuildError::Recount(RecountError::Composition(_))));
    assert!(ResultFile::build(meeting(2, 10), &key()).unwrap().outcome.passed);

    let mut unknown = selection_parts();
    unknown.papers[1].choice = Choice::Approve(Approvals::new(["pool".to_owned()]).unwrap());
    assert!(matches!(build(unknown), BuildError::Recount(RecountError::UnknownProject { .. })));
    let mut plain = selection_parts();
    plain.papers[1].choice = Choice::Yes;
    assert!(matches!(build(plain), BuildError::Recount(RecountError::WrongChoice { .. })));
}

#[test]
fn nobody_came() {
    let mut empty = parts(BallotKind::ResidentsByHousehold, 12, papers(2, 0, 0));
    empty.papers.clear();
    empty.cast = CastCounts::default();
    let file = ResultFile::build(empty, &key()).unwrap();
    assert_eq!(file.outcome, Outcome { participated: 0, quorum: 7, valid: false, passed: false });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn the_order_of_papers_does_not_matter(
        shuffled in Just(papers(5, 2, 1)).prop_shuffle(),
    ) {
        let file = ResultFile::build(parts(BallotKind::ResidentsByHousehold, 12, shuffled), &key()).unwrap();
        prop_assert_eq!(file, households());
    }
}
