//! Whether a text looks drawn at random, as keys are, or was written or named by people.

use std::sync::LazyLock;

/// The pairs of letters that make up most of English text and of names in code. Random letters hit
/// them in about a quarter of all pairs, words in three quarters and more.
const COMMON: &str = "th he in er an re on at en nd ti es or te of ed is it al ar st to nt ng se ha as ou io le \
    ve co me de hi ri ro ic ne ea ra ce li ch ll be ma si om ur ca el ta la ns di fo ho pe ec pr no ct us ac ot il \
    tr ly nc et ut ss so rs un lo wa ge ie wh ee wi em ad ol rt po we na ul ni ts mo ow pa im mi ai sh ir su id os \
    iv ia am fi ci vi pl ig tu ev ld ry mp fe bl ab gh ty op wo sa ay ex ke fr oo av ag if ap gr od bo sp rd do uc \
    bu ei ov by rm ep tt oc fa ef cu rn sc gi da yo cr cl du ga qu ue ff ba ey ls va um pp ua up lu go ru ck br";

/// A bit for each second letter, by the first.
static PAIRS: LazyLock<[u32; 26]> = LazyLock::new(|| {
    let mut table = [0_u32; 26];
    for pair in COMMON.split_whitespace() {
        if let [first, second] = pair.as_bytes()
            && let Some(row) = table.get_mut(usize::from(letter(*first)))
        {
            *row |= 1 << letter(*second);
        }
    }
    table
});

fn letter(byte: u8) -> u8 {
    byte.to_ascii_lowercase().wrapping_sub(b'a')
}

fn is_common(first: u8, second: u8) -> bool {
    let row = PAIRS.get(usize::from(letter(first)));
    row.is_some_and(|row| letter(second) < 26 && row >> letter(second) & 1 == 1)
}

/// How many neighbouring letters there are, and how many of them are usual in words.
fn letter_pairs(bytes: &[u8]) -> (usize, usize) {
    let mut found = (0, 0);
    for pair in bytes.windows(2) {
        if let [first, second] = pair
            && first.is_ascii_alphabetic()
            && second.is_ascii_alphabetic()
        {
            found.0 += 1;
            found.1 += usize::from(is_common(*first, *second));
        }
    }
    found
}

/// Whether the letters of it form words.
fn is_wordy(bytes: &[u8]) -> bool {
    let (all, usual) = letter_pairs(bytes);
    let letters = bytes
        .iter()
        .filter(|byte| byte.is_ascii_alphabetic())
        .count();
    all >= 4 && usual * 100 >= all * 58 && letters * 2 > bytes.len()
}

fn distinct(bytes: &[u8]) -> usize {
    let mut seen = [false; 256];
    for byte in bytes {
        if let Some(seen) = seen.get_mut(usize::from(*byte)) {
            *seen = true;
        }
    }
    seen.iter().filter(|seen| **seen).count()
}

/// Whether a value in the format of a key is one, and not a filler such as `xxxxxxxx` or words.
pub(super) fn is_varied(bytes: &[u8]) -> bool {
    let needed = match bytes.len() {
        0..8 => return false,
        8..12 => 4,
        12..24 => 6,
        _ => 8,
    };
    distinct(bytes) >= needed && !(is_wordy(bytes) && digits(bytes) * 8 < bytes.len())
}

fn digits(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| byte.is_ascii_digit()).count()
}

/// Whether it is a UUID, which Make and others use for ids as well as for tokens.
pub(super) fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// Whether it is hexadecimal of at least 32 digits: a digest or a key.
pub(super) fn is_long_hex(text: &str) -> bool {
    text.len() >= 32
        && text.bytes().all(|byte| byte.is_ascii_hexdigit())
        && is_varied(text.as_bytes())
}

/// The beginnings of ids that payment providers and providers of models give to their objects.
const OBJECTS: [&str; 29] = [
    "org-", "org_", "proj_", "asst_", "thread_", "run_", "file-", "msg_", "vs_", "acct_", "card_",
    "ch_", "cs_live_", "cs_test_", "cus_", "evt_", "ii_", "in_", "pi_", "pk_live_", "pk_test_",
    "pm_", "price_", "prod_", "promo_", "seti_", "si_", "sub_", "txn_",
];

/// Whether it looks random and is meant to be seen: the id of an object, or the fingerprint of a
/// public key.
pub(super) fn is_public(text: &str) -> bool {
    let is_object = OBJECTS.iter().any(|begin| {
        let id = text.strip_prefix(begin);
        id.is_some_and(|id| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric()))
    });
    is_object || is_fingerprint(text) || is_identifier(text)
}

/// The names of digests, as headers and lock files write them before a digest.
const DIGESTS: [&str; 10] = [
    "sha1", "sha224", "sha256", "sha384", "sha512", "sha-1", "sha-256", "sha-384", "sha-512", "md5",
];

/// Whether it is the name of a digest.
pub(super) fn is_digest_name(name: &str) -> bool {
    DIGESTS
        .iter()
        .any(|digest| name.eq_ignore_ascii_case(digest))
}

