//! The agent itself, its Make user, organizations, teams and API tokens as tools.
