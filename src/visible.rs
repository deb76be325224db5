//! Text that others wrote, as a person sees it: without the characters that nobody sees and a
//! model reads all the same. The one definition of that in this crate.

use std::borrow::Cow;

/// How much of a text's layout stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// One line: a run of line breaks and tabs becomes one space.
    Line,
    /// Line breaks and tabs stay: somebody may write the text back.
    Block,
}

/// A text that had to be changed.
#[derive(Debug, PartialEq, Eq)]
pub struct Cleaned {
    /// What is left of it.
    pub text: String,
    /// How many characters were removed, or replaced by a space.
    pub changed: usize,
}

/// The text without what nobody sees; `None` when it is as it should be, which costs one look.
pub fn clean(text: &str, form: Form) -> Option<Cleaned> {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return None;
    }
    let stays = |c| form == Form::Block && matches!(c, '\n' | '\t');
    if !text.chars().any(|c| !is_seen(c) && !stays(c)) {
        return None;
    }
    let (mut clean, mut changed) = (String::with_capacity(text.len()), 0);
    let mut broken = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        // A line of some systems ends with both.
        if stays(c) || (c == '\r' && form == Form::Block && chars.peek() == Some(&'\n')) {
            clean.push(c);
        } else if is_break(c) {
            changed += 1;
            match form {
                Form::Line => broken = true,
                Form::Block => clean.push('\n'),
            }
        } else if !is_seen(c) {
            changed += 1;
        } else {
            if std::mem::take(&mut broken) && !clean.is_empty() {
                clean.push(' ');
            }
            clean.push(c);
        }
    }
    (changed > 0).then_some(Cleaned {
        text: clean,
        changed,
    })
}

/// The text on one line.
pub fn line(text: &str) -> Cow<'_, str> {
    clean(text, Form::Line).map_or(Cow::Borrowed(text), |clean| Cow::Owned(clean.text))
}

/// The text with its lines.
pub fn block(text: &str) -> Cow<'_, str> {
    clean(text, Form::Block).map_or(Cow::Borrowed(text), |clean| Cow::Owned(clean.text))
}

/// The first characters of a text and `…`, so many in all; `None` when it is not longer.
pub fn cut(text: &str, cap: usize) -> Option<String> {
    // A character has at least a byte.
    if text.len() <= cap || text.chars().nth(cap).is_none() {
        return None;
    }
    let short = text.chars().take(cap.saturating_sub(1));
    Some(short.chain(['…']).collect())
}

/// The text on one line, at most so long.
pub fn shown(text: &str, cap: usize) -> String {
    let line = line(text);
    cut(line.trim(), cap).unwrap_or_else(|| line.trim().to_owned())
}

/// The longest path that is shown.
const LONGEST_PATH: usize = 400;

/// A path as it is where that is a plain one, else in quotes, on one line and cut.
pub fn path(path: &std::path::Path) -> String {
    let text = path.to_string_lossy();
    let is_plain = |c: char| !c.is_whitespace() && c != '"';
    if shown(&text, LONGEST_PATH) == text && text.chars().all(is_plain) {
        return text.into_owned();
    }
    format!("\"{}\"", shown(&text, LONGEST_PATH).replace('"', "'"))
}

/// Whether there is something in it that nobody sees.
pub fn hides_something(text: &str) -> bool {
    text.chars().any(|c| !is_seen(c) && !is_break(c))
}

/// Whether a person sees this character, or the room that it takes within a line.
pub fn is_seen(c: char) -> bool {
    !is_break(c) && !is_hidden(c)
}

/// What ends a line or a column: the controls for it, and the separators of Unicode (`Zl`, `Zp`).
fn is_break(c: char) -> bool {
    matches!(c, '\t'..='\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// What is not drawn. By Unicode 17.0: `Cc` and `Cf` of `DerivedGeneralCategory.txt`, save the
/// signs before numbers (`Prepended_Concatenation_Mark` of `PropList.txt`), which are drawn;
/// `Default_Ignorable_Code_Point` of `DerivedCoreProperties.txt`, such as zero-width joiners,
/// variation selectors, fillers and tags, also where nothing is assigned yet; noncharacters; and
/// U+2800, a Braille cell without dots.
fn is_hidden(c: char) -> bool {
    matches!(c,
        '\0'..='\u{1F}' | '\u{7F}'..='\u{9F}' | '\u{AD}' | '\u{34F}' | '\u{61C}'
        | '\u{115F}'..='\u{1160}' | '\u{17B4}'..='\u{17B5}' | '\u{180B}'..='\u{180F}'
        | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
        | '\u{2800}' | '\u{3164}' | '\u{FDD0}'..='\u{FDEF}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}'
        | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}' | '\u{13430}'..='\u{1343F}'
        | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
        // The last two of each plane.
        || u32::from(c) & 0xFFFE == 0xFFFE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_that_of_unicode() {
        let hidden = regex::Regex::new(
            r"^[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\x{2800}--\p{Prepended_Concatenation_Mark}]$",
        )
        .unwrap();
        let mut buffer = [0; 4];
        for c in '\0'..=char::MAX {
            let by_unicode = hidden.is_match(c.encode_utf8(&mut buffer));
            assert_eq!(!is_seen(c), by_unicode, "U+{:04X}", u32::from(c));
        }
    }

    #[test]
    fn a_path_that_is_no_plain_one_is_quoted_short_and_on_one_line() {
        let of = |text: &str| path(std::path::Path::new(text));
        assert_eq!(of("/home/ö/.x"), "/home/ö/.x");
        assert_eq!(of("/a b"), "\"/a b\"");
        assert_eq!(of("/a\nb\"\u{202E}c"), "\"/a b'c\"");
        let long = of(&format!("/{}", "y".repeat(10_000)));
        assert_eq!(long.chars().count(), LONGEST_PATH + 2);
    }

    #[test]
    fn what_nobody_sees_goes_and_lines_become_one() {
        for (text, seen) in [
            ("Sla\u{200B}ck", "Slack"),
            ("a\r\n\n\t\u{200B}\u{2028}b", "a b"),
            ("\n a\n", " a"),
            ("\u{1b}[31mred\u{9b}0m\u{7f}", "[31mred0m"),
            ("\u{202E}a\u{2066}b\u{61C}", "ab"),
            ("x\u{E0041}\u{E0100}\u{FE0F}\u{FFFE}y", "xy"),
        ] {
            let clean = clean(text, Form::Line).unwrap();
            assert_eq!(clean.text, seen);
            assert_eq!(super::clean(&clean.text, Form::Line), None);
            assert!(clean.changed > 0);
        }
        for text in [
            "",
            "Jane's sheet",
            "Übergrößenträger 日本語 עברית 👍",
            "a\u{a0}b",
        ] {
            assert_eq!(clean(text, Form::Line), None, "{text}");
        }
    }

    #[test]
    fn a_block_keeps_its_lines() {
        for text in ["a\n\tb", "a\r\nb\r\n"] {
            assert_eq!(clean(text, Form::Block), None);
        }
        assert_eq!(block("a\rb\u{2029}c\u{200B}\u{7}"), "a\nb\nc");
        assert_eq!(line("a\r\nb"), "a b");
    }

    #[test]
    fn a_text_is_cut_between_characters() {
        assert_eq!(cut("äöü", 3), None);
        assert_eq!(cut("äöü", 2).unwrap(), "ä…");
        assert_eq!(shown(" a\nbcd ", 4), "a b…");
        assert!(hides_something("a\u{200B}") && !hides_something("a\nb"));
    }
}
