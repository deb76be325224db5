//! One good call of each tool, on the seed data of the zone.

use make_credentials_mcp::sandbox::seeded;
use serde_json::{Value, json};

/// Arguments with which the tool succeeds for an agent of team 22. `flow` is a flow that was
/// started before.
pub(crate) fn example(tool: &str, flow: &str) -> Value {
    let team = json!({"teamId": 22});
    let connection = json!({"connectionId": 101});
    let credential = |request: &str| json!({"requestId": request, "credentialId": seeded::credential(request, 1)});
    match tool {
        "agent_status"
        | "api_tokens_list"
        | "keys_list_types"
        | "organizations_list"
        | "public_templates_list"
        | "secrets_list"
        | "teams_list"
        | "users_current_authorization"
        | "users_me" => {
            json!({})
        }
        "connections_list"
        | "keys_list"
        | "credential_requests_list"
        | "templates_list"
        | "teams_get" => team,
        "connections_get" | "connections_verify" | "connections_list_access" => connection,
        "connections_find_reusable" => json!({"teamId": 22, "type": "google"}),
        "connections_check_scopes" => json!({"connectionId": 101, "scopes": ["s"]}),
        "connections_create" => json!({"teamId": 22, "name": "N", "accountName": "google"}),
        "connections_delete" => json!({"connectionId": 102}),
        "connections_list_editable_parameters" => json!({"connectionId": 104}),
        "connections_update" => {
            json!({"connectionId": 104, "name": "N", "data": {"url": "https://a.example", "apiKey": null}})
        }
        "connections_set_access" => {
            json!({"connectionId": 101, "userId": 8, "role": "entity:entity-member"})
        }
        "connections_remove_access" => json!({"connectionId": 101, "userId": 8}),
        "keys_get" | "keys_delete" => json!({"keyId": 401}),
        "keys_update" => json!({"keyId": 401, "parameters": {"authUser": "jane"}}),
        "keys_create" => {
            json!({"teamId": 22, "name": "N", "typeName": "basicauth", "parameters": {"authUser": "jane"}})
        }
        "credential_requests_get" | "credential_requests_wait" => {
            json!({"requestId": seeded::AUTHORIZED_REQUEST})
        }
        "credential_requests_delete" => {
            json!({"requestId": seeded::AUTHORIZED_REQUEST, "withCredentials": true})
        }
        "credential_requests_credential_decline" => credential(seeded::PENDING_REQUEST),
        "credential_requests_credential_delete" => credential(seeded::AUTHORIZED_REQUEST),
        "credential_requests_credential_reauthorize" => credential(seeded::RENEWABLE_REQUEST),
        "credential_requests_create" => {
            json!({"teamId": 22, "credentials": [{"appName": "slack", "appModules": ["*"]}]})
        }
        "credential_requests_create_by_credentials" => {
            json!({"teamId": 22, "keys": [{"type": "apikeyauth"}]})
        }
        "credential_requests_create_for_user" => {
            json!({"teamId": 22, "name": "N", "provider": {"providerMakeUserId": 8},
                "credentials": [{"appName": "slack", "appModules": ["*"], "appVersion": 4}]})
        }
        "credential_requests_create_v1" => {
            json!({"teamId": 22, "name": "N", "provider": {"providerMakeUserId": 8},
                "connections": [{"type": "slack2", "appName": "slack", "appModules": ["CreateMessage"], "appVersion": "4"}]})
        }
        "credential_requests_extend_connection" => {
            json!({"connectionId": 101, "scopes": ["https://mail.google.com/"]})
        }
        "credential_requests_list_app_modules_with_creds" => json!({"appName": "slack"}),
        "organizations_get" => json!({"organizationId": 10}),
        "public_templates_get" | "public_templates_get_blueprint" => {
            json!({"templateUrl": "13-http-template-example"})
        }
        "templates_get" | "templates_get_blueprint" | "templates_delete" | "templates_publish" => {
            json!({"templateId": 601})
        }
        "templates_request_approval" => json!({"templateId": 602}),
        "template_flows_start" => json!({"teamId": 22, "templateId": 602}),
        "templates_update" => json!({"templateId": 601, "scheduling": {"type": "immediately"}}),
        "templates_create" => {
            json!({"teamId": 22, "language": "en", "blueprint": {"name": "N", "flow": [], "metadata": {}},
                "scheduling": {"type": "indefinitely", "interval": 900},
                "controller": {"name": "N", "idSequence": 1, "modules": {}}})
        }
        "template_flows_get" => json!({"flowId": flow}),
        _ => panic!("{tool} has no example call yet"),
    }
}
