//! Ids and simulated tokens from one seeded generator, so that a run can be repeated.

/// The last group of every simulated token; leak tests look for it.
pub const CANARY: &str = "c0ffeec0ffee";

/// `SplitMix64`: fast and repeatable. It guards nothing: what it makes opens this simulation only.
pub(super) struct Chance(u64);

impl Chance {
    pub(super) fn new(seed: Option<u64>) -> std::io::Result<Self> {
        if let Some(seed) = seed {
            return Ok(Self(seed));
        }
        let mut bytes = [0; 8];
        getrandom::fill(&mut bytes).map_err(|_| std::io::Error::other("no random numbers"))?;
        Ok(Self(u64::from_le_bytes(bytes)))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(super) fn uuid(&mut self) -> String {
        let last = self.next() & 0xffff_ffff_ffff;
        format!("{}-{last:012x}", self.first_groups())
    }

    pub(super) fn token(&mut self) -> String {
        format!("{}-{CANARY}", self.first_groups())
    }

    fn first_groups(&mut self) -> String {
        let (high, low) = (self.next(), self.next());
        format!(
            "{:08x}-{:04x}-4{:03x}-{:x}{:03x}",
            high >> 32,
            (high >> 16) & 0xffff,
            high & 0xfff,
            8 + (low & 3),
            (low >> 8) & 0xfff,
        )
    }
}

/// Whether Make would take the text for an API token: a UUID of version 4.
pub(super) fn is_token(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    lengths == [8, 4, 4, 4, 12]
        && text.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit())
        && groups.get(2).is_some_and(|group| group.starts_with('4'))
        && groups
            .get(3)
            .is_some_and(|group| group.to_ascii_lowercase().starts_with(['8', '9', 'a', 'b']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_simulated_token_is_a_uuid_of_version_4_that_ends_in_the_canary() {
        let mut chance = Chance::new(Some(1)).unwrap();
        for _ in 0..100 {
            let token = chance.token();
            assert!(is_token(&token) && token.ends_with(CANARY), "{token}");
            assert!(is_token(&chance.uuid()));
        }
        assert!(!is_token("0198c0de-0000-7000-8000-c0ffeec0ffee"));
    }
}
