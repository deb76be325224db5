//! Reads the fields of Make's answers that only describe: one odd value of them must not fail a
//! whole list. Ids are not read here; and what decides something must not look absent for being odd.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer};
use serde::{Deserialize, Deserializer};

use super::Opaque;

/// Beyond this a number that was read as a float may not be the number that was written.
const EXACT: f64 = 9_007_199_254_740_991.0;

/// In place of a value that cannot be shown.
const UNREADABLE: &str = "unreadable";

/// A single value, or nothing in place of a list or an object.
enum Scalar {
    Text(String),
    Whole(u64),
    /// A number that is no `u64`, as text.
    Other(String),
    Flag(bool),
    Nothing,
}

impl Scalar {
    fn text(self) -> Option<String> {
        match self {
            Self::Text(text) | Self::Other(text) => Some(text),
            Self::Whole(number) => Some(number.to_string()),
            Self::Flag(flag) => Some(flag.to_string()),
            Self::Nothing => None,
        }
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyScalar)
    }
}

struct AnyScalar;

impl<'de> Visitor<'de> for AnyScalar {
    type Value = Scalar;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_str<E>(self, text: &str) -> Result<Scalar, E> {
        Ok(Scalar::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Scalar, E> {
        Ok(Scalar::Text(text))
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Scalar, E> {
        Ok(Scalar::Flag(flag))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Scalar, E> {
        Ok(Scalar::Whole(number))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Scalar, E> {
        Ok(u64::try_from(number).map_or_else(|_| Scalar::Other(number.to_string()), Scalar::Whole))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Scalar, E> {
        Ok(if number.abs() <= EXACT {
            Scalar::Other(number.to_string())
        } else {
            Scalar::Nothing
        })
    }

    fn visit_unit<E>(self) -> Result<Scalar, E> {
        Ok(Scalar::Nothing)
    }

    fn visit_none<E>(self) -> Result<Scalar, E> {
        Ok(Scalar::Nothing)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Scalar, D::Error> {
        Scalar::deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Scalar, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Scalar::Nothing)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Scalar, A::Error> {
        while fields.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Scalar::Nothing)
    }
}

/// Text; a number or a boolean as it is written, nothing for the rest.
pub(super) fn text<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    Ok(Scalar::deserialize(from)?.text())
}

/// The same, and that something stands there for what has no text.
pub(super) fn told<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    let Some(scalar) = Option::<Scalar>::deserialize(from)? else {
        return Ok(None);
    };
    Ok(Some(scalar.text().unwrap_or_else(|| UNREADABLE.to_owned())))
}

/// The same for a field that every answer has: empty where Make says nothing.
pub(super) fn name<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    Ok(text(from)?.unwrap_or_default())
}

/// A count, also where it is written as text.
pub(super) fn count<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u64>, D::Error> {
    Ok(match Scalar::deserialize(from)? {
        Scalar::Whole(number) => Some(number),
        Scalar::Text(text) | Scalar::Other(text) => text.parse().ok(),
        Scalar::Flag(_) | Scalar::Nothing => None,
    })
}

/// Yes or no, also where it is written as text or as 1 and 0.
pub(super) fn flag<'de, D: Deserializer<'de>>(from: D) -> Result<Option<bool>, D::Error> {
    let scalar = Scalar::deserialize(from)?;
    Ok(match scalar.text().as_deref() {
        Some("true" | "1") => Some(true),
        Some("false" | "0") => Some(false),
        _ => None,
    })
}

/// Text whose digits count, as those of an account id: kept as it is written, whatever its length.
pub(super) fn exact<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    Ok(opaque(from)?.map(|text| text.to_string()))
}

/// The same as a type of its own.
pub(super) fn opaque<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Opaque>, D::Error> {
    Opaque::or_nothing(from)
}

/// A list of texts without the entries that have none; its only entry may stand alone.
pub(super) fn texts<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Vec<String>>, D::Error> {
    from.deserialize_any(Texts)
}

/// The same for a field that every answer has.
pub(super) fn list<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    Ok(texts(from)?.unwrap_or_default())
}

/// The rest of a visitor that reads no number, no boolean and no null.
macro_rules! nothing_for_other_scalars {
    () => {
        fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
            Ok(None)
        }

        fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
            Ok(None)
        }

        fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
            Ok(None)
        }

        fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
            Ok(None)
        }

        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok(None)
        }

        fn visit_none<E>(self) -> Result<Self::Value, E> {
            Ok(None)
        }

        fn visit_some<D: Deserializer<'de>>(
            self,
            deserializer: D,
        ) -> Result<Self::Value, D::Error> {
            deserializer.deserialize_any(self)
        }
    };
}

struct Texts;

impl<'de> Visitor<'de> for Texts {
    type Value = Option<Vec<String>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut texts = Vec::new();
        while let Some(item) = items.next_element::<Scalar>()? {
            texts.extend(item.text());
        }
        Ok(Some(texts))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Some(vec![text.to_owned()]))
    }

    nothing_for_other_scalars!();

    fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<Self::Value, A::Error> {
        AnyScalar.visit_map(fields).map(|_| None)
    }
}

/// An object with fields of its own, which are read by their own rules; nothing for the rest.
pub(super) fn part<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    from: D,
) -> Result<Option<T>, D::Error> {
    from.deserialize_any(Part(PhantomData))
}

struct Part<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Part<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<Self::Value, A::Error> {
        T::deserialize(MapAccessDeserializer::new(fields)).map(Some)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
        Ok(None)
    }

    nothing_for_other_scalars!();

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Self::Value, A::Error> {
        AnyScalar.visit_seq(items).map(|_| None)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[derive(Debug, Deserialize)]
    struct Row {
        #[serde(default, deserialize_with = "text")]
        text: Option<String>,
        #[serde(default, deserialize_with = "name")]
        name: String,
        #[serde(default, deserialize_with = "count")]
        count: Option<u64>,
        #[serde(default, deserialize_with = "flag")]
        flag: Option<bool>,
        #[serde(default, deserialize_with = "opaque")]
        opaque: Option<Opaque>,
        #[serde(default, deserialize_with = "texts")]
        texts: Option<Vec<String>>,
        #[serde(default, deserialize_with = "part")]
        part: Option<Box<Row>>,
    }

    fn read(field: &str, value: &str) -> Row {
        serde_json::from_str(&format!("{{\"{field}\": {value}}}")).unwrap()
    }

    #[test]
    fn no_value_of_any_kind_fails_a_field_that_only_describes() {
        let odd = [
            "null", "true", "-1", "7", "1.5", "1e300", "\"x\"", "[]", "[{}]", "{}",
        ];
        for field in ["text", "name", "count", "flag", "opaque", "texts", "part"] {
            for value in odd {
                read(field, value);
                let from_value: Value =
                    json!({field: serde_json::from_str::<Value>(value).unwrap()});
                serde_json::from_value::<Row>(from_value).unwrap();
            }
        }
    }

    #[test]
    fn what_has_a_sensible_reading_keeps_it() {
        for (value, text) in [
            ("\"a\"", Some("a")),
            ("-7", Some("-7")),
            ("1.5", Some("1.5")),
            ("true", Some("true")),
            ("116202339842394857123", None),
            ("null", None),
            ("{\"a\": [1]}", None),
        ] {
            assert_eq!(read("text", value).text.as_deref(), text, "{value}");
            assert_eq!(
                read("name", value).name,
                text.unwrap_or_default(),
                "{value}"
            );
        }
        assert_eq!(read("count", "\"60\"").count, Some(60));
        assert_eq!(read("count", "60.0").count, Some(60));
        assert_eq!(read("count", "\"many\"").count, None);
        assert_eq!(read("flag", "1").flag, Some(true));
        assert_eq!(read("flag", "\"false\"").flag, Some(false));
        assert_eq!(read("flag", "2").flag, None);
        let long = read("opaque", "116202339842394857123").opaque.unwrap();
        assert_eq!(long.as_str(), "116202339842394857123");
        assert_eq!(read("texts", "[1, null, \"b\"]").texts.unwrap(), ["1", "b"]);
        assert_eq!(read("texts", "\"b\"").texts.unwrap(), ["b"]);
        assert_eq!(read("part", "{\"name\": 5}").part.unwrap().name, "5");
        assert!(read("part", "[]").part.is_none());
    }
}
