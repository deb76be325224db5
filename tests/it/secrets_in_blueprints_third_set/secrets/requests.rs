//! Credentials in requests to services of no known provider: only their place tells what they are.

use serde_json::{Value, json};

use super::super::modules::{Request, module};
use super::super::pattern::{Secret, expand, percent};
use super::words::password;
use super::{Planted, carriers};
use crate::blueprint_reader::random::Random;

/// What services without a mark of their own hand out.
const FORMS: [&str; 9] = [
    "<h32>", "<h40>", "<n32>", "<n24>", "<w43>", "<uuid>", "<h64>", "<b43>=", "<l40>",
];

const HEADERS: [&str; 28] = [
    "Authorization: Bearer ",
    "authorization: bearer ",
    "Authorization: Token ",
    "Authorization: ApiKey ",
    "Authorization: Api-Key ",
    "Authorization: OAuth ",
    "Authorization: Key ",
    "Authorization: Token token=",
    "Authorization: apikey ",
    "Authorization: SharedAccessSignature sr=acme&sig=",
    "Authorization: ",
    "Proxy-Authorization: Bearer ",
    "X-API-Key: ",
    "x-api-key: ",
    "X-Api-Token: ",
    "X-Auth-Token: ",
    "X-Access-Token: ",
    "X-Session-Token: ",
    "X-Webhook-Secret: ",
    "X-Hub-Secret: ",
    "X-Client-Secret: ",
    "Api-Key: ",
    "apikey: ",
    "Access-Token: ",
    "X-Amz-Security-Token: ",
    "X-Application-Key: ",
    "X-Acme-Token: ",
    "token: ",
];

const QUERY: [&str; 22] = [
    "?api_key",
    "?apikey",
    "?apiKey",
    "?api-key",
    "?key",
    "?access_token",
    "?accessToken",
    "?auth_token",
    "?token",
    "?auth",
    "?authkey",
    "?app_key",
    "?secret",
    "?client_secret",
    "?subscription-key",
    "?sig",
    "?signature",
    "?password",
    "?session_id",
    "?sessiontoken",
    "?hapikey",
    "?private_token",
];

/// A random credential in a header of that use.
pub(super) fn header(random: &mut Random, number: usize) -> Planted {
    let secret = any(random);
    carriers::carried(random, &secret, HEADERS[number % HEADERS.len()])
}

/// The same in a field of the query, or in the query of the URL itself.
pub(super) fn query(random: &mut Random, number: usize) -> Planted {
    let secret = any(random);
    let carrier = QUERY[number % QUERY.len()];
    if number.is_multiple_of(2) {
        return carriers::carried(random, &secret, carrier);
    }
    let name = carrier.trim_start_matches('?');
    let around =
        format!("https://api.example.com/v1/items?limit=20&{name}={{}}&page={{{{1.page}}}}");
    let address = around.replace("{}", &percent(&secret.text));
    Planted {
        place: format!("query `{name}` of the URL"),
        module: Request::to(address).module(random),
        parts: secret.parts,
    }
}

fn any(random: &mut Random) -> Secret {
    let form = *random.pick(&FORMS);
    expand(random, form)
}

/// Basic authentication with a password that a person chose.
pub(super) fn basic(random: &mut Random, number: usize) -> Planted {
    let secret = Secret::whole(password(random));
    let users = [
        "basic:make",
        "basic:ana@example.com",
        "basic:svc_export",
        "basic:admin",
    ];
    carriers::carried(random, &secret, users[number % users.len()])
}

