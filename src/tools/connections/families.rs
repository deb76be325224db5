//! Connection types that one app takes alike. They are not vendor families: Gmail takes
//! `google-email` or `google-restricted`, while Sheets, Calendar and Drive take `google`.
//!
//! Source: the field notes in Make's published agent skills, and the comma-separated types in
//! answers of modules-with-credentials (`account:slack2,slack3`).

/// Each row: types that serve the same apps.
const FAMILIES: [&[&str]; 6] = [
    &["google-email", "google-restricted"],
    &["google"],
    &["azure"],
    &["slack", "slack2", "slack3"],
    &["notion", "notion2", "notion3"],
    &["airtable", "airtable2", "airtable3"],
];

/// Other families of the same vendor, which look alike and do not fit.
const LOOK_ALIKES: [(&str, &str); 2] = [("google", "google-email"), ("google-email", "google")];

/// The types that serve the same apps as this one, itself first.
pub(super) fn family(of: &str) -> Vec<&str> {
    let mut types = vec![of];
    if let Some(family) = FAMILIES.iter().find(|family| family.contains(&of)) {
        types.extend(family.iter().filter(|other| **other != of));
    }
    types
}

/// A type of the same vendor that people mix up with this one.
pub(super) fn look_alike(of: &str) -> Option<&'static str> {
    LOOK_ALIKES
        .iter()
        .find(|(this, _)| family(this).contains(&of))
        .map(|(_, other)| *other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_starts_with_the_type_itself() {
        assert_eq!(family("slack3"), ["slack3", "slack", "slack2"]);
        assert_eq!(family("google"), ["google"]);
        assert_eq!(family("unknown"), ["unknown"]);
        assert_eq!(look_alike("google-restricted"), Some("google"));
        assert_eq!(look_alike("azure"), None);
    }
}
