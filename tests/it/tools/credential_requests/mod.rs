//! The tools of credential requests.

mod changing;
mod deleting;
mod for_others;
mod making;
mod reading;
mod waiting;
