//! Which zone the token of the agent `env` goes to. The token file, `MAKE_ZONE`, `--private-zone`
//! and the operator's entry may name one: they must agree, and only the file and the entry can
//! name a private host.

use crate::config::{BadToken, Environment};
use crate::make::{self, Zone};
use crate::sandbox::CANARY;
use crate::secret::{Scrubber, Strength};
use crate::tools::NotReady;

const FILE: &str = "the `zone=` line of the token file";
const VARIABLE: &str = "MAKE_ZONE";
const FLAG: &str = "--private-zone";
const ENTRY: &str = "the operator's entry (`operator network`)";
const ADDRESS_BAR: &str = "Operator: set MAKE_ZONE to the host in the address bar of Make.";

/// What names a zone beside the environment and the token file.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Beside<'a> {
    /// `--private-zone` of this command.
    pub(super) flag: Option<&'a str>,
    /// The private host that the operator has entered.
    pub(super) entry: Option<&'a str>,
}

/// The token of the agent `env` with its zone.
pub(super) fn access(
    environment: &Environment,
    beside: Beside<'_>,
    scrubber: &Scrubber,
) -> Result<make::Access, NotReady> {
    let Some(source) = &environment.token else {
        return Err(not_ready(
            "The server has no Make API token.".to_owned(),
            "Operator: set MAKE_API_KEY (or MAKE_API_KEY_FILE) and MAKE_ZONE.",
        ));
    };
    let given = source.load().map_err(|problem| {
        let next = match problem {
            BadToken::Untrusted(_) => "Operator: run that command, then start the server again.",
            BadToken::Other(_) => "Operator: make one in Make's profile under API access.",
        };
        not_ready(format!("{problem}."), next)
    })?;
    scrubber.add(&given.token, Strength::Token);
    let named = Named {
        file: given.zone.as_deref(),
        variable: environment
            .zone
            .as_deref()
            .map(|zone| zone.trim_start_matches('\u{FEFF}').trim()),
        flag: beside.flag,
        entry: beside.entry,
    };
    let access = make::Access {
        token: given.token,
        zone: named.zone()?,
    };
    if is_astray(&access) {
        return Err(not_ready(
            "MAKE_ZONE is a simulated zone, and the token is none of its own.".to_owned(),
            ADDRESS_BAR,
        ));
    }
    Ok(access)
}

/// Whether a token that no simulated zone has made would go to one: never, since that is plain http.
pub(super) fn is_astray(access: &make::Access) -> bool {
    // EXPOSE: to see whether a simulated zone made it; nothing keeps it.
    access.zone.is_simulated() && !access.token.expose().ends_with(CANARY)
}

/// What each place says of the zone, unchecked.
#[derive(Debug, Clone, Copy, Default)]
struct Named<'a> {
    file: Option<&'a str>,
    variable: Option<&'a str>,
    flag: Option<&'a str>,
    entry: Option<&'a str>,
}

impl Named<'_> {
    /// The zone that all of them name.
    fn zone(self) -> Result<Zone, NotReady> {
        let places = [
            (FILE, self.file),
            (VARIABLE, self.variable),
            (FLAG, self.flag),
            (ENTRY, self.entry),
        ];
        let mut zones = Vec::new();
        for (place, text) in places {
            if let Some(text) = text {
                zones.push((place, read(place, text)?));
            }
        }
        let Some((first, zone)) = zones.first() else {
            return Err(not_ready(
                "MAKE_ZONE is not set: the host of your Make account, such as eu1.make.com."
                    .to_owned(),
                ADDRESS_BAR,
            ));
        };
        if let Some((other, _)) = zones.iter().find(|(_, other)| other != zone) {
            return Err(contradiction(first, other));
        }
        let by_operator = self.file.is_some() || self.entry.is_some();
        if zone.is_private() && !by_operator {
            return Err(unconfirmed(first, self.flag.and(Some(zone))));
        }
        if zones.iter().all(|(place, _)| *place == FLAG) {
            return Err(not_ready(
                format!("--private-zone names {zone}, which is a public zone."),
                "Operator: set MAKE_ZONE to it and leave --private-zone out.",
            ));
        }
        Ok(zone.clone())
    }
}

/// One of them, checked. What cannot be read is not repeated.
fn read(place: &'static str, text: &str) -> Result<Zone, NotReady> {
    match place {
        FLAG | ENTRY => Zone::private(text)
            .map_err(|bad| not_ready(format!("{place}: {bad}."), "Operator: name the host alone.")),
        _ => Zone::parse(text).or_else(|bad| {
            Zone::private(text).map_err(|_| {
                let place = if place == FILE {
                    "The zone in the token file"
                } else {
                    place
                };
                not_ready(format!("{place} is {bad}."), ADDRESS_BAR)
            })
        }),
    }
}

