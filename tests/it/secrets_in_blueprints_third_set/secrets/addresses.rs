//! Addresses that are credentials themselves: each lets its holder post, run or read.

use serde_json::{Value, json};

use super::super::modules::{Request, module};
use super::super::pattern::expand;
use super::Planted;
use crate::blueprint_reader::random::Random;

/// Incoming webhooks, signed addresses and addresses with a key in them.
pub(super) const OF_OTHERS: [(&str, &str); 37] = [
    (
        "Slack",
        "https://hooks.slack.com/services/T<u10?>/B<u10?>/<n24>",
    ),
    (
        "Slack workflow",
        "https://hooks.slack.com/workflows/T<u8?>/A<u10?>/<d18?>/<n24>",
    ),
    (
        "Slack trigger",
        "https://hooks.slack.com/triggers/T<u8?>/<d13?>/<h32>",
    ),
    ("Discord", "https://discord.com/api/webhooks/<d19?>/<w68>"),
    (
        "Discord of old",
        "https://discordapp.com/api/webhooks/<d18?>/<w68>",
    ),
    (
        "Discord canary",
        "https://canary.discord.com/api/webhooks/<d19?>/<w68>/slack",
    ),
    (
        "Teams",
        "https://contoso.webhook.office.com/webhookb2/<uuid?>@<uuid?>/IncomingWebhook/<h32>/<uuid?>",
    ),
    (
        "Teams of old",
        "https://outlook.office.com/webhook/<uuid?>@<uuid?>/IncomingWebhook/<h32>/<uuid?>",
    ),
    (
        "Logic Apps",
        "https://prod-42.westeurope.logic.azure.com:443/workflows/<h32?>/triggers/manual/paths/invoke?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=<w43>",
    ),
    (
        "Google Chat",
        "https://chat.googleapis.com/v1/spaces/AAAA<w7?>/messages?threadKey=orders&token=<w43>%3D",
    ),
    (
        "Zapier",
        "https://hooks.zapier.com/hooks/catch/<d8?>/<l10>/",
    ),
    (
        "IFTTT",
        "https://maker.ifttt.com/trigger/order_paid/with/key/<w43>",
    ),
    (
        "Feishu",
        "https://open.feishu.cn/open-apis/bot/v2/hook/<uuid>",
    ),
    (
        "Lark",
        "https://open.larksuite.com/open-apis/bot/v2/hook/<uuid>",
    ),
    (
        "DingTalk",
        "https://oapi.dingtalk.com/robot/send?access_token=<h64>",
    ),
    (
        "WeCom",
        "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=<uuid>",
    ),
    ("Mattermost", "https://mattermost.example.com/hooks/<l26>"),
    ("Rocket.Chat", "https://chat.example.com/hooks/<n24?>/<n43>"),
    (
        "Zulip",
        "https://example.zulipchat.com/api/v1/external/slack_incoming?api_key=<n32>&stream=ops",
    ),
    (
        "Telegram",
        "https://api.telegram.org/bot<d10?>:AA<w33>/sendPhoto",
    ),
    (
        "Webex",
        "https://webexapis.com/v1/webhooks/incoming/Y2lzY29zcGFyazov<n90>",
    ),
    (
        "Opsgenie",
        "https://api.opsgenie.com/v1/json/prometheus?apiKey=<uuid>",
    ),
    (
        "PagerDuty",
        "https://events.pagerduty.com/integration/<h32>/enqueue",
    ),
    (
        "Azure Functions",
        "https://contoso.azurewebsites.net/api/resize?code=<w54>%3D%3D",
    ),
    (
        "Azure Blob SAS",
        "https://contoso.blob.core.windows.net/exports/orders.csv?sv=2022-11-02&ss=b&srt=o&sp=rl&se=2027-01-01T00:00:00Z&spr=https&sig=<n42>%3D",
    ),
    (
        "S3 presigned",
        "https://acme-exports.s3.eu-central-1.amazonaws.com/orders.csv?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires=604800&X-Amz-SignedHeaders=host&X-Amz-Signature=<h64>",
    ),
    (
        "Cloud Storage signed",
        "https://storage.googleapis.com/acme/export.csv?X-Goog-Algorithm=GOOG4-RSA-SHA256&X-Goog-Expires=3600&X-Goog-Signature=<h256>",
    ),
    (
        "CloudFront signed",
        "https://d111111abcdef8.cloudfront.net/film.mp4?Expires=1790000000&Signature=<w86>__&Key-Pair-Id=K2JCJMDEHXQW5F",
    ),
    (
        "Jenkins",
        "https://jenkins.example.com/job/deploy/build?token=<n24>",
    ),
    (
        "GitLab trigger",
        "https://gitlab.example.com/api/v4/projects/<d3?>/ref/main/trigger/pipeline?token=<h30>",
    ),
    (
        "Netlify build hook",
        "https://api.netlify.com/build_hooks/<h24>",
    ),
    (
        "Vercel deploy hook",
        "https://api.vercel.com/v1/integrations/deploy/prj_<n28?>/<n10>",
    ),
    ("Home Assistant", "https://ha.example.net/api/webhook/<h64>"),
    (
        "Private calendar",
        "https://calendar.google.com/calendar/ical/ana%40example.com/private-<h32>/basic.ics",
    ),
    (
        "OpenWeather",
        "https://api.openweathermap.org/data/2.5/weather?q=Brno&units=metric&appid=<h32>",
    ),
    ("Alchemy", "https://eth-mainnet.g.alchemy.com/v2/<w32>"),
    ("Infura", "https://mainnet.infura.io/v3/<h32>"),
];

