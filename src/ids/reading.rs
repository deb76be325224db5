//! How ids are read from JSON. Checks are in the visitors, because only there does a reader of JSON
//! still know where it stands.

use std::fmt;
use std::marker::PhantomData;

use serde::de;

use super::{LARGEST, NUMBER, NotAnId};

/// Reads an id that is a number, or its digits as text.
pub(super) struct NumberOrDigits;

impl de::Visitor<'_> for NumberOrDigits {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(NUMBER)
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<u64, E> {
        let fits = (1..=LARGEST).contains(&number);
        if fits {
            Ok(number)
        } else {
            Err(E::custom(NotAnId(NUMBER)))
        }
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<u64, E> {
        self.visit_u64(u64::try_from(number).unwrap_or(0))
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<u64, E> {
        self.visit_u64(0)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<u64, E> {
        let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let number = if digits { text.parse().ok() } else { None };
        self.visit_u64(number.unwrap_or(0))
    }
}

/// Reads text into a checked type. The check is in the visitor, because only there does a reader
/// of JSON still know where it stands.
pub(super) struct Parsed<T>(PhantomData<T>);

impl<T> Parsed<T> {
    pub(super) fn new() -> Self {
        Self(PhantomData)
    }
}

impl<T: std::str::FromStr<Err = NotAnId>> de::Visitor<'_> for Parsed<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an id")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(E::custom)
    }
}
