//! Fields whose names sound like credentials and that hold settings, mappings or placeholders.

use serde_json::{Value, json};

use super::super::modules::{module, with_parameters};
use super::super::pattern::fill;
use crate::blueprint_reader::random::Random;

/// Fields with ordinary values.
const SETTINGS: [(&str, &str); 62] = [
    ("tokenCount", "1843"),
    ("maxTokens", "4096"),
    ("max_completion_tokens", "800"),
    ("tokens_used", "<d4?>"),
    ("tokenType", "Bearer"),
    ("token_type", "bearer"),
    ("tokenUrl", "https://login.example.com/oauth2/token"),
    (
        "token_endpoint",
        "https://login.example.com/oauth2/v2.0/token",
    ),
    ("tokenExpiresAt", "2027-01-31T23:59:59Z"),
    ("tokenizer", "cl100k_base"),
    ("keyword", "running shoes"),
    ("keywords", "sneaker, running, trail, waterproof"),
    ("primaryKey", "order_id"),
    ("primary_key", "id"),
    ("foreignKey", "customer_id"),
    ("sortKey", "createdAt"),
    ("partitionKey", "tenant#<d5?>"),
    ("keyColumn", "email"),
    ("keyPrefix", "orders/2026/"),
    ("objectKey", "exports/2026/03/orders-<d6?>.csv"),
    ("s3Key", "uploads/<uuid?>/photo.jpg"),
    ("cacheKey", "products:list:eu:page:<d2?>"),
    ("translationKey", "checkout.payment.button.label"),
    ("issueKey", "SHOP-<d4?>"),
    ("projectKey", "SHOP"),
    ("hotkey", "ctrl+shift+k"),
    ("keyResult", "Churn under 2 %"),
    ("keyVaultName", "kv-acme-prod"),
    ("publicKeyAlgorithm", "ssh-ed25519"),
    (
        "publicKey",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI<b43?> ana@laptop",
    ),
    ("passwordLength", "16"),
    ("passwordPolicy", "min12-upper-digit-special"),
    ("passwordResetUrl", "https://app.example.com/password/reset"),
    ("password_changed_at", "2026-02-14T18:30:15Z"),
    ("passwordHint", "the one from the welcome letter"),
    ("forgotPasswordText", "Forgot your password?"),
    ("requirePassword", "true"),
    ("hasPassword", "false"),
    ("passwordField", "#login-password"),
    ("passRate", "97.4"),
    ("passenger", "Ana Novak"),
    ("passportCountry", "CZ"),
    ("compass", "NNW"),
    ("secretName", "prod/shop/database"),
    (
        "secretsManagerArn",
        "arn:aws:secretsmanager:eu-west-1:<d12?>:secret:shop",
    ),
    ("secretary", "Frau Brandstetter"),
    ("isSecret", "false"),
    ("authType", "oauth2"),
    ("authMethod", "none"),
    ("authorName", "Gabriel García"),
    (
        "authorizationUrl",
        "https://login.example.com/oauth2/authorize",
    ),
    ("authority", "https://login.microsoftonline.com/common"),
    ("credentialType", "serviceAccount"),
    ("credentials", "include"),
    ("signatureRequired", "yes"),
    (
        "emailSignature",
        "Best regards, Ana Novak | Acme s.r.o. | +420 123 456 789",
    ),
    ("signatureMethod", "HMAC-SHA256"),
    ("apiKeyName", "Make production"),
    ("apiKeyHeader", "X-Api-Key"),
    ("apiVersion", "2024-10-21"),
    ("sessionId", "{{1.sessionId}}"),
    ("sessionTitle", "Keynote: one key for all doors"),
];

/// Names of credentials, in the fields of which a scenario has a mapping or a placeholder.
const CREDENTIALS: [&str; 18] = [
    "apiKey",
    "api_key",
    "password",
    "token",
    "accessToken",
    "client_secret",
    "secret",
    "Passwort",
    "contraseña",
    "mot_de_passe",
    "refresh_token",
    "webhookSecret",
    "authorization",
    "privateKey",
    "bearerToken",
    "x-api-key",
    "signing_key",
    "passphrase",
];

/// What stands there instead of a credential.
pub(super) const INSTEAD: [&str; 34] = [
    "{{1.token}}",
    "{{connection.apiKey}}",
    "{{12.data.access_token}}",
    "{{var.organization.apiKey}}",
    "{{var.team.shop_password}}",
    "{{1.headers.`x-api-key`}}",
    "{{1.headers[].value}}",
    "{{parameters.clientSecret}}",
    "{{get(5.array; \"token\")}}",
    "{{ifempty(3.password; \"\")}}",
    "{{trim(2.secret)}}",
    "{{sha256(1.body; ; 4.key)}}",
    "{{base64(1.user + \":\" + 1.password)}}",
    "{{replace(7.token; \"Bearer \"; \"\")}}",
    "YOUR_API_KEY",
    "YOUR_ACCESS_TOKEN_HERE",
    "your-api-key-here",
    "your_password",
    "<token>",
    "<YOUR_TOKEN>",
    "<your password here>",
    "[API KEY]",
    "{API_KEY}",
    "${API_KEY}",
    "$API_TOKEN",
    "%API_KEY%",
    "xxxx",
    "xxxxxxxxxxxxxxxxxxxxxxxx",
    "XXXX-XXXX-XXXX-XXXX",
    "...",
    "REPLACE_ME",
    "INSERT_YOUR_KEY",
    "none",
    "",
];

/// A module with a setting whose name sounds like a credential.
pub(super) fn setting(random: &mut Random) -> Value {
    let mut fields = json!({"name": "{{1.name}}"});
    for _ in 0..3 {
        let (name, pattern) = *random.pick(&SETTINGS);
        fields[name] = json!(fill(random, pattern));
    }
    fields["max_tokens"] = json!(256 << random.below(5));
    fields["tokenLimit"] = json!(random.below(100_000));
    match random.below(4) {
        0 => with_parameters(random, "acme-erp:watchOrders", fields, json!({})),
        1 => module(
            random,
            "json:ParseJSON",
            json!({"json": fields.to_string()}),
        ),
        2 => {
            let mapper = json!({"datastore": 4711, "key": "settings", "data": fields});
            module(random, "datastore:AddRecord", mapper)
        }
        _ => module(random, "acme-crm:makeApiCall", fields),
    }
}

/// A module with the field of a credential that holds none.
pub(super) fn empty_field(random: &mut Random) -> Value {
    let name = *random.pick(&CREDENTIALS);
    let value = *random.pick(&INSTEAD);
    match random.below(5) {
        0 => {
            let mapper = json!({"name": name, "scope": "roundtrip", "value": value});
            module(random, "util:SetVariable2", mapper)
        }
        1 => module(
            random,
            "acme-crm:makeApiCall",
            json!({"user": "{{1.user}}", name: value}),
        ),
        2 => {
            let parameters = json!({"host": "files.example.com", name: value});
            with_parameters(random, "acme-erp:watchOrders", parameters, json!({}))
        }
        3 => {
            let json = json!({"user": "svc", name: value}).to_string();
            module(random, "json:ParseJSON", json!({"json": json}))
        }
        _ => {
            let input = json!([{"name": name, "value": value}]);
            let mapper = json!({"language": "javascript", "input": input,
                "codeEditorJavascript": "return Object.keys(input).length;"});
            module(random, "code:ExecuteCode", mapper)
        }
    }
}
