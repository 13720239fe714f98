//! Sealing what must not be read from a copied database: real names, telephone numbers, codes.
//!
//! XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03) under a key derived by HKDF-SHA-256 (RFC 5869) from
//! the one in the settings; the column's name is authenticated, so that a sealed text can't be moved to
//! another column. A keyed hash (HMAC-SHA-256, RFC 2104) finds equal texts again without opening them.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;

use crate::dice::Dice;
use crate::error::{Error, Result};

/// Bytes of a key.
pub const KEY_LEN: usize = 32;
const NONCE_LEN: usize = 24;
/// Begins every sealed text, so that a later form can be told apart.
const FORM: &str = "x1.";

/// Where a sealed text is kept. It opens there alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Column {
    /// `person.real_name` and `kept_record.real_name`.
    RealName,
    /// `person.phone`.
    Phone,
    /// `owner.name`.
    OwnerName,
    /// `owner.phone`.
    OwnerPhone,
    /// `slip.code`.
    SlipCode,
    /// `totp.secret`.
    TotpSecret,
    /// `mail.data`.
    MailData,
    /// `roll_import.report`, `roll_import_part.data` and `roll_import_change.before`.
    RollImport,
    /// `statement.kept`.
    StatementKept,
    /// `removal.kept`.
    RemovalKept,
}

impl Column {
    /// Every one.
    pub const ALL: [Self; 10] = [
        Self::RealName,
        Self::Phone,
        Self::OwnerName,
        Self::OwnerPhone,
        Self::SlipCode,
        Self::TotpSecret,
        Self::MailData,
        Self::RollImport,
        Self::StatementKept,
        Self::RemovalKept,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::RealName => "real_name",
            Self::Phone => "phone",
            Self::OwnerName => "owner.name",
            Self::OwnerPhone => "owner.phone",
            Self::SlipCode => "slip.code",
            Self::TotpSecret => "totp.secret",
            Self::MailData => "mail.data",
            Self::RollImport => "roll_import",
            Self::StatementKept => "statement.kept",
            Self::RemovalKept => "removal.kept",
        }
    }
}

/// Seals and opens texts under one key.
#[derive(Clone)]
pub struct Seal {
    cipher: XChaCha20Poly1305,
    index: Arc<[u8; KEY_LEN]>,
    fingerprint: String,
    dice: Arc<dyn Dice>,
}

impl std::fmt::Debug for Seal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Seal").field("fingerprint", &self.fingerprint).finish_non_exhaustive()
    }
}

impl Seal {
    /// A seal under a key of 32 random bytes; `dice` gives the nonces.
    ///
    /// # Errors
    /// [`Error::Broken`] never in practice: the derived lengths are fixed.
    pub fn new(key: &[u8; KEY_LEN], dice: Arc<dyn Dice>) -> Result<Self> {
        let derived = Hkdf::<Sha256>::new(None, key);
        let derive = |what: &str| {
            let mut out = [0; KEY_LEN];
            let made = derived.expand(what.as_bytes(), &mut out);
            made.map(|()| out).map_err(|error| Error::Broken(format!("key derivation: {error}")))
        };
        let print = derive("xiaoyuan fingerprint")?;
        Ok(Self {
            cipher: XChaCha20Poly1305::new((&derive("xiaoyuan seal")?).into()),
            index: Arc::new(derive("xiaoyuan index")?),
            fingerprint: hex::encode(&print[..8]),
            dice,
        })
    }

    /// Tells keys apart without telling them: 64 bits derived from the key, hex.
    #[must_use]
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// Seals a text for a column.
    ///
    /// # Errors
    /// [`Error::Broken`] when the cipher refuses, as it does beyond 256 GiB.
    pub fn close(&self, column: Column, text: &str) -> Result<String> {
        let mut nonce = [0; NONCE_LEN];
        self.dice.fill(&mut nonce);
        let payload = Payload { msg: text.as_bytes(), aad: column.name().as_bytes() };
        let sealed = self
            .cipher
            .encrypt(XNonce::from_slice(&nonce), payload)
            .map_err(|_| Error::Broken("a text can't be sealed".into()))?;
        let mut bytes = nonce.to_vec();
        bytes.extend(sealed);
        Ok(format!("{FORM}{}", STANDARD_NO_PAD.encode(bytes)))
    }

    /// Opens a sealed text of a column.
    ///
    /// # Errors
    /// [`Error::Broken`] when it was sealed under another key or for another column, or was changed.
    pub fn open(&self, column: Column, sealed: &str) -> Result<String> {
        let broken = || Error::Broken(format!("a sealed {} can't be opened", column.name()));
        let coded = sealed.strip_prefix(FORM).ok_or_else(broken)?;
        let bytes = STANDARD_NO_PAD.decode(coded).map_err(|_| broken())?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE_LEN).ok_or_else(broken)?;
        let payload = Payload { msg: sealed, aad: column.name().as_bytes() };
        let text = self.cipher.decrypt(XNonce::from_slice(nonce), payload).map_err(|_| broken())?;
        String::from_utf8(text).map_err(|_| broken())
    }

    /// A keyed hash by which equal texts of a column are found again, hex.
    ///
    /// # Errors
    /// [`Error::Broken`] never in practice: HMAC takes keys of every length.
    pub fn index(&self, column: Column, text: &str) -> Result<String> {
        let mut mac = <Hmac<Sha256> as hmac::Mac>::new_from_slice(self.index.as_ref())
            .map_err(|error| Error::Broken(format!("keyed hash: {error}")))?;
        mac.update(column.name().as_bytes());
        mac.update(&[0]);
        mac.update(text.as_bytes());
        Ok(hex::encode(mac.finalize().into_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dice::SystemDice;

    fn seal(key: u8) -> Seal {
        Seal::new(&[key; KEY_LEN], Arc::new(SystemDice)).unwrap()
    }

    #[test]
    fn a_text_opens_in_its_column_under_its_key_alone() {
        let ours = seal(1);
        let closed = ours.close(Column::Phone, "13800000000").unwrap();
        assert!(!closed.contains("138"));
        assert_eq!(ours.open(Column::Phone, &closed).unwrap(), "13800000000");
        assert!(ours.open(Column::RealName, &closed).is_err());
        assert!(seal(2).open(Column::Phone, &closed).is_err());
        assert!(ours.open(Column::Phone, &closed.replacen("x1.", "", 1)).is_err());
        assert!(ours.open(Column::Phone, "x1.AAAA").is_err());
        let mut changed = closed.clone();
        let last = changed.pop().unwrap();
        changed.push(if last == 'A' { 'Q' } else { 'A' });
        assert!(ours.open(Column::Phone, &changed).is_err());
        assert_ne!(closed, ours.close(Column::Phone, "13800000000").unwrap());
    }

    #[test]
    fn equal_texts_are_found_by_their_index() {
        let ours = seal(1);
        let index = |seal: &Seal, column, text| seal.index(column, text).unwrap();
        assert_eq!(index(&ours, Column::Phone, "1"), index(&ours, Column::Phone, "1"));
        assert_ne!(index(&ours, Column::Phone, "1"), index(&ours, Column::Phone, "2"));
        assert_ne!(index(&ours, Column::Phone, "1"), index(&ours, Column::OwnerPhone, "1"));
        assert_ne!(index(&ours, Column::Phone, "1"), index(&seal(2), Column::Phone, "1"));
        assert_ne!(ours.fingerprint(), seal(2).fingerprint());
    }
}