fn contradiction(one: &str, other: &str) -> NotReady {
    let next = if [one, other].contains(&ENTRY) {
        "Operator: make them the same, or forget the entry: `make-credentials-mcp operator network --reset`."
    } else {
        "Operator: make them the same, or leave one of them out."
    };
    not_ready(
        format!(
            "The zone is not clear, so the token stays here: {one} and {other} name different hosts."
        ),
        next,
    )
}

/// A private host that only the variable or the flag names, which whoever configures a client can
/// write. The command is told for the flag, which says that it is meant for a private host.
fn unconfirmed(place: &str, flagged: Option<&Zone>) -> NotReady {
    let Some(host) = flagged else {
        // Misspelt names of public zones look the same.
        return not_ready(
            format!(
                "{place} is {}; a private instance needs `make-credentials-mcp operator network --private-zone HOST`.",
                make::BadZone::Unknown
            ),
            ADDRESS_BAR,
        );
    };
    not_ready(
        format!(
            "{place} alone sends no token to a private host. If {host} is your instance of Make, run `make-credentials-mcp operator network --private-zone {host}` or write zone={host} as the second line of the token file."
        ),
        "Operator: do one of the two, then start the server again.",
    )
}

fn not_ready(problem: String, next: &str) -> NotReady {
    NotReady {
        problem,
        next: next.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACES: [&str; 4] = [FILE, VARIABLE, FLAG, ENTRY];
    const PUBLIC: &str = "eu1.make.com";
    const OTHER: &str = "us1.make.com";
    const PRIVATE: &str = "make.example.com";
    const STRANGE: &str = "make.example.net";

    fn named(hosts: [Option<&'static str>; 4]) -> Named<'static> {
        let [file, variable, flag, entry] = hosts;
        Named {
            file,
            variable,
            flag,
            entry,
        }
    }

    /// Every combination of what the four places can say.
    fn combinations() -> Vec<[Option<&'static str>; 4]> {
        let hosts = [
            None,
            Some(PUBLIC),
            Some(OTHER),
            Some(PRIVATE),
            Some(STRANGE),
        ];
        let mut all = Vec::new();
        for file in hosts {
            for variable in hosts {
                for flag in hosts {
                    all.extend(hosts.map(|entry| [file, variable, flag, entry]));
                }
            }
        }
        all
    }

    #[test]
    fn a_private_host_needs_the_file_or_the_operators_entry_and_no_two_places_may_differ() {
        let (mut accepted, mut refused) = (0, 0);
        for hosts in combinations() {
            let said: Vec<&str> = hosts.into_iter().flatten().collect();
            let agree = said.windows(2).all(|two| two[0] == two[1]);
            let [file, variable, _, entry] = hosts;
            let is_private = said.first().is_some_and(|host| host.starts_with("make."));
            let vouched = file.is_some() || entry.is_some();
            let named_at_all = vouched || (variable.is_some() && !is_private);
            match named(hosts).zone() {
                Ok(zone) => {
                    assert!(agree && named_at_all, "{hosts:?}");
                    assert_eq!(zone.to_string(), said[0], "{hosts:?}");
                    accepted += 1;
                }
                Err(no) => {
                    assert!(!agree || !named_at_all, "{hosts:?}: {}", no.problem);
                    assert!(no.next.chars().count() <= 120, "{}", no.next);
                    refused += 1;
                }
            }
        }
        assert_eq!((accepted, refused), (52, 573));
    }

    #[test]
    fn two_places_that_differ_are_both_named() {
        for one in 0..4 {
            for other in one + 1..4 {
                let mut hosts = [None; 4];
                (hosts[one], hosts[other]) = (Some(PRIVATE), Some(STRANGE));
                let no = named(hosts).zone().unwrap_err();
                for place in [PLACES[one], PLACES[other]] {
                    assert!(no.problem.contains(place), "{}", no.problem);
                }
            }
        }
    }

    #[test]
    fn the_flag_alone_is_refused_with_the_command_that_helps() {
        let no = named([None, None, Some(PRIVATE), None]).zone().unwrap_err();
        let command = "`make-credentials-mcp operator network --private-zone make.example.com`";
        assert!(no.problem.contains(command), "{}", no.problem);
        assert!(no.problem.contains("zone=make.example.com"));
        // A misspelt public zone is not handed back as something to allow.
        let no = named([None, Some("eu1.make.com.example"), None, None]);
        let no = no.zone().unwrap_err();
        assert!(!no.problem.contains("com.example"), "{}", no.problem);
        let no = named([None, None, Some(PUBLIC), None]).zone().unwrap_err();
        assert!(no.next.contains("MAKE_ZONE"), "{}", no.next);
    }
}
