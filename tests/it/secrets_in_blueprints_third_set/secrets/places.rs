//! Places in modules where a credential is found: those of any text, and those where the name of
//! the field says what it holds.

use serde_json::{Value, json};

use super::super::modules::{Request, module, url, with_parameters};
use super::super::nesting::filter;
use super::super::pattern::{Secret, percent};
use super::Planted;
use crate::blueprint_reader::random::Random;

type Place = (&'static str, fn(&mut Random, &str) -> Value);
type NamedPlace = (&'static str, fn(&mut Random, &str, &str) -> Value);

/// Places that say nothing of what they hold.
const ANY: [Place; 24] = [
    ("set variable", |random, text| {
        let name = *random.pick(&["cfg", "k1", "tmp_value", "upstream", "connector"]);
        let mapper = json!({"name": name, "scope": "roundtrip", "value": text});
        module(random, "util:SetVariable2", mapper)
    }),
    ("set variables", |random, text| {
        let variables =
            json!([{"name": "region", "value": "eu-west-1"}, {"name": "k", "value": text}]);
        let mapper = json!({"scope": "execution", "variables": variables});
        module(random, "util:SetVariables", mapper)
    }),
    ("JavaScript constant", |random, text| {
        let code = format!(
            "const base = 'https://api.example.com/v2';\nconst k = '{text}';\n\
             const res = await fetch(`${{base}}/orders`, {{ headers: {{ 'x-auth': k }} }});\n\
             return (await res.json()).map((order) => order.id);"
        );
        code_module(random, "javascript", &code)
    }),
    ("Python call", |random, text| {
        let code = format!(
            "import requests\n\ndef main(input):\n    client = Client(\"{text}\", retries=3)\n\
             \x20   return client.list(limit=input['limit'])\n"
        );
        code_module(random, "python", &code)
    }),
    ("input of a code module", |random, text| {
        let input = json!([{"name": "t", "value": text}, {"name": "limit", "value": "50"}]);
        let mapper = json!({"language": "javascript", "input": input,
            "codeEditorJavascript": "return callApi(input.t, input.limit);"});
        module(random, "code:ExecuteCode", mapper)
    }),
    ("header of the team's own", |random, text| {
        let request = Request::to("https://intern.example.de/api/bestand").header("X-Intern", text);
        request.header("Accept", "application/json").module(random)
    }),
    ("JSON body", |random, text| {
        let body = json!({"source": "make", "config": {"region": "eu", "value": text}, "rows": 25});
        let request = Request::to("https://api.example.com/v1/sync").json(&body);
        request.module(random)
    }),
    ("JSON in a JSON body", |random, text| {
        let inner = json!({"v": 1, "k": text}).to_string();
        let body = json!({"event": "sync", "payload": inner});
        let request = Request::to("https://jobs.example.com/enqueue").json(&body);
        request.module(random)
    }),
    ("form field", |random, text| {
        let request = Request::to("https://example.com/legacy/import.php").form("mode", "full");
        request.form("k", text).module(random)
    }),
    ("raw form body", |random, text| {
        let body = format!("mode=full&k={}&notify=0", percent(text));
        let request = Request::to("https://example.com/legacy/import.php");
        request
            .raw("application/x-www-form-urlencoded", body)
            .module(random)
    }),
    ("XML body", |random, text| {
        let body = format!(
            "<?xml version=\"1.0\"?>\n<request><auth>{text}</auth><method>getStock</method></request>"
        );
        let request = Request::to("https://soap.example.com/stock").raw("text/xml", body);
        request.module(random)
    }),
    ("query of a URL", |random, text| {
        let address = url(
            "https://api.example.com/v1/items",
            &[("limit", "50"), ("k", text)],
        );
        Request::to(address).module(random)
    }),
    ("field of an app", |random, text| {
        let mapper = json!({"name": "{{1.name}}", "custom_field_7": text, "stage": "new"});
        module(random, "pipedrive:CreateDeal", mapper)
    }),
    ("text of an email", |random, text| {
        let html = format!("<p>Hi Ana,</p><p>use this one until Friday: <code>{text}</code></p>");
        let mapper = json!({"to": ["ana@example.com"], "subject": "Access", "html": html});
        module(random, "email:ActionSendEmail", mapper)
    }),
    ("chat message", |random, text| {
        let mapper = json!({"channel": "C02AB3CD4EF", "text": format!("New one is {text} :lock:")});
        module(random, "slack:CreateMessage", mapper)
    }),
    ("data store record", |random, text| {
        let mapper = json!({"datastore": 4711, "key": "settings", "data": {"a": text, "b": 3}});
        module(random, "datastore:AddRecord", mapper)
    }),
    ("filter", |random, text| {
        let mapper = json!({"status": "200", "body": "ok"});
        let mut respond = module(random, "gateway:WebhookRespond", mapper);
        respond["filter"] = filter("{{1.headers.`x-caller`}}", text);
        respond
    }),
    ("curl command", |random, text| {
        let command = format!(
            "curl -sS -X POST https://api.example.com/v1/jobs -H 'X-Caller: {text}' -d '{{}}'"
        );
        module(random, "ssh:runCommand", json!({"command": command}))
    }),
    ("dotenv text", |random, text| {
        let file = format!("NODE_ENV=production\nPORT=8080\nUPSTREAM={text}\nLOG_LEVEL=info\n");
        let mapper = json!({"name": ".env", "data": file, "folder": "/deploy"});
        module(random, "dropbox:uploadFile", mapper)
    }),
    ("YAML text", |random, text| {
        let file = format!("service: export\nreplicas: 2\nupstream:\n  auth: \"{text}\"\n");
        let mapper = json!({"path": "deploy/values.yaml", "content": file, "branch": "main"});
        module(random, "github:createFile", mapper)
    }),
    ("answer of a webhook", |random, text| {
        let headers = json!([{"key": "X-Next", "value": text}]);
        let mapper = json!({"status": "200", "body": "{\"ok\":true}", "headers": headers});
        module(random, "gateway:WebhookRespond", mapper)
    }),
    ("prompt of a model", |random, text| {
        let content =
            format!("You are a helpful clerk. When you call the shop, send {text} along.");
        let messages = json!([{"role": "system", "content": content},
            {"role": "user", "content": "{{1.body.question}}"}]);
        let mapper = json!({"model": "gpt-4o-mini", "messages": messages, "max_tokens": 512});
        module(random, "openai-gpt-3:CreateCompletion", mapper)
    }),
    ("switch", |random, text| {
        let cases = json!([{"pattern": "live", "output": text}, {"pattern": "test", "output": ""}]);
        let mapper = json!({"input": "{{1.mode}}", "casesTable": cases});
        module(random, "util:Switcher", mapper)
    }),
    ("parameter of a module", |random, text| {
        let parameters = json!({"environment": "live", "identifier": text});
        with_parameters(random, "acme-erp:watchOrders", parameters, json!({}))
    }),
];

/// Places where the name stands beside the value.
const NAMED: [NamedPlace; 19] = [
    ("named variable", |random, name, text| {
        let mapper = json!({"name": name, "scope": "roundtrip", "value": text});
        module(random, "util:SetVariable2", mapper)
    }),
    ("one of named variables", |random, name, text| {
        let variables = json!([{"name": "region", "value": "eu"}, {"name": name, "value": text}]);
        let mapper = json!({"scope": "roundtrip", "variables": variables});
        module(random, "util:SetVariables", mapper)
    }),
    ("named field of an app", |random, name, text| {
        let mapper = json!({"host": "crm.example.com", "user": "make", name: text});
        module(random, "acme-crm:makeApiCall", mapper)
    }),
    ("named parameter of a module", |random, name, text| {
        let parameters = json!({"region": "eu", name: text});
        with_parameters(random, "acme-erp:watchOrders", parameters, json!({}))
    }),
    ("named field of a JSON body", |random, name, text| {
        let body = json!({"user": "make@example.com", name: text, "remember": true});
        let request = Request::to("https://api.example.com/v2/login").json(&body);
        request.module(random)
    }),
    ("named field deep in a JSON body", |random, name, text| {
        let body = json!({"jobs": [{"kind": "export", "target": {"user": "svc", name: text}}]});
        let request = Request::to("https://api.example.com/v2/jobs").json(&body);
        request.module(random)
    }),
    ("named field of JSON in JSON", |random, name, text| {
        let inner = json!({"user": "svc", name: text}).to_string();
        let body = json!({"event": "connect", "payload": inner});
        let request = Request::to("https://jobs.example.com/enqueue").json(&body);
        request.module(random)
    }),
    ("named form field", |random, name, text| {
        let request = Request::to("https://example.com/oauth/token").form("scope", "orders");
        request.form(name, text).module(random)
    }),
    ("named field of a raw form", |random, name, text| {
        let body = format!("username=make&{}={}", percent(name), percent(text));
        let request = Request::to("https://example.com/session");
        request
            .raw("application/x-www-form-urlencoded", body)
            .module(random)
    }),
    ("named multipart field", |random, name, text| {
        let fields = json!([{"key": "file", "fieldType": "file", "data": "{{3.data}}"},
            {"key": name, "fieldType": "text", "value": text}]);
        let mapper = json!({"url": "https://upload.example.com/", "method": "post",
            "bodyType": "multipart_form_data", "formDataFields": fields, "headers": []});
        module(random, "http:ActionSendData", mapper)
    }),
    ("JavaScript assignment", |random, name, text| {
        let name = identifier(name);
        let code = format!("const {name} = \"{text}\";\nreturn login(input.user, {name});");
        code_module(random, "javascript", &code)
    }),
    ("JavaScript object", |random, name, text| {
        let code = format!(
            "const options = {{ host: 'db.example.com', port: 5432, '{name}': '{text}' }};\n\
             return connect(options);"
        );
        code_module(random, "javascript", &code)
    }),
    ("Python dictionary", |random, name, text| {
        let code =
            format!("conf = {{\"host\": \"db.example.com\", \"{name}\": \"{text}\"}}\nrun(conf)");
        code_module(random, "python", &code)
    }),
    ("named input of a code module", |random, name, text| {
        let input = json!([{"name": name, "value": text}]);
        let mapper = json!({"language": "javascript", "input": input,
            "codeEditorJavascript": "return Object.keys(input);"});
        module(random, "code:ExecuteCode", mapper)
    }),
    ("named dotenv line", |random, name, text| {
        let file = format!("NODE_ENV=production\n{name}={text}\nPORT=8080\n");
        let mapper = json!({"name": ".env", "data": file, "folder": "/deploy"});
        module(random, "dropbox:uploadFile", mapper)
    }),
    ("named YAML line", |random, name, text| {
        let file = format!("database:\n  host: db.example.com\n  {name}: '{text}'\n");
        let mapper = json!({"path": "deploy/values.yaml", "content": file, "branch": "main"});
        module(random, "github:createFile", mapper)
    }),
    ("named data store field", |random, name, text| {
        let mapper = json!({"datastore": 4711, "key": "{{1.tenant}}", "data": {"url": "https://shop.example.com", name: text}});
        module(random, "datastore:AddRecord", mapper)
    }),
    ("sentence that names it", |random, name, text| {
        let message = format!("Deployment is done. {name}: {text}");
        module(
            random,
            "slack:CreateMessage",
            json!({"channel": "C02AB3CD4EF", "text": message}),
        )
    }),
    ("JSON to parse", |random, name, text| {
        let json = json!({"tenant": "acme", "login": {"user": "svc", name: text}}).to_string();
        module(random, "json:ParseJSON", json!({"json": json}))
    }),
];

fn code_module(random: &mut Random, language: &str, code: &str) -> Value {
    let field = if language == "python" {
        "codeEditorPython"
    } else {
        "codeEditorJavascript"
    };
    let mapper = json!({"language": language, "input": [], field: code});
    module(random, "code:ExecuteCode", mapper)
}

/// A name as JavaScript takes it.
fn identifier(name: &str) -> String {
    name.replace('-', "_")
}

/// A credential that shows by itself, in one of the places of any text.
pub(super) fn anywhere(random: &mut Random, secret: &Secret, number: usize) -> Planted {
    let (place, build) = ANY[number % ANY.len()];
    Planted {
        place: place.to_owned(),
        module: build(random, &secret.text),
        parts: secret.parts.clone(),
    }
}

/// A credential beside the name that says so.
pub(super) fn by_name(random: &mut Random, name: &str, secret: &Secret, number: usize) -> Planted {
    let (place, build) = NAMED[number % NAMED.len()];
    Planted {
        place: format!("{place} `{name}`"),
        module: build(random, name, &secret.text),
        parts: secret.parts.clone(),
    }
}
