//! Requests that carry ids, hashes, mappings and placeholders, and no credential.

use serde_json::{Value, json};

use super::super::modules::Request;
use super::super::pattern::fill;
use super::names::INSTEAD;
use crate::blueprint_reader::random::Random;

/// Public addresses with ids and ordinary queries.
const URLS: [&str; 40] = [
    "https://docs.google.com/spreadsheets/d/1<w43?>/edit#gid=<d9?>",
    "https://drive.google.com/file/d/1<w32?>/view",
    "https://docs.google.com/forms/d/e/1FAIpQLS<w48?>/viewform",
    "https://airtable.com/app<n14?>/tbl<n14?>/viw<n14?>",
    "https://api.airtable.com/v0/app<n14?>/Orders?maxRecords=50&view=Grid%20view",
    "https://www.notion.so/acme/Roadmap-2026-<h32?>",
    "https://api.notion.com/v1/databases/<uuid?>/query",
    "https://trello.com/c/<n8?>/42-reset-the-password-page",
    "https://www.youtube.com/watch?v=<w11?>&list=PL<w32?>&index=3",
    "https://www.facebook.com/1<d14?>/posts/2<d14?>",
    "https://www.instagram.com/p/<w11?>/?utm_source=ig_web_copy_link",
    "https://twitter.com/acme/status/17<d17?>",
    "https://www.linkedin.com/feed/update/urn:li:activity:7<d18?>/",
    "https://github.com/acme/shop/commit/<h40?>",
    "https://raw.githubusercontent.com/acme/shop/<h40?>/data/prices.json",
    "https://gitlab.com/acme/shop/-/blob/<h40?>/README.md",
    "https://cdn.shopify.com/s/files/1/0<d3?>/<d4?>/files/shoe_<uuid?>.jpg?v=17<d8?>",
    "https://images.unsplash.com/photo-15<d11?>-<h12?>?auto=format&fit=crop&w=800&q=80",
    "https://res.cloudinary.com/acme/image/upload/v17<d8?>/products/<l20?>.png",
    "https://cdn.example.com/assets/app.<h20?>.js",
    "https://cdn.example.com/assets/vendor-<w8?>.css?h=<h8?>",
    "https://gravatar.com/avatar/<h32?>?s=200&d=identicon",
    "https://open.spotify.com/track/<n22?>?si=<h16?>",
    "https://maps.google.com/?cid=<d20?>",
    "https://www.google.com/maps/place/Brno/@49.1951,16.6068,13z/data=!3m1!4b1",
    "https://www.dhl.de/de/privatkunden/pakete-empfangen/verfolgen.html?piececode=JJD0<d16?>",
    "https://www.ups.com/track?loc=en_US&tracknum=1Z<u16?>",
    "https://www.amazon.de/dp/B0<u8?>?ref=ppx_yo_dt_b_product_details",
    "https://api.zippopotam.us/de/<d5?>",
    "https://api.frankfurter.app/latest?from=EUR&to=CZK,PLN,USD",
    "https://api.open-meteo.com/v1/forecast?latitude=49.2&longitude=16.6&hourly=temperature_2m",
    "https://restcountries.com/v3.1/alpha/CZ?fields=name,capital,currencies",
    "https://api.example.com/v1/orders/<uuid?>/items?expand=product&limit=100",
    "https://api.example.com/v1/files/<h64?>/metadata",
    "https://shop.example.com/products/waterproof-trail-running-shoes-for-women-<d6?>",
    "https://example.com/?utm_source=newsletter&utm_medium=email&utm_campaign=spring_2026&utm_id=<d8?>",
    "https://example.com/landing?gclid=EAIaIQobChMI<w60?>_BwE",
    "https://app.asana.com/0/12<d14?>/12<d14?>/f",
    "https://acme.atlassian.net/browse/SHOP-<d4?>?focusedCommentId=<d5?>",
    "https://figma.com/file/<n22?>/Design-system?node-id=<d4?>%3A<d5?>",
];

