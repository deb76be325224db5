//! The generator itself: its counts, and that a secret stands where it is said to stand and
//! nowhere else.

use std::collections::{BTreeMap, BTreeSet};

use super::random::Random;
use super::{cases, decoys, grammar, providers, shows, structures};

#[test]
fn the_second_set_has_its_size_and_every_group() {
    let plans = cases::all();
    let asserted = plans.iter().filter(|plan| plan.is_asserted).count();
    assert!(asserted >= 1_000, "{asserted}");
    let mut groups: BTreeMap<&str, usize> = BTreeMap::new();
    for plan in &plans {
        *groups.entry(plan.group).or_default() += 1;
    }
    println!("{asserted} asserted of {}: {groups:#?}", plans.len());
    assert_eq!(groups.len(), 22, "{groups:?}");
    assert!(groups.values().all(|count| *count >= 3), "{groups:?}");
    let providers: BTreeSet<&str> = providers::all()
        .chain(structures::ADDRESSES)
        .map(|(provider, _)| provider)
        .collect();
    assert!(providers.len() >= 40, "{}", providers.len());
}

#[test]
fn each_secret_is_its_own_and_stands_in_its_template_alone() {
    let mut seen = BTreeSet::new();
    for plan in cases::all() {
        let case = plan.case();
        assert!(!case.secret_parts.is_empty(), "{}", case.about);
        assert!(seen.insert(case.secret_parts.clone()), "{}", case.about);
        let (with, without) = (case.template.to_string(), case.without.to_string());
        assert!(shows(&with, &case.secret_parts), "{}", case.about);
        assert!(!shows(&without, &case.secret_parts), "{}", case.about);
        assert!(!with.contains(['«', '»']), "{with}");
        assert!(without.contains("3.value"), "{without}");
    }
}

#[test]
fn templates_without_a_secret_are_full_of_texts_and_differ() {
    let mut seen = BTreeSet::new();
    // Each module has had its turn by then.
    for number in 0..50 {
        let template = decoys::blueprint(number);
        assert_eq!(template, decoys::blueprint(number));
        let texts = decoys::texts(&template);
        assert!(texts.len() >= 50, "{}", texts.len());
        let all = template.to_string();
        assert!(!all.contains(['«', '»']), "{all}");
        assert!(seen.insert(all));
    }
}

#[test]
fn a_pattern_expands_to_its_lengths_and_alphabets() {
    let mut random = Random::new(1);
    let expanded = grammar::expand(&mut random, "SG.«!url:22».«hex:4»-«!d:3»");
    let parts: Vec<usize> = expanded.secret_parts.iter().map(String::len).collect();
    assert_eq!(parts, [22, 3]);
    assert_eq!(expanded.text.len(), 3 + 22 + 1 + 4 + 1 + 3);
    assert!(expanded.text.starts_with("SG.") && expanded.text.ends_with(&expanded.secret_parts[1]));
}
