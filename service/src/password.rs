//! Passwords: argon2id, off the async threads, a bounded number at a time.

use std::sync::Arc;

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use domain::text::TextError;
use tokio::sync::Semaphore;
use zxcvbn::{Score, zxcvbn};

use crate::dice::Dice;
use crate::error::{Error, PasswordProblem, Problem, Result};
use crate::setup;

/// Characters of a new password, as people count them.
pub const PASSWORD_MIN: usize = 8;
/// Bytes of a password that is looked at.
pub const PASSWORD_MAX: usize = 1_024;
/// Memory in KiB, passes and lanes: OWASP's recommendation for argon2id.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// Hashes at a time: each holds its memory and a core for tens of milliseconds.
const AT_A_TIME: usize = 2;

/// A hash of nothing in particular, so that an unknown name costs the same time as a known one.
const DUMMY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$\
                     3PJ0ATTQQWPhVYQnxVuXMn7tHfLkVLPkQ8TLmUpXnDk";

/// Hashes and checks passwords.
#[derive(Debug, Clone)]
pub struct Hasher {
    permits: Arc<Semaphore>,
}

impl Default for Hasher {
    fn default() -> Self {
        Self::new()
    }
}

impl Hasher {
    /// A hasher with its own bound.
    #[must_use]
    pub fn new() -> Self {
        Self { permits: Arc::new(Semaphore::new(AT_A_TIME)) }
    }

    /// Hashes a new password into PHC form.
    ///
    /// # Errors
    /// [`Error::Broken`] when the hashing thread fails.
    pub async fn hash(&self, password: String, dice: &dyn Dice) -> Result<String> {
        let salt = SaltString::encode_b64(&dice.bytes16()).map_err(broken)?;
        self.run(move || {
            let hash = argon()?.hash_password(password.as_bytes(), &salt).map_err(broken)?;
            Ok(hash.to_string())
        })
        .await
    }

