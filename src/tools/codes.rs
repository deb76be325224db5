//! The codes of failures as agents and the trail read them.

use super::error::Code;

impl Code {
    /// The code as the agent reads it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::InvalidArguments => "invalid_arguments",
            Self::NotGranted => "not_granted",
            Self::AgentRevoked => "agent_revoked",
            Self::AgentExpired => "agent_expired",
            Self::ConfirmationRequired => "confirmation_required",
            Self::NotConfirmed => "not_confirmed",
            Self::WouldBreak => "would_break",
            Self::PlaintextSecretRefused => "plaintext_secret_refused",
            Self::UnknownCredential => "unknown_credential",
            Self::NotFound => "not_found",
            Self::MakeRefusedUs => "make_refused_us",
            Self::Forbidden => "forbidden",
            Self::PlanGate => "plan_gate",
            Self::RateLimited => "rate_limited",
            Self::Paused => "paused",
            Self::ProviderRefused => "provider_refused",
            Self::Rejected => "rejected",
            Self::Unavailable => "unavailable",
            Self::OutcomeUnknown => "outcome_unknown",
            Self::PossibleDuplicate => "possible_duplicate",
            Self::AuditUnavailable => "audit_unavailable",
            Self::SecretUnavailable => "secret_unavailable",
            Self::Busy => "busy",
            Self::Internal => "internal",
        }
    }

    /// Whether it is our own no to a call that could have been made.
    pub(super) fn is_ours(self) -> bool {
        matches!(
            self,
            Self::NotGranted
                | Self::AgentRevoked
                | Self::AgentExpired
                | Self::ConfirmationRequired
                | Self::NotConfirmed
                | Self::PlaintextSecretRefused
                | Self::PossibleDuplicate
                | Self::AuditUnavailable
        )
    }
}
