//! The names that HTML has for characters: all of its table, because any of them may stand in an
//! echo.

/// `NAME=CODE` or `NAME=CODE+CODE`, in hex, in the order of their bytes: HTML Living Standard,
/// "Named character references".
const TABLE: &str = include_str!("entities.txt");

/// What an entity of this name stands for; letters count in either case where only one is known.
pub(super) fn named(name: &str) -> Option<String> {
    let exact = found(name);
    exact.or_else(|| found(&name.to_ascii_lowercase()))
}

fn found(name: &str) -> Option<String> {
    let (mut from, mut to) = (0, TABLE.len());
    while from < to {
        let middle = from + (to - from) / 2;
        // The entry in which the middle lies.
        let bytes = TABLE.as_bytes();
        let ahead = bytes.get(..middle)?.iter().rev();
        let begin = middle - ahead.take_while(|byte| !byte.is_ascii_whitespace()).count();
        let entry = TABLE.get(begin..)?.split_ascii_whitespace().next()?;
        let (known, codes) = entry.split_once('=')?;
        match known.cmp(name) {
            std::cmp::Ordering::Equal => return characters(codes),
            std::cmp::Ordering::Less => from = begin + entry.len() + 1,
            std::cmp::Ordering::Greater => to = begin,
        }
    }
    None
}

fn characters(codes: &str) -> Option<String> {
    let code = |code| char::from_u32(u32::from_str_radix(code, 16).ok()?);
    codes.split('+').map(code).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_of_the_table_is_found() {
        let mut count = 0;
        for entry in TABLE.split_ascii_whitespace() {
            let (name, codes) = entry.split_once('=').unwrap();
            assert_eq!(found(name), characters(codes), "{name}");
            count += 1;
        }
        assert_eq!(count, 2125);
        for (name, text) in [
            ("quot", "\""),
            ("QUOT", "\""),
            ("period", "."),
            ("ouml", "ö"),
            ("Ouml", "Ö"),
            ("NewLine", "\n"),
        ] {
            assert_eq!(named(name).as_deref(), Some(text), "{name}");
        }
        for name in ["", "nosuch", "zzzz", "A", "=", " "] {
            assert_eq!(named(name), None, "{name}");
        }
    }
}
