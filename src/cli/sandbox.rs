//! `sandbox`: the simulated zone alone.
