//! The command line of a helper, as it stands in a reference. Words are divided by spaces; a word
//! in double quotes may hold spaces, and in it `\"` is a quote and `\\` a backslash. That is all:
//! no shell, no variables, no patterns.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::reference::BadReference;

/// A program with an absolute path, and its arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    program: PathBuf,
    arguments: Vec<String>,
}

impl Command {
    /// The program.
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// Its arguments.
    pub fn arguments(&self) -> &[String] {
        &self.arguments
    }
}

impl FromStr for Command {
    type Err = BadReference;

    fn from_str(text: &str) -> Result<Self, BadReference> {
        let bad = BadReference("an absolute program and its arguments behind exec:");
        let mut words = words(text).ok_or(bad)?.into_iter();
        let program = PathBuf::from(words.next().ok_or(bad)?);
        if !program.is_absolute() || program.file_name().is_none() {
            return Err(bad);
        }
        Ok(Self {
            program,
            arguments: words.collect(),
        })
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&quoted(&self.program.display().to_string()))?;
        for argument in &self.arguments {
            write!(f, " {}", quoted(argument))?;
        }
        Ok(())
    }
}

fn quoted(word: &str) -> String {
    if !word.is_empty() && !word.contains([' ', '"']) {
        return word.to_owned();
    }
    let escaped = word.replace('\\', r"\\").replace('"', "\\\"");
    format!("\"{escaped}\"")
}

/// `None` when a quote is not closed, or text touches one from outside.
fn words(text: &str) -> Option<Vec<String>> {
    let mut found = Vec::new();
    let mut rest = text.trim_start_matches(' ');
    while !rest.is_empty() {
        let word;
        (word, rest) = match rest.strip_prefix('"') {
            Some(inside) => quoted_word(inside)?,
            None => plain_word(rest)?,
        };
        found.push(word);
        rest = rest.trim_start_matches(' ');
    }
    Some(found)
}

fn plain_word(text: &str) -> Option<(String, &str)> {
    let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
    (!word.contains('"')).then(|| (word.to_owned(), rest))
}

fn quoted_word(text: &str) -> Option<(String, &str)> {
    let mut word = String::new();
    let mut chars = text.chars();
    loop {
        match chars.next()? {
            '"' => break,
            '\\' => match chars.next()? {
                escaped @ ('"' | '\\') => word.push(escaped),
                _ => return None,
            },
            plain => word.push(plain),
        }
    }
    let rest = chars.as_str();
    (rest.is_empty() || rest.starts_with(' ')).then_some((word, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_divided_by_the_rule_and_written_back() {
        let command: Command = r#""/opt/my tools/get"  make "a b" "" C:\x "q\"\\" $HOME"#
            .parse()
            .unwrap();
        assert_eq!(command.program(), Path::new("/opt/my tools/get"));
        assert_eq!(
            command.arguments(),
            ["make", "a b", "", r"C:\x", r#"q"\"#, "$HOME"]
        );
        assert_eq!(command.to_string().parse(), Ok(command));
    }

    #[test]
    fn half_quotes_and_relative_programs_are_refused() {
        for bad in [
            "",
            " ",
            "get",
            "./get",
            "/",
            "/x \"a",
            "/x a\"b",
            "/x \"a\"b",
            r#"/x "\n""#,
        ] {
            assert!(bad.parse::<Command>().is_err(), "{bad}");
        }
    }
}
