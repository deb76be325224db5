//! Addresses and connection strings of databases, queues and servers, with their passwords.

use serde_json::{Value, json};

use super::super::modules::{Request, module, with_parameters};
use super::super::pattern::{Secret, expand, percent};
use super::words::password;
use super::{Planted, places};
use crate::blueprint_reader::random::Random;

/// `{}` is the password, encoded in those that are URLs.
const STRINGS: [(&str, &str); 26] = [
    ("postgres", "postgres://app:{}@db.example.com:5432/shop"),
    (
        "postgresql",
        "postgresql://report_ro:{}@10.4.0.12/warehouse?sslmode=require",
    ),
    ("mysql", "mysql://root:{}@mysql.example.net:3306/crm"),
    ("mysql2", "mysql2://deploy:{}@127.0.0.1/orders_production"),
    ("mariadb", "mariadb://make:{}@maria.example.org/erp"),
    (
        "mongodb+srv",
        "mongodb+srv://make:{}@cluster0.ab1cd.mongodb.net/prod?retryWrites=true&w=majority",
    ),
    (
        "mongodb",
        "mongodb://admin:{}@mongo-1.example.com:27017,mongo-2.example.com:27017/?replicaSet=rs0",
    ),
    (
        "redis",
        "redis://default:{}@redis-13337.c1.eu-west-1-3.ec2.cloud.redislabs.com:13337",
    ),
    (
        "redis without user",
        "rediss://:{}@cache.example.com:6380/0",
    ),
    ("amqp", "amqps://worker:{}@rabbit.example.com/vhost"),
    ("mssql", "mssql://sa:{}@sql.example.com:1433/Billing"),
    (
        "clickhouse",
        "clickhouse://default:{}@ch.example.com:9440/events?secure=true",
    ),
    (
        "cockroach",
        "cockroachdb://ops:{}@free-tier.example.com:26257/defaultdb",
    ),
    ("sftp", "sftp://upload:{}@files.example.com:22/inbox"),
    ("ftp", "ftp://kasse:{}@ftp.example.de/export.csv"),
    (
        "smtp",
        "smtp://noreply%40example.com:{}@mail.example.com:587",
    ),
    ("ldap", "ldaps://svc-make:{}@ldap.example.com:636"),
    ("https", "https://preview:{}@staging.example.com/feed.xml"),
    ("git", "https://deploy-bot:{}@git.example.com/acme/site.git"),
    ("mqtt", "mqtts://sensor:{}@broker.example.com:8883"),
    (
        "ADO.NET",
        "Server=tcp:sql.example.com,1433;Initial Catalog=Billing;User ID=make;Password={};Encrypt=True;",
    ),
    (
        "ADO.NET, short",
        "Data Source=10.0.0.5;Database=erp;Uid=sa;Pwd={};",
    ),
    (
        "ODBC",
        "Driver={ODBC Driver 18 for SQL Server};Server=db01;Database=lager;UID=make;PWD={}",
    ),
    (
        "JDBC",
        "jdbc:postgresql://db.example.com:5432/shop?user=make&password={}",
    ),
    (
        "libpq",
        "host=db.example.com port=5432 dbname=shop user=make password={} sslmode=require",
    ),
    (
        "JDBC of Oracle",
        "jdbc:oracle:thin:make/{}@ora.example.com:1521:ORCL",
    ),
];

/// Those of Azure, whose key is random.
const OF_AZURE: [(&str, &str); 4] = [
    (
        "Azure Storage",
        "DefaultEndpointsProtocol=https;AccountName=acmeexports;AccountKey=<b86>==;EndpointSuffix=core.windows.net",
    ),
    (
        "Service Bus",
        "Endpoint=sb://acme.servicebus.windows.net/;SharedAccessKeyName=RootManageSharedAccessKey;SharedAccessKey=<b43>=",
    ),
    (
        "Cosmos DB",
        "AccountEndpoint=https://acme.documents.azure.com:443/;AccountKey=<b86>==;",
    ),
    (
        "IoT Hub",
        "HostName=acme.azure-devices.net;DeviceId=press-7;SharedAccessKey=<b43>=",
    ),
];

pub(super) const COUNT: usize = STRINGS.len() + OF_AZURE.len();

/// The kind of connection with that number, and where it stands.
pub(super) fn planted(random: &mut Random, number: usize) -> (&'static str, Planted) {
    let kind = number % COUNT;
    let (name, secret) = if kind < STRINGS.len() {
        let (name, around) = STRINGS[kind];
        let password = loop {
            let password = password(random);
            // A fair connection string has no separator of its own in the password.
            if !password.contains(['@', ';', ' ']) {
                break password;
            }
        };
        let is_url = around.contains("://");
        let password = if is_url { percent(&password) } else { password };
        (name, Secret::whole(password).within(around))
    } else {
        let (name, pattern) = OF_AZURE[kind - STRINGS.len()];
        (name, expand(random, pattern))
    };
    (name, place(random, &secret, number / COUNT + number % 5))
}

fn place(random: &mut Random, secret: &Secret, number: usize) -> Planted {
    let text = secret.text.as_str();
    let (place, module): (&str, Value) = match number % 5 {
        0 if text.starts_with("http") => ("URL", Request::to(text).module(random)),
        0 | 1 => {
            let parameters = json!({"driver": "generic", "connectionString": text});
            let mapper = json!({"query": "SELECT id, total FROM orders LIMIT 50"});
            let module = with_parameters(random, "acme-sql:query", parameters, mapper);
            ("parameter `connectionString`", module)
        }
        2 => {
            let mapper = json!({"name": "DATABASE_URL", "scope": "roundtrip", "value": text});
            let module = module(random, "util:SetVariable2", mapper);
            ("variable `DATABASE_URL`", module)
        }
        3 => {
            let body = json!({"source": {"dsn": text, "table": "orders"}, "format": "csv"});
            let request = Request::to("https://etl.example.com/v1/pull").json(&body);
            ("JSON body", request.module(random))
        }
        _ => return places::anywhere(random, secret, number * 7 + 2),
    };
    Planted {
        place: place.to_owned(),
        module,
        parts: secret.parts.clone(),
    }
}