/// Make's own tokens and addresses, with the place each is found in.
pub(super) const OF_MAKE: [(&str, &str); 10] = [
    ("webhook EU1", "https://hook.eu1.make.com/<l32>"),
    ("webhook EU2", "https://hook.eu2.make.com/<l32>"),
    ("webhook US1", "https://hook.us1.make.com/<l32>"),
    ("webhook US2", "https://hook.us2.make.com/<l32>?source=form"),
    ("webhook of Integromat", "https://hook.integromat.com/<l32>"),
    (
        "webhook of Celonis",
        "https://hook.eu1.make.celonis.com/<l32>",
    ),
    ("mail hook", "<l32>@hook.eu1.make.com"),
    ("mail hook of Integromat", "<l32>@hook.integromat.com"),
    ("MCP address", "https://eu2.make.com/mcp/u/<uuid>/sse"),
    (
        "MCP stream address",
        "https://us1.make.com/mcp/u/<uuid>/stream",
    ),
];

/// An address of a list, in one of the places where scenarios hold addresses.
pub(super) fn planted(random: &mut Random, pattern: &str, number: usize) -> Planted {
    let secret = expand(random, pattern);
    let (place, module) = place(random, &secret.text, number);
    Planted {
        place: place.to_owned(),
        module,
        parts: secret.parts,
    }
}

fn place(random: &mut Random, address: &str, number: usize) -> (&'static str, Value) {
    let is_url = address.starts_with("https:");
    let number = if is_url {
        number % 7
    } else {
        [2, 6, 7][number % 3]
    };
    match number {
        0 | 1 => {
            let body = json!({"text": "Order {{1.id}} is paid", "username": "shop"});
            (
                "URL of a request",
                Request::to(address).json(&body).module(random),
            )
        }
        2 => {
            let mapper = json!({"name": "target", "scope": "roundtrip", "value": address});
            ("set variable", module(random, "util:SetVariable2", mapper))
        }
        3 => {
            let code = format!("await fetch('{address}', {{ method: 'POST', body: input.body }});");
            let mapper = json!({"language": "javascript", "input": [{"name": "body", "value": "{{2.json}}"}],
                "codeEditorJavascript": code});
            ("code", module(random, "code:ExecuteCode", mapper))
        }
        4 => {
            let mapper = json!({"title": "{{1.name}}", "callbackUrl": address});
            (
                "address of a callback",
                module(random, "acme-erp:createJob", mapper),
            )
        }
        5 => {
            let body =
                json!({"rows": "{{4.rows}}", "notify": {"on": ["failed"], "target": address}});
            let request = Request::to("https://jobs.example.com/enqueue").json(&body);
            ("JSON body", request.module(random))
        }
        6 => {
            let text = format!("Send the file to {address} and you are done.");
            let mapper = json!({"to": "ana@example.com", "subject": "Import", "text": text});
            (
                "sentence",
                module(random, "google-email:ActionSendEmail", mapper),
            )
        }
        _ => {
            let mapper = json!({"to": address, "subject": "{{1.subject}}", "text": "{{1.text}}"});
            (
                "receiver of an email",
                module(random, "email:ActionSendEmail", mapper),
            )
        }
    }
}
