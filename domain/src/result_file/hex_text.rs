//! Keys and signatures as the one hexadecimal text that each of them has.

use std::fmt;

use ed25519_dalek::{SignatureError, VerifyingKey};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::merkle::lower_hex;

/// An ed25519 public key, 64 lower-case hexadecimal digits as text. Not every 32 bytes are a point of the curve.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKeyText(pub [u8; 32]);

/// An ed25519 signature, 128 lower-case hexadecimal digits as text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SignatureText(pub [u8; 64]);

impl From<VerifyingKey> for PublicKeyText {
    fn from(key: VerifyingKey) -> Self {
        Self(key.to_bytes())
    }
}

impl PublicKeyText {
    /// The key.
    ///
    /// # Errors
    /// When the bytes are no point of the curve.
    pub fn key(&self) -> Result<VerifyingKey, SignatureError> {
        VerifyingKey::from_bytes(&self.0)
    }
}

macro_rules! hex_text {
    ($name:ident, $digits:literal) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&hex::encode(self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                lower_hex(&String::deserialize(deserializer)?).map(Self).ok_or_else(|| {
                    serde::de::Error::custom(concat!(
                        "expected ",
                        $digits,
                        " lower-case hexadecimal digits"
                    ))
                })
            }
        }
    };
}

hex_text!(PublicKeyText, 64);
hex_text!(SignatureText, 128);
