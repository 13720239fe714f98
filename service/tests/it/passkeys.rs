//! Passkeys, against a software authenticator that can also misbehave.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::permission::Denied;
use domain::role::Actor;
use domain::time::MINUTE_MS;
use entities::{ceremony, passkey};
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use sea_orm::EntityTrait;
use serde_json::{Value, json};
use service::factor::factor_state;
use service::factor::passkey::{
    Asked, Done, Party, ceremonies_sweep, factor_passkey_ask, factor_passkey_begin,
    factor_passkey_finish, factor_passkey_remove,
};
use service::factor::show::{Showing, factor_show_passkey};
use service::session::{STEP_UP_MS, Seen, session_find, session_look, session_open};
use service::testing::{World, databases};
use service::{Error, Hall, Problem, Refusal};
use sha2::{Digest as _, Sha256};

const ORIGIN: &str = "https://hall.example.org";
const HOST: &str = "hall.example.org";

const PRESENT: u8 = 1;
const VERIFIED: u8 = 1 << 2;
const ATTESTED: u8 = 1 << 6;

/// A phone with one key, as W3C Web Authentication has it; each field can be set wrong.
#[derive(Clone)]
struct Phone {
    key: SigningKey,
    id: Vec<u8>,
    counter: u32,
    origin: String,
    host: String,
    flags: u8,
}

impl Phone {
    fn new(seed: u8) -> Self {
        Self {
            key: SigningKey::from_slice(&[seed; 32]).unwrap(),
            id: vec![seed; 20],
            counter: 0,
            origin: ORIGIN.to_owned(),
            host: HOST.to_owned(),
            flags: PRESENT | VERIFIED,
        }
    }

    fn client_data(&self, kind: &str, options: &Value) -> Vec<u8> {
        let challenge = options["challenge"].as_str().unwrap();
        let data = json!({ "type": kind, "challenge": challenge, "origin": self.origin });
        serde_json::to_vec(&data).unwrap()
    }

    /// `authenticatorData` (level 3, 6.1).
    fn data(&self, flags: u8) -> Vec<u8> {
        let mut data = Sha256::digest(self.host.as_bytes()).to_vec();
        data.push(self.flags | flags);
        data.extend(self.counter.to_be_bytes());
        data
    }

    /// The public key as CBOR (RFC 9052; ES256 on P-256).
    fn cose(&self) -> Vec<u8> {
        let point = self.key.verifying_key().to_encoded_point(false);
        let mut cose = vec![0xA5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20];
        cose.extend(point.x().unwrap());
        cose.extend([0x22, 0x58, 0x20]);
        cose.extend(point.y().unwrap());
        cose
    }

    /// Makes a key, with the attestation `none`.
    fn make(&self, asked: &Asked) -> String {
        let mut data = self.data(ATTESTED);
        data.extend([0; 16]);
        data.extend(u16::try_from(self.id.len()).unwrap().to_be_bytes());
        data.extend(&self.id);
        data.extend(self.cose());
        // {"fmt": "none", "attStmt": {}, "authData": data}
        let mut object = vec![0xA3, 0x63];
        object.extend(b"fmt");
        object.push(0x64);
        object.extend(b"none");
        object.push(0x67);
        object.extend(b"attStmt");
        object.extend([0xA0, 0x68]);
        object.extend(b"authData");
        object.push(0x58);
        object.push(u8::try_from(data.len()).unwrap());
        object.extend(data);
        let client = self.client_data("webauthn.create", &asked.options);
        let id = URL_SAFE_NO_PAD.encode(&self.id);
        json!({
            "id": id, "rawId": id, "type": "public-key", "clientExtensionResults": {},
            "response": {
                "attestationObject": URL_SAFE_NO_PAD.encode(object),
                "clientDataJSON": URL_SAFE_NO_PAD.encode(client),
                "transports": ["internal"],
            },
        })
        .to_string()
    }