/// Whether it is a name that a system gives to what it keeps: a ULID, a hash of a chain of blocks,
/// a digest that says what it is, the name of a file by its content.
fn is_identifier(text: &str) -> bool {
    let all = |text: &str, is: fn(&u8) -> bool| text.as_bytes().iter().all(is);
    let is_ulid = text.len() == 26
        && text.starts_with(|c: char| ('0'..='7').contains(&c))
        && all(text, |byte| {
            byte.is_ascii_digit() || byte.is_ascii_uppercase()
        });
    let on_chain =
        |digits: &str| matches!(digits.len(), 40 | 64) && all(digits, u8::is_ascii_hexdigit);
    let is_digest = DIGESTS.iter().any(|name| {
        let begin = text.get(..name.len());
        let is_named = begin.is_some_and(|begin| begin.eq_ignore_ascii_case(name));
        let rest = text.get(name.len()..).unwrap_or_default();
        is_named && rest.starts_with(['-', ':', '='])
    });
    let by_content = (text.starts_with("Qm") && text.len() == 46)
        || (text.starts_with("bafy") && text.len() == 59)
        || (text.starts_with("bafk") && text.len() == 59);
    is_ulid
        || is_digest
        || (by_content && all(text, u8::is_ascii_alphanumeric))
        || text.strip_prefix("0x").is_some_and(on_chain)
}

/// Whether it is the fingerprint of a public key, as SSH writes it.
pub(super) fn is_fingerprint(text: &str) -> bool {
    let digest = text.strip_prefix("SHA256:");
    let digest = digest.map(|digest| digest.trim_end_matches('='));
    digest.is_some_and(|digest| {
        let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/';
        digest.len() == 43 && digest.bytes().all(is_base64)
    })
}

/// The fewest and the most characters of a key that has no other mark.
const SHORTEST: usize = 20;
const LONGEST: usize = 256;

/// Whether it looks like a key, and like no id, digest, word, date, path or piece of data.
pub(super) fn is_random(text: &str) -> bool {
    let bytes = text.as_bytes();
    if !(SHORTEST..=LONGEST).contains(&bytes.len())
        || is_uuid(text)
        || is_public(text)
        || text.contains("://")
        || bytes.iter().all(u8::is_ascii_hexdigit)
        || !bytes
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+/=_-.~:!$%^&*".contains(byte))
    {
        return false;
    }
    let has = |is: fn(&u8) -> bool| bytes.iter().any(is);
    let classes = [
        has(u8::is_ascii_lowercase),
        has(u8::is_ascii_uppercase),
        has(u8::is_ascii_digit),
    ];
    let classes = classes.into_iter().filter(|has| *has).count();
    let marks = bytes
        .iter()
        .filter(|byte| !byte.is_ascii_alphanumeric())
        .count();
    classes >= 2
        && distinct(bytes) >= 10
        && marks * 4 < bytes.len()
        && digits(bytes) * 10 < bytes.len() * 7
        && !is_wordy(bytes)
        && !is_data(text)
        && has_dense_part(text)
}

/// A key has a long part that changes between letters and digits or between cases; what people
/// name falls into short or wordy parts.
fn has_dense_part(text: &str) -> bool {
    let mark = |c: char| !c.is_ascii_alphanumeric() && !"+/=".contains(c);
    text.split(mark).any(|part| {
        let bytes = part.as_bytes();
        let class = |byte: u8| match byte {
            b'a'..=b'z' => 0,
            b'A'..=b'Z' => 1,
            b'0'..=b'9' => 2,
            _ => 3,
        };
        let changes = bytes.windows(2).filter(|pair| match pair {
            [first, second] => class(*first) != class(*second),
            _ => false,
        });
        bytes.len() >= 12 && changes.count() * 5 >= bytes.len() && !is_wordy(bytes)
    })
}

/// The beginnings of files in base64.
const FILES: [&str; 12] = [
    "iVBORw0KGgo",
    "/9j/",
    "R0lGOD",
    "UklGR",
    "PHN2Zy",
    "JVBERi0",
    "UEsDB",
    "Qk",
    "AAABAA",
    "PD94bWw",
    "PCFET0NUWVBF",
    "SUkq",
];

/// Whether it is a piece of a file.
pub(super) fn is_data(text: &str) -> bool {
    text.starts_with("data:")
        || FILES
            .iter()
            .any(|begin| text.starts_with(begin) && text.len() > 40)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_look_random() {
        for key in [
            "7Yb3kQz9LmP2xVtR8sWd",
            "c2Vh5m8q1xzk0w9rj4tb7dpn",
            "Zx8Qp1LmN0vB3kJ7hG5fD2sA9wE4rT6y",
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzQ8LmKEY0",
            "4dG-8sKq_0xPz7Lw2VnB1mTc9RfY",
            "k3JfQ.9vXz-27LmNpQr8StUvWx",
        ] {
            assert!(is_random(key), "{key}");
        }
    }

    #[test]
    fn what_people_name_and_what_is_an_id_or_digest_does_not() {
        for other in [
            "short1A",
            "6f1d2c3b-4a59-4e68-8f70-1a2b3c4d5e6f",
            "d41d8cd98f00b204e9800998ecf8427e",
            "getUserAccountInformationByEmail2",
            "how-to-build-a-scenario-in-10-minutes-2024",
            "application/vnd.openxmlformats-officedocument",
            "2024-05-17T09:30:00.000Z",
            "00000000000000000000000000a1",
            "1234567890123456789012345A",
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk",
            "This is a sentence, with 2 numbers.",
            "customer_account_number_eu_west_1",
            "XXXXXXXXXXXXXXXXXXXXXXXXXXX",
        ] {
            assert!(!is_random(other), "{other}");
        }
    }

    #[test]
    fn a_filler_is_not_varied() {
        for filler in [
            "xxxxxxxxxxxxxxxx",
            "ABABABABABABABAB",
            "your_api_key_goes_here",
            "short",
        ] {
            assert!(!is_varied(filler.as_bytes()), "{filler}");
        }
        for key in ["4eC39HqLyjWDarjtT1zdp7dc", "0123456789abcdef", "a1B2c3D4"] {
            assert!(is_varied(key.as_bytes()), "{key}");
        }
    }
}
