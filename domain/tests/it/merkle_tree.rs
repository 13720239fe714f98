//! Tree hashes and inclusion proofs against RFC 6962's known values.
#![allow(clippy::unwrap_used, reason = "tests")]

use domain::merkle::{Digest, leaf, prove, root};
use proptest::prelude::*;

/// The inputs of certificate transparency's reference test, whose roots are known.
const INPUTS: [&str; 8] = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
];

const ROOTS: [&str; 9] = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

fn leaves(count: usize) -> Vec<Digest> {
    INPUTS.iter().take(count).map(|input| leaf(&hex::decode(input).unwrap())).collect()
}

#[test]
fn known_roots() {
    for (count, known) in ROOTS.into_iter().enumerate() {
        assert_eq!(root(&leaves(count)).to_string(), known, "{count} leaves");
    }
}

#[test]
fn known_proof() {
    // PATH(0, D[8]) of the reference test.
    let path: Vec<String> =
        prove(&leaves(8), 0).unwrap().path.iter().map(Digest::to_string).collect();
    assert_eq!(
        path,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ]
    );
}

#[test]
fn every_leaf_is_proved_at_its_place_alone() {
    for size in 1..40_u8 {
        let leaves: Vec<Digest> = (0..size).map(|n| leaf(&[n])).collect();
        let head = root(&leaves);
        for index in 0..leaves.len() {
            let proof = prove(&leaves, index).unwrap();
            for (other, hash) in leaves.iter().enumerate() {
                assert_eq!(
                    proof.verify(hash, &head),
                    other == index,
                    "leaf {other} by {index} of {size}"
                );
            }
            let mut moved = proof.clone();
            moved.index = (moved.index + 1) % moved.size;
            assert!(size == 1 || !moved.verify(&leaves[index], &head));
            let mut long = proof.clone();
            long.path.push(head);
            assert!(!long.verify(&leaves[index], &head));
            let mut short = proof;
            assert!(short.path.pop().is_none() || !short.verify(&leaves[index], &head));
        }
        assert_eq!(prove(&leaves, leaves.len()), None);
    }
}

#[test]
fn digests_have_one_text() {
    let text = ROOTS[1];
    let digest: Digest = text.parse().unwrap();
    assert_eq!(digest.to_string(), text);
    assert_eq!(serde_json::to_string(&digest).unwrap(), format!("\"{text}\""));
    assert_eq!(serde_json::from_str::<Digest>(&format!("\"{text}\"")).unwrap(), digest);
    for wrong in
        [text.to_uppercase(), text[1..].to_owned(), format!("{text}00"), text.replace('6', "g")]
    {
        wrong.parse::<Digest>().unwrap_err();
    }
}

proptest! {
    #[test]
    fn a_flipped_bit_is_noticed(size in 1_usize..60, at in 0_usize..60, beside in 0_usize..8, bit in 0_usize..256) {
        let leaves: Vec<Digest> = (0..size).map(|n| leaf(&n.to_be_bytes())).collect();
        let index = at % size;
        let (head, proof) = (root(&leaves), prove(&leaves, index).unwrap());
        prop_assert!(proof.verify(&leaves[index], &head));
        let mut other = head;
        other.0[bit / 8] ^= 1 << (bit % 8);
        prop_assert!(!proof.verify(&leaves[index], &other));
        if !proof.path.is_empty() {
            let mut broken = proof;
            let len = broken.path.len();
            broken.path[beside % len].0[bit / 8] ^= 1 << (bit % 8);
            prop_assert!(!broken.verify(&leaves[index], &head));
        }
    }
}