    /// Signs what is asked; the counter has grown before.
    fn sign(&self, asked: &Asked) -> String {
        let data = self.data(0);
        let client = self.client_data("webauthn.get", &asked.options);
        let mut message = data.clone();
        message.extend(Sha256::digest(&client));
        let signature: Signature = self.key.sign(&message);
        let id = URL_SAFE_NO_PAD.encode(&self.id);
        json!({
            "id": id, "rawId": id, "type": "public-key", "clientExtensionResults": {},
            "response": {
                "authenticatorData": URL_SAFE_NO_PAD.encode(data),
                "clientDataJSON": URL_SAFE_NO_PAD.encode(client),
                "signature": URL_SAFE_NO_PAD.encode(signature.to_der()),
                "userHandle": null,
            },
        })
        .to_string()
    }
}

fn party() -> Party {
    Party::of(ORIGIN).unwrap()
}

fn who(token: &str) -> Showing<'_> {
    Showing { token, address: "192.0.2.7" }
}

async fn actor(hall: &Hall, token: &str) -> Actor {
    session_find(hall, token).await.unwrap().expect("signed in").actor
}

async fn ask_new(hall: &Hall, actor: &Actor) -> Asked {
    factor_passkey_begin(hall, actor, &party(), "枣树湾社区", "member").await.unwrap()
}

/// Registers a phone's key on a session; gives the session's new token.
async fn register(hall: &Hall, token: &str, phone: &Phone, label: &str) -> Result<String, Error> {
    let actor = actor(hall, token).await;
    let asked = ask_new(hall, &actor).await;
    let answer = phone.make(&asked);
    let done = Done { ceremony: &asked.ceremony, answer: &answer };
    let set_up = factor_passkey_finish(hall, &actor, &party(), token, done, label).await?;
    Ok(set_up.token)
}

async fn show(hall: &Hall, token: &str, phone: &Phone) -> Result<String, Error> {
    let asked = factor_passkey_ask(hall, &party(), token).await.unwrap();
    let answer = phone.sign(&asked);
    let done = Done { ceremony: &asked.ceremony, answer: &answer };
    factor_show_passkey(hall, &party(), who(token), done).await
}

fn is_wrong<T>(result: &Result<T, Error>) -> bool {
    let Err(Error::Invalid(fields)) = result else { return false };
    fields.iter().any(|it| it.field == "passkey" && it.problem == Problem::Passkey)
}

fn is_refused<T>(result: &Result<T, Error>, refusal: &Refusal) -> bool {
    matches!(result, Err(Error::Refused(it)) if it == refusal)
}

#[tokio::test]
async fn a_passkey_is_made_and_shown() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let member = world.committee_member.actor.person;
        let first = session_open(hall, member, "test", None, false).await.unwrap();
        let before = actor(hall, &first).await;
        assert!(before.duty_waits, "{}", db.name);
        let asked = ask_new(hall, &before).await;
        let options = &asked.options;
        assert_eq!(options["rp"]["id"], HOST);
        assert_eq!(options["authenticatorSelection"]["userVerification"], "required");
        assert_eq!(options["attestation"], "none");
        let handle = options["user"]["id"].as_str().unwrap();
        assert!(handle.len() > 40 && !handle.contains("member"), "opaque: {handle}");

        let mut phone = Phone::new(7);
        let token = register(hall, &first, &phone, " 我的  手机 ").await.unwrap();
        assert_eq!(session_look(hall, &first).await.unwrap(), Seen::Nobody, "{}", db.name);
        let after = actor(hall, &token).await;
        assert!(after.sees_desk() && after.stepped_up, "{}: it counts as shown", db.name);
        let state = factor_state(hall, member).await.unwrap();
        assert_eq!(state.passkeys[0].label, "我的 手机");
        assert_eq!(state.recovery_left, 10, "{}", db.name);

        // The next one leaves out the device that has one.
        let next = ask_new(hall, &after).await;
        assert_eq!(next.options["excludeCredentials"][0]["id"], URL_SAFE_NO_PAD.encode([7; 20]));
        let again = register(hall, &token, &phone, "又一次").await;
        assert!(is_refused(&again, &Refusal::PasskeyTaken), "{}: {again:?}", db.name);

        phone.counter = 5;
        let waiting = session_open(hall, member, "test", None, false).await.unwrap();
        assert_eq!(session_look(hall, &waiting).await.unwrap(), Seen::FactorWaits, "{}", db.name);
        let shown = show(hall, &waiting, &phone).await.unwrap();
        assert_eq!(session_look(hall, &waiting).await.unwrap(), Seen::Nobody, "{}", db.name);
        assert!(actor(hall, &shown).await.sees_desk(), "{}", db.name);
        let state = factor_state(hall, member).await.unwrap();
        assert_eq!(state.passkeys[0].used_at, Some(hall.now()), "{}", db.name);

        // A duty keeps it; a second one may go.
        let id = state.passkeys[0].id;
        let last = factor_passkey_remove(hall, &actor(hall, &shown).await, id).await;
        assert!(is_refused(&last, &Refusal::LastFactor), "{}: {last:?}", db.name);
        let shown = register(hall, &shown, &Phone::new(8), "电脑").await.unwrap();
        let me = actor(hall, &shown).await;
        let foreign = factor_passkey_remove(hall, &world.resident.actor, id).await;
        assert!(matches!(foreign, Err(Error::NotFound)), "{}: {foreign:?}", db.name);
        factor_passkey_remove(hall, &me, id).await.unwrap();
        let gone = show(hall, &shown, &phone).await;
        assert!(is_wrong(&gone), "{}: {gone:?}", db.name);
        db.clock.advance_ms(STEP_UP_MS);
        let late = factor_passkey_begin(hall, &actor(hall, &shown).await, &party(), "x", "y").await;
        assert!(matches!(late, Err(Error::Denied(Denied::StepUp))), "{}: {late:?}", db.name);
    }
}

