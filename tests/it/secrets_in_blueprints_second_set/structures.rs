//! Secrets that a structure carries: addresses with a password, webhook and signed addresses,
//! keys in PEM and JSON, pairs of an id and a secret.

use super::providers::Format;

/// Addresses and connection strings with a password in them.
pub(super) const CONNECTIONS: [Format; 28] = [
    (
        "postgres",
        "postgres://«person»:«!an:20»@«host»:5432/«word»?sslmode=require",
    ),
    (
        "postgresql",
        "postgresql://postgres.«low:20»:«!an:16»@aws-0-eu-central-1.pooler.supabase.com:6543/postgres",
    ),
    ("mysql", "mysql://«person»:«!an:18»@«host»/«word»"),
    ("mariadb", "mariadb://root:«!an:12»@«host»:3306/«word»"),
    (
        "mongodb",
        "mongodb+srv://«person»:«!an:16»@«host»/?retryWrites=true&w=majority",
    ),
    (
        "mongodb",
        "mongodb://«person»:«!an:24»@«host»:27017,«host»:27018/admin?replicaSet=rs0",
    ),
    ("redis", "redis://:«!an:32»@«host»:6379/0"),
    ("redis", "rediss://default:«!an:40»@«host»:6380"),
    ("amqp", "amqps://«low:8»:«!url:32»@«host»/«low:8»"),
    (
        "sql-server",
        "Server=tcp:«host»,1433;Initial Catalog=«word»;User ID=«person»;Password=«!an:20»;Encrypt=True;",
    ),
    (
        "odbc",
        "Driver={ODBC Driver 18 for SQL Server};Server=«host»;Database=«word»;Uid=«person»;Pwd=«!an:16»;",
    ),
    (
        "jdbc",
        "jdbc:postgresql://«host»:5432/«word»?user=«person»&password=«!an:18»",
    ),
    (
        "snowflake",
        "snowflake://«person»:«!an:16»@xy12345.eu-central-1/«word»/public?warehouse=load",
    ),
    (
        "clickhouse",
        "clickhouse://default:«!an:22»@«host»:9440/«word»",
    ),
    ("ftp", "ftp://«person»:«!an:12»@«host»/out/«slug».csv"),
    ("sftp", "sftp://«person»:«!an:14»@«host»:22/inbox"),
    ("smtp", "smtps://«person»:«!an:16»@«host»:465"),
    ("ldap", "ldaps://cn=admin:«!an:16»@«host»:636"),
    ("https", "https://«person»:«!an:16»@«host»/api/v2/«word»"),
    ("https", "https://elastic:«!an:24»@«host»:9243/_search"),
    ("https", "https://api:«!uuid»@«host»/v3/messages"),
    (
        "git",
        "https://x-access-token:«!an:40»@github.com/acme/«slug».git",
    ),
    (
        "git",
        "https://«person»:«!an:20»@bitbucket.org/acme/«word».git",
    ),
    ("cloudinary", "cloudinary://«d:15»:«!url:27»@«word»"),
    (
        "woocommerce",
        "https://«host»/wp-json/wc/v3/orders?consumer_key=ck_«hex:40»&consumer_secret=cs_«!hex:40»",
    ),
    (
        "azure",
        "DefaultEndpointsProtocol=https;AccountName=«word»;AccountKey=«!b64:86»==;EndpointSuffix=core.windows.net",
    ),
    (
        "azure",
        "Endpoint=sb://«word».servicebus.windows.net/;SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=«!b64:43»=",
    ),
    ("typed", "postgres://«person»:«!pass»@«host»:5432/«word»"),
];

