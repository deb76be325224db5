//! The seed's credential requests, one for each state.

use super::seeded::{
    AUTHORIZED_REQUEST, DECLINED_REQUEST, EXPIRED_REQUEST, FOREIGN_REQUEST, GINA, JANE, JOHN,
    MARKETING, OPS, PARTLY_REQUEST, PENDING_REQUEST, RENEWABLE_REQUEST, SALES,
    UNKNOWN_STATUS_REQUEST, credential,
};
use crate::sandbox::model::State;
use crate::sandbox::model::connection_type::connection_type;
use crate::sandbox::model::credential_request::{Component, Draft, NewRequest};

/// A credential: its type, the app that asked, its state, what it became.
struct Row(&'static str, &'static str, &'static str, Option<u64>);

pub(super) fn fill(state: &mut State) {
    let open = [
        Row("google", "google-sheets", "pending", None),
        Row("apikeyauth", "http", "pending", None),
    ];
    request(
        state,
        PENDING_REQUEST,
        "Google Workspace access",
        MARKETING,
        &open,
    );
    let partly = [
        Row("google", "google-sheets", "authorized", Some(101)),
        Row("slack2", "slack", "pending", None),
    ];
    request(state, PARTLY_REQUEST, "Reporting stack", MARKETING, &partly);
    let done = [
        Row("google-email", "google-email", "authorized", Some(102)),
        Row("apikeyauth", "http", "authorized", Some(402)),
    ];
    request(state, AUTHORIZED_REQUEST, "Newsletter", MARKETING, &done);
    let declined = [Row("hubspotcrm", "hubspotcrm", "declined", None)];
    request(state, DECLINED_REQUEST, "CRM access", MARKETING, &declined);
    let expired = [Row("azure", "microsoft-email", "pending", None)];
    request(
        state,
        EXPIRED_REQUEST,
        "Outlook access",
        MARKETING,
        &expired,
    );
    let renewable = [Row("google", "google-sheets", "authorized", Some(105))];
    request(
        state,
        RENEWABLE_REQUEST,
        "Old reports",
        MARKETING,
        &renewable,
    );
    let unknown = [Row("slack3", "slack", "escalated", None)];
    request(state, UNKNOWN_STATUS_REQUEST, "Sales bot", SALES, &unknown);
    let foreign = [Row("google", "google-sheets", "pending", None)];
    request(state, FOREIGN_REQUEST, "Globex reports", OPS, &foreign);
    details(state);
}

fn request(state: &mut State, id: &str, name: &str, team: u64, rows: &[Row]) {
    let drafts = rows.iter().map(draft).collect();
    let user = if team == OPS { GINA } else { JANE };
    let new = NewRequest {
        team,
        user,
        provider: user,
        name: name.to_owned(),
        description: None,
        mailed: false,
    };
    let place = state.open_request(new, drafts);
    let Some(request) = state.requests.get_mut(place) else {
        return;
    };
    id.clone_into(&mut request.id);
    for (number, (slot, row)) in (1..).zip(request.credentials.iter_mut().zip(rows)) {
        slot.id = credential(id, number);
        row.2.clone_into(&mut slot.state);
        slot.remote = row.3;
        if row.3.is_some() {
            slot.remote_scope.clone_from(&slot.draft.scope);
        }
    }
}

fn draft(row: &Row) -> Draft {
    let known = connection_type(row.0);
    let scope: &[&str] = match row.0 {
        "google" => &["https://www.googleapis.com/auth/drive.readonly"],
        "google-email" => &["https://mail.google.com/"],
        "slack2" | "slack3" => &["chat:write"],
        _ => &[],
    };
    Draft {
        component: if known.is_some() {
            Component::Account
        } else {
            Component::Keychain
        },
        oauth: known.is_some_and(|kind| kind.oauth),
        type_id: row.0.to_owned(),
        label: known.map_or("API Key Auth", |kind| kind.label).to_owned(),
        description: None,
        scope: scope.iter().map(|&scope| scope.to_owned()).collect(),
        app_name: row.1.to_owned(),
        app_modules: vec!["*".to_owned()],
        app_version: "2".to_owned(),
        name_override: None,
        prefill: serde_json::Value::Null,
    }
}

/// What single requests have beyond their credentials.
fn details(state: &mut State) {
    let (yesterday, created) = (state.clock.in_days(-1), state.clock.in_days(-31));
    for request in &mut state.requests {
        match request.id.as_str() {
            PENDING_REQUEST => {
                request.provider = Some(JOHN);
                request.provider_as_text = true;
                request.description = Some("For the weekly report.".to_owned());
            }
            DECLINED_REQUEST => {
                if let Some(credential) = request.credentials.first_mut() {
                    credential.decline_reason = Some("Ask the CRM owner.".to_owned());
                }
            }
            EXPIRED_REQUEST => (request.created, request.expires) = (created, yesterday),
            UNKNOWN_STATUS_REQUEST => {
                request.status_override = Some("awaiting_review".to_owned());
            }
            _ => {}
        }
    }
}