/// Exchanges of tokens, sign-ins, cookies and signatures.
pub(super) fn exchange(random: &mut Random, number: usize) -> Planted {
    let url = "https://login.example.com/oauth/token";
    let secret = any(random);
    let text = secret.text.as_str();
    let (place, module): (&str, Value) = match number % 8 {
        0 => {
            let request = Request::to(url).form("grant_type", "refresh_token");
            let request = request.form("client_id", "{{connection.clientId}}");
            (
                "refresh of a token",
                request.form("refresh_token", text).module(random),
            )
        }
        1 => {
            let request = Request::to(url).form("grant_type", "client_credentials");
            let request = request.form("client_id", "make-export");
            (
                "client credentials",
                request.form("client_secret", text).module(random),
            )
        }
        2 => {
            let body = json!({"grant_type": "client_credentials", "client_id": "make-export",
                "audience": "https://api.example.com/", "client_secret": text});
            (
                "client credentials in JSON",
                Request::to(url).json(&body).module(random),
            )
        }
        3 => {
            let cookie = format!("lang=de; PHPSESSID={text}; consent=1");
            let request = Request::to("https://shop.example.com/admin/export.csv");
            (
                "session cookie",
                request.header("Cookie", cookie).module(random),
            )
        }
        4 => {
            let cookie = format!(
                "wordpress_logged_in_9f2c=make%7C1790000000%7C{}",
                percent(text)
            );
            let request = Request::to("https://blog.example.com/wp-admin/admin-ajax.php");
            (
                "WordPress cookie",
                request.header("cookie", cookie).module(random),
            )
        }
        5 => {
            let body = format!(
                "<soap:Envelope><soap:Header><wsse:Security><wsse:UsernameToken>\
                 <wsse:Username>make</wsse:Username><wsse:Password>{text}</wsse:Password>\
                 </wsse:UsernameToken></wsse:Security></soap:Header></soap:Envelope>"
            );
            let request = Request::to("https://soap.example.com/ws").raw("text/xml", body);
            ("SOAP security header", request.module(random))
        }
        6 => {
            let query = "mutation($i: LoginInput!) { login(input: $i) { user { id } } }";
            let body = json!({"query": query, "variables": {"i": {"email": "make@example.com", "password": text}}});
            let request = Request::to("https://api.example.com/graphql").json(&body);
            ("variables of GraphQL", request.module(random))
        }
        _ => {
            let body = json!({"jsonrpc": "2.0", "id": 1, "method": "session.open",
                "params": {"user": "make", "apiToken": text}});
            let request = Request::to("https://zabbix.example.com/api_jsonrpc.php").json(&body);
            ("parameters of JSON-RPC", request.module(random))
        }
    };
    Planted {
        place: place.to_owned(),
        module,
        parts: secret.parts,
    }
}

/// Make's own API token, a uuid, where it is used as one.
pub(super) fn make_token(random: &mut Random, number: usize) -> Planted {
    let secret = expand(random, "<uuid>");
    let text = secret.text.as_str();
    let api = "https://eu2.make.com/api/v2/scenarios?teamId=22";
    let authorization = format!("Token {text}");
    let (place, module): (&str, Value) = match number % 6 {
        0 | 1 => {
            let request = Request::to(api).header("Authorization", authorization);
            ("header `Authorization: Token`", request.module(random))
        }
        2 => {
            let mapper = json!({"name": "makeApiToken", "scope": "roundtrip", "value": text});
            let module = module(random, "util:SetVariable2", mapper);
            ("variable `makeApiToken`", module)
        }
        3 => {
            let code = format!(
                "const headers = {{ Authorization: 'Token {text}' }};\n\
                 return fetch('{api}', {{ headers }}).then((answer) => answer.json());"
            );
            let mapper =
                json!({"language": "javascript", "input": [], "codeEditorJavascript": code});
            let module = module(random, "code:ExecuteCode", mapper);
            ("code", module)
        }
        4 => {
            let mapper = json!({"url": "/v2/hooks", "method": "GET",
                "headers": [{"key": "authorization", "value": authorization}]});
            let module = module(random, "make:MakeApiCall", mapper);
            ("header of an API call", module)
        }
        _ => {
            let command = format!("curl -H 'Authorization: Token {text}' '{api}'");
            let mapper = json!({"command": command});
            let module = module(random, "ssh:runCommand", mapper);
            ("curl command", module)
        }
    };
    Planted {
        place: place.to_owned(),
        module,
        parts: secret.parts,
    }
}