/// Addresses that are a right by themselves.
pub(super) const ADDRESSES: [Format; 22] = [
    (
        "slack",
        "https://hooks.slack.com/services/T0«up:9»/B0«up:9»/«!an:24»",
    ),
    (
        "slack",
        "https://hooks.slack.com/workflows/T0«up:9»/A0«up:9»/«d:18»/«!an:24»",
    ),
    (
        "discord",
        "https://discord.com/api/webhooks/«d:19»/«!url:68»",
    ),
    (
        "discord",
        "https://discordapp.com/api/webhooks/«d:18»/«!url:68»",
    ),
    (
        "teams",
        "https://«word».webhook.office.com/webhookb2/«uuid»@«uuid»/IncomingWebhook/«!hex:32»/«uuid»",
    ),
    (
        "power-automate",
        "https://prod-«d:2».westeurope.logic.azure.com:443/workflows/«hex:32»/triggers/manual/paths/invoke?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=«!url:43»",
    ),
    (
        "google-chat",
        "https://chat.googleapis.com/v1/spaces/AAAA«url:7»/messages?key=AIzaSyDdI0hCZtE6vySjMm-WEfRq3CPzqKqqsHI&token=«!url:43»",
    ),
    ("make", "https://hook.eu1.make.com/«!lo:32»"),
    ("make", "https://hook.eu2.make.com/«!lo:32»"),
    ("make", "https://hook.us1.make.com/«!lo:31»"),
    ("make", "https://hook.us2.make.com/«!lo:32»?source=«word»"),
    ("make", "https://hook.integromat.com/«!lo:32»"),
    (
        "ifttt",
        "https://maker.ifttt.com/trigger/«word»/with/key/«!url:22»",
    ),
    (
        "feishu",
        "https://open.feishu.cn/open-apis/bot/v2/hook/«!uuid»",
    ),
    (
        "dingtalk",
        "https://oapi.dingtalk.com/robot/send?access_token=«!hex:64»",
    ),
    (
        "wecom",
        "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=«!uuid»",
    ),
    (
        "telegram",
        "https://api.telegram.org/bot«d:10»:AA«!url:33»/sendMessage",
    ),
    (
        "s3",
        "https://«word».s3.eu-central-1.amazonaws.com/«file»?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20240612T101500Z&X-Amz-Expires=604800&X-Amz-SignedHeaders=host&X-Amz-Signature=«!hex:64»",
    ),
    (
        "gcs",
        "https://storage.googleapis.com/«word»/«file»?X-Goog-Algorithm=GOOG4-RSA-SHA256&X-Goog-Date=20240612T101500Z&X-Goog-Expires=900&X-Goog-Signature=«!hex:128»",
    ),
    (
        "azure-blob",
        "https://«word».blob.core.windows.net/in?sv=2022-11-02&ss=b&srt=co&sp=rwl&se=2026-01-01T00:00:00Z&sig=«!an:42»%3D",
    ),
    (
        "google-calendar",
        "https://calendar.google.com/calendar/ical/«person»%40gmail.com/private-«!hex:32»/basic.ics",
    ),
    (
        "otpauth",
        "otpauth://totp/Acme:«person»?secret=«!b32:32»&issuer=Acme&period=30",
    ),
];

/// Blocks of several lines, or of one that stands for several.
pub(super) const BLOCKS: [Format; 20] = [
    ("rsa", "«!pem:RSA PRIVATE KEY»"),
    ("pkcs8", "«!pem:PRIVATE KEY»"),
    ("ec", "«!pem:EC PRIVATE KEY»"),
    ("openssh", "«!pem:OPENSSH PRIVATE KEY»"),
    ("encrypted", "«!pem:ENCRYPTED PRIVATE KEY»"),
    ("dsa", "«!pem:DSA PRIVATE KEY»"),
    ("pgp", "«!pem:PGP PRIVATE KEY BLOCK»"),
    ("rsa-one-line", "«!pem1:RSA PRIVATE KEY»"),
    ("pkcs8-one-line", "«!pem1:PRIVATE KEY»"),
    ("ec-one-line", "«!pem1:EC PRIVATE KEY»"),
    ("jwt", "«!jwt»"),
    ("jwt", "Bearer «!jwt»"),
    (
        "service-account",
        r#"{"type":"service_account","project_id":"«slug»","private_key_id":"«sha1»","private_key":"«!pem1:PRIVATE KEY»","client_email":"«word»@«slug».iam.gserviceaccount.com","client_id":"«d:21»","token_uri":"https://oauth2.googleapis.com/token"}"#,
    ),
    (
        "oauth-client",
        r#"{"web":{"client_id":"«d:12»-«lo:32».apps.googleusercontent.com","project_id":"«slug»","client_secret":"GOCSPX-«!url:28»","redirect_uris":["https://www.integromat.com/oauth/cb/google"]}}"#,
    ),
    (
        "jwk",
        r#"{"kty":"EC","crv":"P-256","kid":"«slug»","x":"«url:43»","y":"«url:43»","d":"«!url:43»"}"#,
    ),
    (
        "aws-json",
        r#"{"accessKeyId":"AKIA«up:16»","secretAccessKey":"«!b64:40»","region":"eu-central-1"}"#,
    ),
    (
        "aws-ini",
        "[default]\naws_access_key_id = AKIA«up:16»\naws_secret_access_key = «!b64:40»\nregion = eu-central-1",
    ),
    (
        "aws-session",
        r#"{"AccessKeyId":"ASIA«up:16»","SecretAccessKey":"«!b64:40»","SessionToken":"IQoJb3JpZ2luX2Vj«!b64:300»="}"#,
    ),
    (
        "npmrc",
        "//registry.npmjs.org/:_authToken=npm_«!an:36»\nalways-auth=true",
    ),
    (
        "docker-config",
        r#"{"auths":{"https://index.docker.io/v1/":{"username":"acme","password":"dckr_pat_«!url:27»"}}}"#,
    ),
];