#[tokio::test]
async fn a_registration_that_is_not_right_is_not_taken() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let person = world.resident.actor.person;
        let token = session_open(hall, person, "test", None, false).await.unwrap();
        let good = Phone::new(7);
        let bad: [(&str, Phone); 4] = [
            (
                "another site",
                Phone { origin: "https://hall.example.com".to_owned(), ..good.clone() },
            ),
            ("another host", Phone { host: "example.org".to_owned(), ..good.clone() }),
            ("nobody verified", Phone { flags: PRESENT, ..good.clone() }),
            ("nobody present", Phone { flags: VERIFIED, ..good.clone() }),
        ];
        for (what, phone) in bad {
            let refused = register(hall, &token, &phone, "手机").await;
            assert!(is_wrong(&refused), "{}: {what}: {refused:?}", db.name);
        }
        let me = actor(hall, &token).await;
        let (asked, other) = (ask_new(hall, &me).await, ask_new(hall, &me).await);
        let finish = async |ceremony: &str, answer: &str, label: &str| {
            let done = Done { ceremony, answer };
            factor_passkey_finish(hall, &me, &party(), &token, done, label).await
        };
        let other_challenge = finish(&asked.ceremony, &good.make(&other), "手机").await;
        assert!(is_wrong(&other_challenge), "{}: {other_challenge:?}", db.name);
        // It was used up by that.
        let again = finish(&asked.ceremony, &good.make(&asked), "手机").await;
        assert!(is_refused(&again, &Refusal::FactorBegunOver), "{}: {again:?}", db.name);
        let nonsense = finish(&other.ceremony, "{}", "手机").await;
        assert!(is_wrong(&nonsense), "{}: {nonsense:?}", db.name);
        for label in ["", "  ", &"长".repeat(21)] {
            let asked = ask_new(hall, &me).await;
            let unnamed = finish(&asked.ceremony, &good.make(&asked), label).await;
            let Err(Error::Invalid(fields)) = unnamed else { panic!("{}: {label}", db.name) };
            assert_eq!(fields[0].field, "label", "{}", db.name);
        }
        // Five minutes, and for the person who asked.
        let asked = ask_new(hall, &me).await;
        let second = world.second_adult.actor.person;
        let theirs = session_open(hall, second, "test", None, false).await.unwrap();
        let done = Done { ceremony: &asked.ceremony, answer: &good.make(&asked) };
        let them = actor(hall, &theirs).await;
        let stolen = factor_passkey_finish(hall, &them, &party(), &theirs, done, "手机").await;
        assert!(is_refused(&stolen, &Refusal::FactorBegunOver), "{}: {stolen:?}", db.name);
        db.clock.advance_ms(5 * MINUTE_MS);
        let late = finish(&asked.ceremony, &good.make(&asked), "手机").await;
        assert!(is_refused(&late, &Refusal::FactorBegunOver), "{}: {late:?}", db.name);
        assert_eq!(passkey::Entity::find().all(hall.db.read()).await.unwrap(), [], "{}", db.name);
        assert!(ceremonies_sweep(hall).await.unwrap() > 0, "{}", db.name);
        assert_eq!(ceremony::Entity::find().all(hall.db.read()).await.unwrap(), [], "{}", db.name);
    }
}

