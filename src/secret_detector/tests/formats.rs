//! Each format: a value of it is found whole, a shorter one and one inside a word are not.

use super::grammar::{ADDRESSES, DOCUMENTED, Numbers};
use crate::secret_detector::formats::ALL;
use crate::secret_detector::{Field, Place, find, judge, schemes};

fn kinds(text: &str) -> Vec<(&'static str, &str)> {
    find(text)
        .into_iter()
        .map(|found| (found.kind.name(), text.get(found.range).unwrap()))
        .collect()
}

#[test]
fn a_value_of_each_documented_format_is_found_whole_wherever_it_stands() {
    let mut numbers = Numbers::from(7);
    for (kind, grammar) in DOCUMENTED {
        for _ in 0..5 {
            let value = numbers.draw(grammar);
            for text in [
                value.clone(),
                format!("see {value} there"),
                format!("\"{value}\""),
                format!("line\\n{value}\\n"),
                format!("x={value}&y=1"),
                format!("ž{value}ž"),
            ] {
                assert_eq!(kinds(&text), [(*kind, value.as_str())], "{grammar}: {text}");
            }
        }
    }
    for (kind, before, grammar) in ADDRESSES {
        let secret = numbers.draw(grammar);
        let text = format!("call {before}{secret} now");
        assert_eq!(kinds(&text), [(*kind, secret.as_str())], "{text}");
    }
}

/// Those whose last part is of one length, so that one character less or more makes another text.
#[test]
fn a_value_that_is_one_character_short_or_inside_a_word_is_none_of_its_format() {
    let mut numbers = Numbers::from(11);
    let exact = [
        "ghp_{A36}",
        "glptt-{h40}",
        "glpat-{A20}",
        "pat.{A22}.{A24}.{A20}",
        "squ_{h40}",
        "PMAK-{h24}-{h34}",
        "npm_{A36}",
        "rubygems_{h48}",
        "cio{A32}",
        "oy2{l43}",
        "dckr_pat_{A27}",
        "AKCp{A69}",
        "hf_{A34}",
        "r8_{A37}",
        "fc-{h32}",
        "glsa_{A32}_{h8}",
        "sntryu_{h64}",
        "hvs.{A24}",
        "AGE-SECRET-KEY-1{U58}",
        "pul-{h40}",
        "AKIA{U16}",
        "AIza{A35}",
        "GOCSPX-{A28}",
        "dop_v1_{h64}",
        "SCW{U17}",
        "dapi{h32}",
        "CFPAT-{A43}",
        "alcht_{A30}",
        "shpat_{h32}",
        "sq0csp-{A43}",
        "ck_{h40}",
        "EZAK{A54}",
        "mlsn.{h64}",
        "re_{A8}_{A24}",
        "pk_{h34}",
        "SK{h32}",
        "lin_api_{A40}",
        "pk_{d8}_{U32}",
        "cal_live_{h32}",
        "ATBB{A32}",
        "dt0c01.{U24}.{U64}",
        "key-{h32}",
        "tfp_{A40}",
        "nfp_{A36}",
    ];
    for grammar in exact {
        let value = numbers.draw(grammar);
        let kind = kinds(&value)[0].0;
        let short = value.get(..value.len() - 1).unwrap();
        for text in [short.to_owned(), format!("a{value}"), format!("_{value}")] {
            let found = kinds(&text);
            assert!(
                !found.iter().any(|(other, _)| *other == kind),
                "{grammar}: {text}: {found:?}"
            );
        }
    }
}

#[test]
fn a_filler_in_the_form_of_a_key_is_none() {
    for filler in [
        "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "sk_live_xxxxxxxxxxxxxxxxxxxxxxxx",
        "AKIAXXXXXXXXXXXXXXXX",
        "xoxb-your-token-goes-here-please",
        "sk-proj-your-openai-api-key-goes-right-here-in-this-place",
        "SG.xxxxxxxxxxxxxxxxxxxxxx.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "s.getElementsByClassNameXY",
        "live_streamingAndRecordingServices",
        "re_assigned_somethingelseentirely",
    ] {
        assert!(kinds(filler).is_empty(), "{filler}: {:?}", kinds(filler));
    }
}

#[test]
fn an_escape_that_reaches_into_an_anchor_is_read_without_a_panic() {
    for text in [r"\-us1", "%-us1", "%3-us1", "%3D-us1", r"a\n-us1"] {
        assert!(kinds(text).is_empty(), "{text}: {:?}", kinds(text));
    }
    let key = "%3D0123456789abcdef0123456789abcdef-us1";
    assert_eq!(kinds(key).len(), 1, "{key}");
}

/// What escapes, mappings, JSON and addresses are made of.
const MARKS: &[&str] = &[
    "\\",
    "%",
    "%3",
    "%3D",
    "\"",
    "'",
    "{",
    "{{",
    "}}",
    "}",
    "[",
    "]",
    ":",
    "=",
    "&",
    "?",
    "<",
    ">",
    "</",
    "/",
    "@",
    "://",
    ".",
    "-",
    "_",
    "ž",
    "ねこ",
    "\\u00e9",
    "\\n",
    "\n",
    " ",
    "a1B2c3D4e5",
    "password",
    "key",
    "token",
    "9f8a7b6c5d4e3f2a1b0c9f8a7b6c5d4e",
];

#[test]
fn no_mixture_of_anchors_and_marks_panics() {
    let anchors = ALL.iter().map(|format| format.anchor);
    let marks = MARKS.iter().copied();
    let pieces: Vec<&str> = marks
        .cycle()
        .take(MARKS.len() * 8)
        .chain(schemes::ANCHORS)
        .chain(anchors)
        .collect();
    let mut numbers = Numbers::from(23);
    for _ in 0..1_000 {
        let count = 1 + numbers.below(8);
        let text: String = (0..count).map(|_| numbers.pick(&pieces)).collect();
        for place in [Place::Plain, Place::Request, Place::Header] {
            for name in ["", "password", "key"] {
                let field = Field {
                    name,
                    is_typed: false,
                    place,
                    ..Field::default()
                };
                for found in judge(&field, &text) {
                    assert!(text.get(found.range).is_some(), "{text}");
                }
            }
        }
    }
}
