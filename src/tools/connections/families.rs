//! Connection types that one app takes alike. They are not vendor families: Gmail takes
//! `google-email` or `google-restricted`, while Sheets, Calendar and Drive take `google`.

/// Each row: types that serve the same apps. Source: the field notes in Make's published agent
/// skills; for Slack also the types in an answer of modules-with-credentials
/// (`account:slack2,slack3`).
const DOCUMENTED: [&[&str]; 5] = [
    &["google-email", "google-restricted"],
    &["google"],
    &["azure"],
    &["slack2", "slack3"],
    &["notion2", "notion3"],
];

/// Our judgement, which no source confirms: that a name with another number, or without one, is
/// the same type at another time. Models ask for the bare name, and a connection too many is
/// marked as one of another type, where one too few costs a person a sign-in.
const JUDGED: [&[&str]; 3] = [
    &["slack", "slack2", "slack3"],
    &["notion", "notion2", "notion3"],
    &["airtable", "airtable2", "airtable3"],
];

/// Other families of the same vendor, which look alike and do not fit.
const LOOK_ALIKES: [(&str, &str); 2] = [("google", "google-email"), ("google-email", "google")];

/// The types that serve the same apps as this one, itself first.
pub(super) fn family(of: &str) -> Vec<&str> {
    let mut types = vec![of];
    for family in DOCUMENTED.iter().chain(&JUDGED) {
        if family.contains(&of) {
            let others = family.iter().filter(|other| !types.contains(other));
            types.extend(others.copied().collect::<Vec<_>>());
        }
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

    /// What is documented stands in one table, what we only think in the other.
    #[test]
    fn no_bare_name_and_no_airtable_is_called_documented() {
        let documented = DOCUMENTED.concat();
        for judged in ["slack", "notion", "airtable", "airtable2", "airtable3"] {
            assert!(!documented.contains(&judged), "{judged}");
            assert!(JUDGED.concat().contains(&judged), "{judged}");
        }
    }

    #[test]
    fn a_family_starts_with_the_type_itself() {
        assert_eq!(family("slack3"), ["slack3", "slack2", "slack"]);
        assert_eq!(family("slack"), ["slack", "slack2", "slack3"]);
        assert_eq!(
            family("google-email"),
            ["google-email", "google-restricted"]
        );
        assert_eq!(family("google"), ["google"]);
        assert_eq!(family("unknown"), ["unknown"]);
        assert_eq!(look_alike("google-restricted"), Some("google"));
        assert_eq!(look_alike("azure"), None);
    }
}
