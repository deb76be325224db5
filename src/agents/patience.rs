//! How long Make may take to agree with itself. A simulated zone answers at once, so there the same
//! times are shorter.

use std::time::Duration;

use crate::make::Zone;

/// How long Make may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    /// Until a list of tokens shows what was made, and a new token works.
    pub(super) settle: Duration,
    /// Until a token that was not seen is believed not to exist: its creation may come late.
    pub(super) certain: Duration,
    /// Until a deleted token is refused.
    pub(super) gone: Duration,
    /// Between two looks.
    pub(super) pause: Duration,
    /// Until every process works with a new token.
    pub(super) served: Duration,
}

impl Patience {
    /// How long the zone may take.
    pub(super) fn of(zone: &Zone) -> Self {
        if zone.is_simulated() {
            Self {
                settle: Duration::from_millis(400),
                certain: Duration::from_secs(2),
                gone: Duration::from_millis(1500),
                pause: Duration::from_millis(40),
                served: Duration::from_secs(70),
            }
        } else {
            Self {
                settle: Duration::from_secs(10),
                certain: Duration::from_mins(10),
                gone: Duration::from_secs(30),
                pause: Duration::from_secs(1),
                served: Duration::from_secs(70),
            }
        }
    }
}
