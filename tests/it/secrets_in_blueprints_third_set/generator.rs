//! The generator itself: its counts, that a secret stands where it is said to stand and nowhere
//! else, and that the blueprints without a secret hold none of those that were generated.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use super::pattern::{expand, percent};
use super::{decoys, secrets};
use crate::blueprint_reader::random::Random;

#[test]
fn the_third_set_has_its_size_and_its_providers() {
    let sizes: BTreeMap<&str, usize> = secrets::sizes().collect();
    assert_eq!(sizes.values().sum::<usize>(), secrets::COUNT);
    assert!(sizes.values().all(|size| *size >= 10), "{sizes:?}");
    assert!(
        secrets::providers().len() >= 150,
        "{}",
        secrets::providers().len()
    );
}

/// A run of a pattern that no value took the place of.
static UNFILLED: LazyLock<Regex> =
    LazyLock::new(|| Regex::new("<([dhHamlunwbtz][0-9]+|uuid)[?]?>").unwrap());

/// Of every `step`th case: each secret is its own and stands once in its template.
fn each_secret_stands_once(step: usize) {
    let mut seen = HashSet::new();
    for number in (0..secrets::COUNT).step_by(step) {
        let case = secrets::case(number);
        assert_eq!(case.template, secrets::case(number).template);
        assert!(!case.parts.is_empty(), "{}", case.about);
        let text = case.template.to_string();
        for part in &case.parts {
            assert!(part.len() >= 8, "{part}: {}", case.about);
            let count = text.matches(part.as_str()).count();
            assert_eq!(count, 1, "{part}: {}", case.about);
            assert!(seen.insert(part.clone()), "{part}: {}", case.about);
        }
        assert_is_a_template(&case.template, &case.about);
    }
}

/// Every `step`th template without a secret is its own and holds none of the generated secrets.
fn no_decoy_holds_a_secret(step: usize) {
    let beginnings: HashSet<String> = (0..secrets::COUNT)
        .step_by(step)
        .flat_map(|number| secrets::case(number).parts)
        .map(|part| part.chars().take(8).collect())
        .collect();
    let mut seen = BTreeSet::new();
    for number in (0..decoys::COUNT).step_by(step) {
        let template = decoys::blueprint(number);
        assert_eq!(template, decoys::blueprint(number));
        let text = template.to_string();
        for window in text.as_bytes().windows(8) {
            let window = std::str::from_utf8(window).unwrap_or_default();
            assert!(!beginnings.contains(window), "{window}: {text}");
        }
        assert_is_a_template(&template, &text);
        assert!(decoys::texts(&template).len() >= 30, "{text}");
        assert!(seen.insert(text));
    }
}

#[test]
fn each_secret_of_the_third_set_is_its_own_and_stands_once_in_its_template() {
    each_secret_stands_once(9);
}

#[test]
fn templates_without_a_secret_in_the_third_set_differ_and_hold_no_generated_secret() {
    no_decoy_holds_a_secret(9);
}

#[test]
#[ignore = "long: run by .ci/run"]
fn the_whole_third_set_is_as_it_says() {
    each_secret_stands_once(1);
    no_decoy_holds_a_secret(1);
}

/// Modules have the shape of Make's, each an id of its own, and no pattern is left unfilled.
fn assert_is_a_template(template: &Value, about: &str) {
    let mut ids = BTreeSet::new();
    let flow = &template["blueprint"]["flow"];
    let count = walk(flow, &mut ids, about);
    assert_eq!(ids.len(), count, "{about}");
    assert!(count >= 3, "{about}");
    let text = template.to_string();
    assert!(!UNFILLED.is_match(&text), "{about}: {text}");
}

fn walk(flow: &Value, ids: &mut BTreeSet<u64>, about: &str) -> usize {
    let mut count = 0;
    for module in flow.as_array().unwrap() {
        count += 1;
        ids.insert(module["id"].as_u64().unwrap());
        let name = module["module"].as_str().unwrap();
        assert!(name.contains(':'), "{about}: {name}");
        assert!(module["parameters"].is_object(), "{about}: {name}");
        for route in module["routes"].as_array().into_iter().flatten() {
            count += walk(&route["flow"], ids, about);
        }
        if !module["onerror"].is_null() {
            count += walk(&module["onerror"], ids, about);
        }
    }
    count
}

#[test]
fn a_pattern_says_which_of_its_runs_are_secret() {
    let mut random = Random::new(7);
    let secret = expand(&mut random, "key-<d10?>:<h32>-x-<uuid>!");
    let lengths: Vec<usize> = secret.parts.iter().map(String::len).collect();
    assert_eq!(lengths, [32, 36]);
    assert_eq!(secret.text.len(), 4 + 10 + 1 + 32 + 3 + 36 + 1);
    assert!(secret.text.ends_with(&format!("-x-{}!", secret.parts[1])));
    assert_eq!(percent("a+b/c=é $-_.~"), "a%2Bb%2Fc%3D%C3%A9%20%24-_.~");
}
