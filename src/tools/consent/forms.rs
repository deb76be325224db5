//! How often a client may ask a person about one agent's calls: a person who is asked without an end
//! says yes to be left alone.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::clock::Moment;

/// The most questions of one agent in a minute; nobody reads more plans than that.
pub(super) const A_MINUTE: usize = 10;
const MINUTE_S: i64 = 60;

/// When each agent last had a person asked, in this process.
#[derive(Default)]
pub(super) struct Forms(Mutex<HashMap<String, Vec<Moment>>>);

impl Forms {
    /// Notes one more question of this holder; where that is too many, in how many seconds the next
    /// may be asked.
    pub(super) fn admit(&self, holder: &str, now: &Moment) -> Result<(), i64> {
        let mut asked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        asked.retain(|_, moments| {
            moments.retain(|at| at.is_within(MINUTE_S, now));
            !moments.is_empty()
        });
        let moments = asked.entry(holder.to_owned()).or_default();
        match moments.first() {
            Some(first) if moments.len() >= A_MINUTE => {
                Err((first.wall + MINUTE_S - now.wall).clamp(1, MINUTE_S))
            }
            _ => {
                moments.push(now.clone());
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(wall: i64) -> Moment {
        Moment { wall, boot: None }
    }

    #[test]
    fn a_person_is_asked_at_most_ten_times_a_minute_about_one_agent() {
        let forms = Forms::default();
        for second in 0..10 {
            assert_eq!(forms.admit("a", &at(second)), Ok(()));
        }
        assert_eq!(forms.admit("a", &at(10)), Err(50));
        assert_eq!(forms.admit("b", &at(10)), Ok(()), "another agent");
        assert_eq!(forms.admit("a", &at(59)), Err(1));
        assert_eq!(forms.admit("a", &at(60)), Ok(()));
        assert_eq!(forms.admit("a", &at(60)), Err(1));
        assert_eq!(forms.admit("a", &at(1000)), Ok(()));
        assert_eq!(forms.0.lock().unwrap().len(), 1, "nothing old is kept");
    }
}
