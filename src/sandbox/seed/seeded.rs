//! Ids of what a fresh zone holds.

/// The operator token's user, "Jane Doe".
pub const JANE: u64 = 7;
/// A user who only looks, in `MARKETING`.
pub const JOHN: u64 = 8;
/// The admin of `OPS`, a stranger to the others.
pub const GINA: u64 = 9;

/// The organization "Acme".
pub const ACME: u64 = 10;
/// The organization "Globex".
pub const GLOBEX: u64 = 11;

/// A team of Acme.
pub const MARKETING: u64 = 22;
/// A team of Acme.
pub const SALES: u64 = 23;
/// The team of Globex.
pub const OPS: u64 = 31;

/// Two open credentials: a Google connection and an API key. In `MARKETING`, as the next ones.
pub const PENDING_REQUEST: &str = "5ce00001-0000-4000-8000-000000000001";
/// One of two credentials is authorized.
pub const PARTLY_REQUEST: &str = "5ce00002-0000-4000-8000-000000000002";
/// Became connection 102 and key 402.
pub const AUTHORIZED_REQUEST: &str = "5ce00003-0000-4000-8000-000000000003";
/// Declined with a reason.
pub const DECLINED_REQUEST: &str = "5ce00004-0000-4000-8000-000000000004";
/// Open, but its time is over; an id without dashes.
pub const EXPIRED_REQUEST: &str = "5ce00005000040008000000000000005";
/// Became connection 105, which has expired and can be asked for again.
pub const RENEWABLE_REQUEST: &str = "5ce00006-0000-4000-8000-000000000006";
/// In `SALES`, with a status and a state that no client knows.
pub const UNKNOWN_STATUS_REQUEST: &str = "5ce00007-0000-4000-8000-000000000007";
/// In `OPS`.
pub const FOREIGN_REQUEST: &str = "5ce00008-0000-4000-8000-000000000008";

/// The first credential of a seeded request has the request's number here, then 01; the next 02.
pub fn credential(request: &str, place: usize) -> String {
    let number = request.get(7..8).unwrap_or("0");
    format!("c4ed000{number}-0000-4000-8000-0000000000{place:02}")
}
