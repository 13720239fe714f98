//! A chain that is whole is taken; whatever is done to one afterwards breaks it.
#![allow(clippy::unwrap_used, reason = "tests")]

use domain::audit::{Broken, Entry, GENESIS, Verifier, Why};

type Kept = (Entry, [u8; 32]);
type Change<'a> = (&'a str, &'a dyn Fn(&mut Kept), Why);

fn chain(len: i64) -> Vec<Kept> {
    let mut prev = GENESIS;
    (1..=len)
        .map(|seq| {
            let entry = Entry {
                seq,
                at_ms: 1_760_000_000_000 + seq * 60_000,
                actor: format!("person:{seq}"),
                action: "proposal.accept".to_owned(),
                subject: format!("proposal:{}", seq * 3),
                before: (seq > 1).then(|| "cosigning".to_owned()),
                after: Some("accepted".to_owned()),
                reason: Some("附议已够".to_owned()),
                prev,
            };
            prev = entry.hash();
            (entry, prev)
        })
        .collect()
}

fn check(chain: &[Kept]) -> Result<Verifier, Broken> {
    let mut verifier = Verifier::new();
    for (entry, hash) in chain {
        verifier.push(entry, hash)?;
    }
    Ok(verifier)
}

#[test]
fn a_whole_chain_has_a_head() {
    assert_eq!(check(&[]).unwrap().head(), GENESIS);
    let chain = chain(5);
    let verifier = check(&chain).unwrap();
    assert_eq!((verifier.head(), verifier.count()), (chain[4].1, 5));
}

#[test]
fn the_encoding_stays_as_it_is() {
    // Worked out from the description of `Entry::hash` by a separate program: chains outlive versions.
    assert_eq!(
        hex::encode(chain(2)[1].1),
        "d5d11ef40c87c4d53ecbdd81a377bb6b58ca14add2bc635a3231cd19e84dfe79"
    );
}

#[test]
fn one_byte_of_any_field_breaks_it() {
    let flip = |text: &mut String| {
        let last = text.pop().unwrap();
        text.push(char::from_u32(u32::from(last) ^ 1).unwrap());
    };
    let changes: [Change<'_>; 10] = [
        ("seq", &|kept| kept.0.seq ^= 8, Why::Sequence { expected: 3 }),
        ("at_ms", &|kept| kept.0.at_ms ^= 1, Why::Hash),
        ("actor", &|kept| flip(&mut kept.0.actor), Why::Hash),
        ("action", &|kept| flip(&mut kept.0.action), Why::Hash),
        ("subject", &|kept| flip(&mut kept.0.subject), Why::Hash),
        ("before", &|kept| flip(kept.0.before.as_mut().unwrap()), Why::Hash),
        ("after", &|kept| flip(kept.0.after.as_mut().unwrap()), Why::Hash),
        ("reason", &|kept| flip(kept.0.reason.as_mut().unwrap()), Why::Hash),
        ("prev", &|kept| kept.0.prev[31] ^= 1, Why::Previous),
        ("hash", &|kept| kept.1[0] ^= 1, Why::Hash),
    ];
    for (field, change, why) in changes {
        let mut chain = chain(4);
        change(&mut chain[2]);
        let seq = chain[2].0.seq;
        assert_eq!(check(&chain).unwrap_err(), Broken { seq, why }, "{field}");
    }
}

#[test]
fn a_changed_entry_with_a_new_hash_breaks_the_next_one() {
    let mut chain = chain(4);
    chain[1].0.reason = Some("另一个理由".to_owned());
    chain[1].1 = chain[1].0.hash();
    assert_eq!(check(&chain).unwrap_err(), Broken { seq: 3, why: Why::Previous });
}

#[test]
fn dropped_swapped_doubled_or_put_in() {
    let sequence = |seq, expected| Broken { seq, why: Why::Sequence { expected } };

    let mut dropped = chain(4);
    dropped.remove(1);
    assert_eq!(check(&dropped).unwrap_err(), sequence(3, 2));

    let mut beheaded = chain(4);
    beheaded.remove(0);
    assert_eq!(check(&beheaded).unwrap_err(), sequence(2, 1));

    let mut renumbered = chain(4);
    renumbered.remove(1);
    for (index, kept) in renumbered.iter_mut().enumerate() {
        kept.0.seq = index as i64 + 1;
        kept.1 = kept.0.hash();
    }
    assert_eq!(check(&renumbered).unwrap_err(), Broken { seq: 2, why: Why::Previous });

    let mut swapped = chain(4);
    swapped.swap(1, 2);
    assert_eq!(check(&swapped).unwrap_err(), sequence(3, 2));

    let mut doubled = chain(4);
    doubled.insert(2, doubled[1].clone());
    assert_eq!(check(&doubled).unwrap_err(), sequence(2, 3));
}

#[test]
fn fields_never_run_into_each_other() {
    let plain = chain(1).remove(0).0;
    let moved = Entry {
        actor: "person:1p".to_owned(),
        action: "roposal.accept".to_owned(),
        ..plain.clone()
    };
    assert_ne!(plain.hash(), moved.hash());
    let none = Entry { after: None, ..plain.clone() };
    let empty = Entry { after: Some(String::new()), ..plain.clone() };
    let other = Entry { before: plain.after.clone(), after: None, ..plain.clone() };
    let hashes = [plain.hash(), none.hash(), empty.hash(), other.hash()];
    for (index, hash) in hashes.iter().enumerate() {
        assert!(!hashes[index + 1..].contains(hash));
    }
}

#[test]
fn what_was_refused_leaves_the_verifier_where_it_was() {
    let chain = chain(2);
    let mut verifier = Verifier::new();
    verifier.push(&chain[0].0, &chain[0].1).unwrap();
    let before = verifier;
    verifier.push(&chain[1].0, &[7; 32]).unwrap_err();
    assert_eq!(verifier, before);
    verifier.push(&chain[1].0, &chain[1].1).unwrap();
}