#[tokio::test]
async fn an_assertion_that_is_not_right_opens_nothing() {
    for db in databases().await {
        let (hall, world) = (&db.hall, World::new(&db.hall).await);
        let person = world.resident.actor.person;
        let token = session_open(hall, person, "test", None, false).await.unwrap();
        let phone = Phone { counter: 3, ..Phone::new(7) };
        let mut token = register(hall, &token, &phone, "手机").await.unwrap();
        let good = Phone { counter: 4, ..phone.clone() };
        let bad: [(&str, Phone); 6] = [
            (
                "another site",
                Phone { origin: "http://hall.example.org".to_owned(), ..good.clone() },
            ),
            ("another host", Phone { host: "evil.example".to_owned(), ..good.clone() }),
            ("nobody verified", Phone { flags: PRESENT, ..good.clone() }),
            (
                "another key",
                Phone { key: SigningKey::from_slice(&[9; 32]).unwrap(), ..good.clone() },
            ),
            ("the counter stands", Phone { counter: 3, ..good.clone() }),
            ("the counter fell", Phone { counter: 0, ..good.clone() }),
        ];
        for (what, phone) in bad {
            let refused = show(hall, &token, &phone).await;
            assert!(is_wrong(&refused), "{}: {what}: {refused:?}", db.name);
            // Failures are counted: a success forgets them.
            if what == "nobody verified" {
                token = show(hall, &token, &good).await.unwrap();
            }
        }
        let good = Phone { counter: 9, ..good };
        db.clock.advance_ms(10 * MINUTE_MS);
        let (asked, other) = (
            factor_passkey_ask(hall, &party(), &token).await.unwrap(),
            factor_passkey_ask(hall, &party(), &token).await.unwrap(),
        );
        let crossed = Done { ceremony: &asked.ceremony, answer: &good.sign(&other) };
        let crossed = factor_show_passkey(hall, &party(), who(&token), crossed).await;
        assert!(is_wrong(&crossed), "{}: another challenge: {crossed:?}", db.name);

        // What was signed once is worth nothing the second time.
        let answer = good.sign(&other);
        let done = Done { ceremony: &other.ceremony, answer: &answer };
        let token = factor_show_passkey(hall, &party(), who(&token), done).await.unwrap();
        let replayed = factor_show_passkey(hall, &party(), who(&token), done).await;
        assert!(is_refused(&replayed, &Refusal::FactorBegunOver), "{}: {replayed:?}", db.name);

        // Nor in somebody else's session.
        let second = world.second_adult.actor.person;
        let theirs = session_open(hall, second, "test", None, false).await.unwrap();
        let theirs = register(hall, &theirs, &Phone::new(8), "手机").await.unwrap();
        let asked = factor_passkey_ask(hall, &party(), &theirs).await.unwrap();
        let good = Phone { counter: 10, ..good };
        let done = Done { ceremony: &asked.ceremony, answer: &good.sign(&asked) };
        let foreign = factor_show_passkey(hall, &party(), who(&theirs), done).await;
        assert!(is_wrong(&foreign), "{}: {foreign:?}", db.name);
        // A key of a phone that never counts is fine as it is.
        let zero = show(hall, &theirs, &Phone::new(8)).await;
        assert!(zero.is_ok(), "{}: {zero:?}", db.name);
    }
}
