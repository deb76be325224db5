//! What the fields of one object say of each other: in `{"name": "Authorization", "value": "…"}` the
//! name of the value is `Authorization`, and `{"type": "password", "default": "…"}` is a password.

use super::formulas;
use super::names::{Sure, sure};

/// Fields that hold the name of their sibling, the surest first.
const LABELS: [&str; 24] = [
    "name",
    "key",
    "headername",
    "fieldname",
    "paramname",
    "parametername",
    "keyname",
    "variablename",
    "propertyname",
    "settingname",
    "var",
    "n",
    "field",
    "header",
    "param",
    "parameter",
    "property",
    "variable",
    "attribute",
    "k",
    "id",
    "label",
    "title",
    "@name",
];

/// Fields that hold a value whose name stands elsewhere.
const VALUES: [&str; 27] = [
    "value",
    "headervalue",
    "fieldvalue",
    "paramvalue",
    "parametervalue",
    "keyvalue",
    "variablevalue",
    "propertyvalue",
    "settingvalue",
    "values",
    "to",
    "answer",
    "val",
    "v",
    "default",
    "defaultvalue",
    "data",
    "raw",
    "content",
    "text",
    "sample",
    "example",
    "plaintext",
    "plain",
    "string",
    "#text",
    "current",
];

/// Types whose values are secrets.
const TYPES: [&str; 5] = ["password", "pkey", "secret", "cert", "hidden_password"];

/// The private parts of a JSON Web Key (RFC 7518, section 6).
const PRIVATE_PARTS: [&str; 7] = ["d", "p", "q", "dp", "dq", "qi", "k"];

/// The sides of a comparison in a filter.
const SIDES: [&str; 6] = ["a", "b", "left", "right", "operand", "expected"];

/// Fields that say of what sort their sibling is.
const SORTS: [&str; 7] = [
    "type",
    "inputType",
    "format",
    "fieldType",
    "widget",
    "control",
    "dataType",
];

/// The longest text that is a name.
const LONGEST_LABEL: usize = 100;

/// The siblings that tell something.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Fields<'a> {
    label: Option<&'a str>,
    is_typed: bool,
    is_jwk: bool,
    /// The two sides of a comparison, where one names a secret: the other one is it.
    compared: Option<(&'a str, &'a str)>,
    /// Whether one of them is the id of an access key.
    pub(super) has_id: bool,
}

impl<'a> Fields<'a> {
    pub(super) fn of(texts: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        let mut best: Option<(usize, &str)> = None;
        let (mut is_typed, mut is_jwk) = (false, false);
        let (mut compared, mut has_id) = (None, false);
        for (key, text) in texts {
            has_id |= is_access_id(text);
            if SIDES.contains(&key)
                && let Some(name) = formulas::secret_name(text)
            {
                compared = Some((key, name));
            }
            if text.len() > LONGEST_LABEL {
                continue;
            }
            let rank = LABELS
                .iter()
                .position(|label| key.eq_ignore_ascii_case(label));
            if let Some(rank) = rank {
                // A telling name wins over one that tells nothing: `{"id": "f1", "label": "Password"}`.
                let rank = rank + if is_telling(text) { 0 } else { LABELS.len() };
                if best.is_none_or(|(known, _)| rank < known) {
                    best = Some((rank, text));
                }
            }
            is_jwk |= key == "kty";
            is_typed |=
                SORTS.iter().any(|sort| key.eq_ignore_ascii_case(sort)) && is_secret_type(text);
        }
        Self {
            label: best.map(|(_, label)| label),
            is_typed,
            is_jwk,
            compared,
            has_id,
        }
    }

    /// The name that tells what the value of this field is.
    pub(super) fn name<'n>(&self, key: &'n str, inherited: &'n str) -> &'n str
    where
        'a: 'n,
    {
        if self.is_jwk && PRIVATE_PARTS.contains(&key) {
            return "privateKey";
        }
        if let Some((side, name)) = self.compared
            && side != key
            && SIDES.contains(&key)
        {
            return name;
        }
        if !is_value(key) {
            return key;
        }
        match self.label {
            Some(label) => label,
            None if is_telling(inherited) => inherited,
            None => key,
        }
    }

    /// Whether a sibling says that the value of this field is a secret.
    pub(super) fn is_typed(&self, key: &str) -> bool {
        self.is_typed && is_value(key)
    }
}

fn is_value(key: &str) -> bool {
    VALUES.iter().any(|value| key.eq_ignore_ascii_case(value))
}

/// The name that fields inside a field go by where they have none of their own.
pub(super) fn inherits<'n>(key: &'n str, inherited: &'n str) -> &'n str {
    if is_value(key) && is_telling(inherited) {
        inherited
    } else {
        key
    }
}

/// The name of a field for secrets, as what stands inside of it sees it; empty for other fields.
pub(super) fn container(name: &str) -> &str {
    let is_one = matches!(sure(name), Sure::Certain(_) | Sure::Probable(_));
    if is_one { name } else { "" }
}

pub(super) fn is_secret_type(text: &str) -> bool {
    TYPES.iter().any(|kind| text.eq_ignore_ascii_case(kind))
}

/// Whether a text is the id of an access key, beside which the key itself stands.
pub(super) fn is_access_id(text: &str) -> bool {
    let id = text.trim();
    id.len() == 20
        && (id.starts_with("AKIA") || id.starts_with("ASIA"))
        && id
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

/// Whether a name says that its value is a secret.
pub(super) fn is_telling(name: &str) -> bool {
    sure(name).kind().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields<'a>(texts: &[(&'a str, &'a str)]) -> Fields<'a> {
        Fields::of(texts.iter().copied())
    }

    #[test]
    fn a_sibling_names_a_value() {
        let header = fields(&[("key", "Authorization"), ("value", "Token x")]);
        assert_eq!(header.name("value", "headers"), "Authorization");
        assert_eq!(header.name("key", "headers"), "key");
        let both = fields(&[("name", "f1"), ("label", "Password"), ("value", "x")]);
        assert_eq!(both.name("value", ""), "Password");
        assert_eq!(fields(&[]).name("value", "token"), "token");
        assert_eq!(fields(&[]).name("value", "headers"), "value");
        let typed = fields(&[
            ("name", "x"),
            ("type", "password"),
            ("default", "d"),
            ("help", "h"),
        ]);
        assert!(typed.is_typed("default") && !typed.is_typed("help"));
    }
}