    /// Whether a password fits the stored hash; without one it is compared with a dummy, and never
    /// fits.
    ///
    /// # Errors
    /// [`Error::Broken`] when the stored hash can't be read or the hashing thread fails.
    pub async fn fits(&self, password: String, stored: Option<String>) -> Result<bool> {
        self.run(move || {
            let known = stored.is_some();
            let text = stored.unwrap_or_else(|| DUMMY.to_owned());
            let hash = PasswordHash::new(&text).map_err(broken)?;
            let fits = argon()?.verify_password(password.as_bytes(), &hash).is_ok();
            Ok(fits && known)
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(broken)?;
        let handle = tokio::task::spawn_blocking(move || {
            let result = work();
            drop(permit);
            result
        });
        handle.await.map_err(broken)?
    }
}

/// What people here choose first, besides the words that `zxcvbn` knows: the most guessed of published
/// leaks are numbers that sound like words (5201314: 我爱你一生一世), pinyin, and walks over the number
/// keys.
const HABITS: &[&str] = &[
    "5201314",
    "1314520",
    "520520",
    "521521",
    "1314",
    "520",
    "521",
    "woaini",
    "woaini1314",
    "aini",
    "baobei",
    "laopo",
    "laogong",
    "qinaide",
    "mima",
    "wodemima",
    "meiyoumima",
    "nihao",
    "xiexie",
    "zhongguo",
    "beijing",
    "shanghai",
    "shequ",
    "xiaoqu",
    "xiaoyuan",
    "yishiting",
    "jumin",
    "yezhu",
    "wuye",
    "taidexian",
    "asd",
    "qwe",
    "zxc",
    "qaz",
    "a123456",
    "a123456789",
    "123456a",
    "123456789a",
    "q123456",
    "qq123456",
    "w123456",
    "z123456",
    "aa123456",
    "abc123456",
    "123456abc",
    "qwe123",
    "asd123",
    "qaz123",
    "1qaz2wsx",
    "admin888",
    "admin123",
    "88888888",
    "888888",
    "666666",
    "168168",
    "16888",
    "518518",
    "147258369",
    "789456123",
    "147258",
    "258369",
    "741852963",
    "123321",
    "112233",
    "11223344",
    "1122334455",
    "121212",
    "123123",
    "321321",
    "159357",
    "110110",
    "119119",
    "120120",
    "12345",
    "zhang",
    "wang",
    "li",
    "zhao",
    "liu",
    "chen",
    "yang",
    "huang",
    "zhou",
    "wu",
    "我爱你",
    "一生一世",
    "我的",
    "密码",
    "我的密码",
    "没有密码",
    "不知道",
    "忘记了",
    "你好",
    "您好",
    "中国",
    "北京",
    "社区",
    "小区",
    "小院",
    "居委会",
    "议事厅",
    "登录",
    "账号",
    "身体健康",
    "万事如意",
    "恭喜发财",
    "平平安安",
];

/// Whether a new password is taken. Long ones and every script are welcome and nothing is asked of its
/// signs (NIST SP 800-63B, 3.1.1.2); refused is what would be guessed among the first million tries.
/// `known` is what others know of the person: sign-in name, nickname, community and the like.
///
/// It takes some milliseconds: call it outside a transaction.
///
/// # Errors
/// [`Problem::Password`], or [`Problem::Text`] when nothing was typed.
pub fn new_password_checked(password: &str, known: &[&str]) -> Result<(), Problem> {
    let len = domain::text::count(password);
    let refused = |problem| Err(Problem::Password(problem));
    match len {
        0 => return Err(Problem::Text(TextError::Empty)),
        _ if len < PASSWORD_MIN => return refused(PasswordProblem::TooShort),
        _ if password.len() > PASSWORD_MAX => return refused(PasswordProblem::TooLong),
        _ => {}
    }
    let same = |word: &&str| setup::sign_in_name(word) == setup::sign_in_name(password);
    if known.iter().any(same) {
        return refused(PasswordProblem::IsName);
    }
    // Of `guilan@example.org` each part is as well known as the whole.
    let parts = known.iter().flat_map(|word| word.split(|c: char| !c.is_alphanumeric()));
    let mut words: Vec<&str> = known.iter().copied().chain(parts).collect();
    words.retain(|word| !word.is_empty());
    words.extend_from_slice(HABITS);
    if zxcvbn(password, &words).score() <= Score::One {
        return refused(PasswordProblem::Common);
    }
    Ok(())
}

fn argon() -> Result<Argon2<'static>> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(broken)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn broken(error: impl std::fmt::Display) -> Error {
    Error::Broken(format!("password hashing: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dice::SystemDice;

    #[tokio::test]
    async fn a_password_fits_its_own_hash_alone() {
        let hasher = Hasher::new();
        let stored = hasher.hash("枣树下的石桌".into(), &SystemDice).await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(hasher.fits("枣树下的石桌".into(), Some(stored.clone())).await.unwrap());
        assert!(!hasher.fits("枣树下的石凳".into(), Some(stored)).await.unwrap());
        assert!(!hasher.fits("枣树下的石桌".into(), None).await.unwrap());
    }

    #[test]
    fn the_most_common_passwords_are_refused_and_no_others() {
        use PasswordProblem::{Common, IsName, TooLong, TooShort};
        let known = ["guilan1952@example.org", "枣树下的刘桂兰大姐", "枣树湾社区"];
        let longest = "枣树下的石桌边上有一盘棋".repeat(100);
        for (password, expected) in [
            ("", Err(Problem::Text(TextError::Empty))),
            ("a", Err(Problem::Password(TooShort))),
            ("枣树下的石桌边", Err(Problem::Password(TooShort))),
            ("👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦", Err(Problem::Password(TooShort))),
            (longest.as_str(), Err(Problem::Password(TooLong))),
            ("guilan1952@example.org", Err(Problem::Password(IsName))),
            (" ＧＵＩＬＡＮ1952@example.org", Err(Problem::Password(IsName))),
            ("枣树下的刘桂兰大姐", Err(Problem::Password(IsName))),
            ("guilan1952", Err(Problem::Password(Common))),
            ("枣树湾社区枣树湾社区", Err(Problem::Password(Common))),
            ("12345678", Err(Problem::Password(Common))),
            ("password1", Err(Problem::Password(Common))),
            ("Passw0rd", Err(Problem::Password(Common))),
            ("qwertyuiop", Err(Problem::Password(Common))),
            ("1q2w3e4r", Err(Problem::Password(Common))),
            ("5201314520", Err(Problem::Password(Common))),
            ("woaini1314", Err(Problem::Password(Common))),
            ("woaini5201314", Err(Problem::Password(Common))),
            ("88888888", Err(Problem::Password(Common))),
            ("a12345678", Err(Problem::Password(Common))),
            ("a123456789", Err(Problem::Password(Common))),
            ("wang123456", Err(Problem::Password(Common))),
            ("147258369", Err(Problem::Password(Common))),
            ("19520317", Err(Problem::Password(Common))),
            ("1952.03.17", Err(Problem::Password(Common))),
            ("beijing2008", Err(Problem::Password(Common))),
            ("我爱你我爱你我爱你", Err(Problem::Password(Common))),
            ("身体健康万事如意", Err(Problem::Password(Common))),
            ("密码密码密码密码", Err(Problem::Password(Common))),
            ("枣树下的石桌边上", Ok(())),
            ("门口 那棵 老槐树 今年 又开花了", Ok(())),
            ("lan2-hua1-kai1-le", Ok(())),
            ("correct horse battery staple", Ok(())),
            ("kx7#mQ2p", Ok(())),
            ("        棋盘石桌", Ok(())),
        ] {
            assert_eq!(new_password_checked(password, &known), expected, "{password}");
        }
        assert_eq!(new_password_checked("枣树下的石桌边上", &[]), Ok(()));
        assert_eq!(new_password_checked("12345678", &[""]), Err(Problem::Password(Common)));
    }

    #[test]
    fn the_dummy_costs_the_same() {
        let hash = PasswordHash::new(DUMMY).unwrap();
        let params = Params::try_from(&hash).unwrap();
        assert_eq!(
            (params.m_cost(), params.t_cost(), params.p_cost()),
            (MEMORY_KIB, PASSES, LANES)
        );
    }
}