/// Fields of queries and of bodies with public ids.
const FIELDS: [(&str, &str); 26] = [
    ("spreadsheetId", "1<w43?>"),
    ("order_id", "<uuid?>"),
    ("customer", "cus_<n14?>"),
    ("contactId", "<h24?>"),
    ("page_id", "1<d14?>"),
    ("videoId", "<w11?>"),
    ("sha", "<h40?>"),
    ("checksum", "<h64?>"),
    ("md5", "<h32?>"),
    ("etag", "<h32?>"),
    ("baseId", "app<n14?>"),
    ("recordIds", "rec<n14?>,rec<n14?>,rec<n14?>"),
    ("campaign", "spring-sale-2026-newsletter-de"),
    ("sort", "-created_at,customer.last_name"),
    ("fields", "id,name,email,tokens_used,password_reset_at"),
    ("filter", "status eq 'open' and token_count gt 100"),
    ("expand", "customer.default_source,lines.data.price"),
    ("since", "2026-03-14T00:00:00Z"),
    ("redirect_uri", "https://www.integromat.com/oauth/cb/oauth2"),
    ("grant_type", "client_credentials"),
    ("scope", "openid profile offline_access orders:read"),
    ("locale", "de_AT"),
    ("hash", "<h40?>"),
    ("uuid", "<uuid?>"),
    ("sessionDate", "2026-03-14"),
    ("keywords", "waterproof trail running"),
];

const HEADERS: [(&str, &str); 20] = [
    ("Accept", "application/vnd.github+json"),
    ("Content-Type", "application/json; charset=utf-8"),
    ("If-None-Match", "\"<h40?>\""),
    ("If-Match", "W/\"<h32?>\""),
    ("X-Request-Id", "<uuid?>"),
    ("X-Correlation-ID", "<uuid?>"),
    ("Idempotency-Key", "<uuid?>"),
    ("traceparent", "00-<h32?>-<h16?>-01"),
    ("Content-MD5", "<b22?>=="),
    ("Digest", "SHA-256=<b43?>="),
    (
        "User-Agent",
        "Make/1.0 (+https://www.make.com; order export)",
    ),
    ("X-Api-Version", "2024-10-21"),
    ("Stripe-Version", "2024-06-20"),
    ("Notion-Version", "2022-06-28"),
    ("X-GitHub-Api-Version", "2022-11-28"),
    ("Stripe-Account", "acct_1<n15?>"),
    ("X-Tenant-Id", "<uuid?>"),
    ("Cookie", "lang=de; theme=dark; consent=1"),
    ("Origin", "https://shop.example.com"),
    ("Prefer", "return=representation,count=exact"),
];

/// Headers of credentials in front of what stands there instead of one.
const AUTHORIZED: [&str; 8] = [
    "Authorization: Bearer ",
    "Authorization: Token ",
    "Authorization: Basic ",
    "Authorization: ",
    "X-API-Key: ",
    "X-Auth-Token: ",
    "apikey: ",
    "Cookie: session=",
];

/// A request with ids and with what stands instead of a credential.
pub(super) fn request(random: &mut Random) -> Value {
    let pattern = *random.pick(&URLS);
    let mut request = Request::to(fill(random, pattern));
    for _ in 0..random.below(3) {
        let (name, pattern) = *random.pick(&HEADERS);
        request = request.header(name, fill(random, pattern));
    }
    if random.below(2) == 0 {
        let (name, before) = random.pick(&AUTHORIZED).split_once(": ").unwrap();
        let value = *random.pick(&INSTEAD);
        request = request.header(name, format!("{before}{value}"));
    }
    let (name, pattern) = *random.pick(&FIELDS);
    let value = fill(random, pattern);
    match random.below(6) {
        0 => request.query(name, value).module(random),
        1 => {
            let body = json!({"requestedBy": "make", name: value, "limit": 50});
            request.json(&body).module(random)
        }
        2 => {
            let request = request.form("client_secret", "{{connection.clientSecret}}");
            request.form(name, value).module(random)
        }
        3 => {
            let query = "query($id: ID!) { order(id: $id) { id name token { count } } }";
            let body = json!({"query": query, "variables": {"id": value}});
            request.json(&body).module(random)
        }
        4 => {
            let instead = *random.pick(&["{{2.token}}", "YOUR_API_KEY", "<token>", "xxxx", ""]);
            request.query("api_key", instead).module(random)
        }
        _ => request
            .field("authUser", "")
            .field("authPass", "")
            .module(random),
    }
}
