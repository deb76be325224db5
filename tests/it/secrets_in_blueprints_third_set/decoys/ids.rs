//! Ids, hashes and numbers that are public, each in the field of an app that holds it.

use serde_json::{Value, json};

use super::super::modules::{module, with_parameters};
use super::super::pattern::fill;
use crate::blueprint_reader::random::Random;

/// Module, field, pattern.
pub(super) const FIELDS: [(&str, &str, &str); 117] = [
    ("google-sheets:addRow", "spreadsheetId", "1<w43?>"),
    ("google-drive:getAFile", "file", "1<w32?>"),
    ("google-drive:searchForFilesFolders", "folderId", "0B<w26?>"),
    (
        "google-docs:createADocumentFromTemplate",
        "document",
        "1<w43?>",
    ),
    (
        "google-calendar:createAnEvent",
        "calendar",
        "c_<h64?>@group.calendar.google.com",
    ),
    ("google-forms:watchResponses", "formId", "1FAIpQLS<w48?>"),
    ("google-slides:getAPage", "presentationId", "1<w43?>"),
    (
        "google-analytics-4:runReport",
        "property",
        "properties/<d9?>",
    ),
    ("google-analytics-4:sendEvent", "measurementId", "G-<u10?>"),
    ("google-tag-manager:getContainer", "container", "GTM-<u7?>"),
    ("google-ads:getCampaign", "customerId", "<d10?>"),
    ("google-maps:getPlace", "placeId", "ChIJ<w23?>"),
    ("youtube:getVideo", "videoId", "<w11?>"),
    ("youtube:listPlaylistItems", "playlistId", "PL<w32?>"),
    ("youtube:watchChannel", "channelId", "UC<w22?>"),
    ("airtable:ActionCreateRecord", "base", "app<n14?>"),
    ("airtable:ActionCreateRecord", "table", "tbl<n14?>"),
    ("airtable:ActionGetRecord", "id", "rec<n14?>"),
    ("airtable:ActionSearchRecords", "view", "viw<n14?>"),
    ("airtable:ActionUpdateRecords", "fieldId", "fld<n14?>"),
    ("notion:createAPage", "database", "<h32?>"),
    ("notion:getAPage", "pageId", "<uuid?>"),
    ("notion:updateABlock", "block_id", "<uuid?>"),
    ("notion:listUsers", "start_user_id", "<uuid?>"),
    ("trello:createCard", "board", "<h24?>"),
    ("trello:createCard", "idList", "<h24?>"),
    ("trello:getBoard", "shortLink", "<n8?>"),
    ("slack:CreateMessage", "channel", "C0<u9?>"),
    ("slack:getUser", "user", "U0<u9?>"),
    ("slack:updateMessage", "ts", "17<d8?>.<d6?>"),
    ("discord:sendMessage", "channelId", "11<d17?>"),
    (
        "microsoft-teams:sendMessage",
        "channelId",
        "19:<h32?>@thread.tacv2",
    ),
    ("microsoft-teams:sendMessage", "teamId", "<uuid?>"),
    ("azure:getUser", "tenantId", "<uuid?>"),
    ("azure:getUser", "objectId", "<uuid?>"),
    ("onedrive:getFile", "itemId", "01<t32?>"),
    ("sharepoint:getListItem", "listId", "<uuid?>"),
    (
        "sharepoint:getListItem",
        "siteId",
        "contoso.sharepoint.com,<uuid?>,<uuid?>",
    ),
    ("outlook:getMessage", "messageId", "AAMkA<w130?>="),
    ("gmail:getEmail", "threadId", "19<h14?>"),
    (
        "email:TriggerNewEmail",
        "messageIdHeader",
        "<n24?>@mail.example.com",
    ),
    ("stripe:getCustomer", "customer", "cus_<n14?>"),
    ("stripe:createInvoiceItem", "price", "price_1<n23?>"),
    ("stripe:getProduct", "product", "prod_<n14?>"),
    ("stripe:getPaymentIntent", "paymentIntent", "pi_3<n23?>"),
    ("stripe:getCharge", "charge", "ch_3<n23?>"),
    ("stripe:getInvoice", "invoice", "in_1<n23?>"),
    ("stripe:getSubscription", "subscription", "sub_1<n23?>"),
    ("stripe:getAccount", "account_id", "acct_1<n15?>"),
    ("stripe:getEvent", "eventId", "evt_1<n23?>"),
    ("paypal:getOrder", "orderId", "<u17?>"),
    (
        "shopify:getProduct",
        "productId",
        "gid://shopify/Product/<d13?>",
    ),
    (
        "shopify:getOrder",
        "admin_graphql_api_id",
        "gid://shopify/Order/<d13?>",
    ),
    ("hubspotcrm:getContact", "contactId", "<d11?>"),
    ("hubspotcrm:createForm", "formGuid", "<uuid?>"),
    ("salesforce:getRecord", "recordId", "0035g00000<n8?>"),
    ("salesforce:getRecord", "ownerId", "0055g00000<n8?>"),
    ("pipedrive:updateDeal", "custom_field_hash", "<h40?>"),
    ("clickup:createTask", "taskId", "86<l7?>"),
    ("asana:getTask", "task", "12<d14?>"),
    ("monday:createItem", "boardId", "<d10?>"),
    ("jira:getIssue", "issueKey", "SHOP-<d4?>"),
    ("jira:getIssue", "accountId", "<d6?>:<uuid?>"),
    ("linear:getIssue", "issueId", "<uuid?>"),
    ("github:getCommit", "sha", "<h40?>"),
    ("github:createBranch", "ref_sha", "<h40?>"),
    ("github:getFile", "blob", "<h40?>"),
    ("gitlab:getCommit", "commit", "<h8?>"),
    ("docker:deploy", "image", "ghcr.io/acme/shop@sha256:<h64?>"),
    ("npm:checkPackage", "integrity", "sha512-<b86?>=="),
    ("http-cache:compare", "etag", "W/\"<h32?>\""),
    ("http-cache:compare", "ifNoneMatch", "\"<h40?>\""),
    ("ftp:compareFile", "md5", "<h32?>"),
    ("dropbox:uploadFile", "content_hash", "<h64?>"),
    ("dropbox:getFile", "file_id", "id:<w22?>"),
    ("aws-s3:getObject", "versionId", "<w32?>"),
    (
        "aws-s3:putObject",
        "bucket",
        "acme-exports-<d12?>-eu-central-1",
    ),
    (
        "aws-lambda:invoke",
        "functionArn",
        "arn:aws:lambda:eu-west-1:<d12?>:function:resize-images",
    ),
    ("aws-sqs:sendMessage", "messageGroupId", "<uuid?>"),
    ("facebook-pages:createAPost", "pageId", "1<d14?>"),
    ("instagram-business:getMedia", "mediaId", "179<d14?>"),
    (
        "linkedin:createPost",
        "organizationUrn",
        "urn:li:organization:<d8?>",
    ),
    ("twitter:getTweet", "tweetId", "17<d17?>"),
    ("tiktok:getVideo", "video_id", "73<d17?>"),
    ("spotify:getTrack", "trackId", "<n22?>"),
    ("vimeo:getVideo", "uri", "/videos/<d9?>"),
    ("typeform:watchResponses", "form", "<n8?>"),
    ("typeform:getResponse", "response_id", "<l32?>"),
    ("jotform:watchSubmissions", "formID", "24<d13?>"),
    (
        "calendly:getEvent",
        "uri",
        "https://api.calendly.com/scheduled_events/<uuid?>",
    ),
    ("zoom:getMeeting", "meetingId", "8<d10?>"),
    ("zoom:getRecording", "uuid", "<b22?>=="),
    ("intercom:getConversation", "conversationId", "2<d14?>"),
    ("zendesk:getTicket", "ticketId", "<d6?>"),
    ("mailchimp:addSubscriber", "listId", "<h10?>"),
    ("mailchimp:getMember", "subscriberHash", "<h32?>"),
    (
        "brevo:sendEmail",
        "messageId",
        "<d12?>.<d11?>@smtp-relay.mailin.fr",
    ),
    ("webflow:createItem", "collectionId", "<h24?>"),
    ("wix:getItem", "itemId", "<uuid?>"),
    ("contentful:getEntry", "entryId", "<n22?>"),
    ("figma:getFile", "fileId", "<n22?>"),
    ("miro:getBoard", "boardId", "uXjV<w8?>="),
    ("mongodb:findDocuments", "_id", "<h24?>"),
    ("postgres:selectRows", "uuid", "<uuid?>"),
    ("datastore:GetRecord", "key", "<uuid?>"),
    ("datastore:AddRecord", "correlationId", "<uuid?>"),
    ("queue:publish", "idempotency_id", "<uuid?>"),
    ("telemetry:report", "traceparent", "00-<h32?>-<h16?>-01"),
    ("dhl:trackShipment", "trackingNumber", "JJD0<d16?>"),
    ("ups:trackShipment", "tracking_number", "1Z<u16?>"),
    ("bank:createTransfer", "iban", "DE89<d18?>"),
    ("bank:createTransfer", "bic", "COBADEFFXXX"),
    ("catalog:getBook", "isbn", "978-3-<d5?>-<d3?>-<d1?>"),
    ("catalog:getProduct", "ean", "40<d11?>"),
    ("vat:check", "vatNumber", "CZ<d8?>"),
    ("crypto-wallet:watchAddress", "address", "0x<h40?>"),
    (
        "openai-gpt-3:messageAssistant",
        "assistantId",
        "asst_<n24?>",
    ),
];

/// Hashes and ids under names of their own, as records have them.
const RECORD: [(&str, &str); 28] = [
    ("id", "<uuid?>"),
    ("uuid", "<uuid?>"),
    ("guid", "<uuid?>"),
    ("externalId", "<h24?>"),
    ("external_ref", "ord_<n16?>"),
    ("checksum", "<h64?>"),
    ("sha1", "<h40?>"),
    ("sha256", "<h64?>"),
    ("md5", "<h32?>"),
    ("crc32", "<h8?>"),
    ("etag", "<h32?>"),
    ("revision", "<d1?>-<h32?>"),
    ("commit", "<h40?>"),
    ("buildId", "<w21?>"),
    ("deploymentId", "dpl_<n28?>"),
    ("contentHash", "<h64?>"),
    ("file_hash", "<H64?>"),
    ("blurhash", "LEHV6nWB2yk8pyo0adR*.7kCMdnj"),
    ("ulid", "01J<u23?>"),
    ("ksuid", "2<n26?>"),
    ("nanoid", "<w21?>"),
    ("sku", "SHOE-<d4?>-BLK-<d2?>"),
    ("slug", "how-to-reset-your-password-in-<d2?>-easy-steps"),
    ("serialNumber", "C02<u9?>"),
    ("macAddress", "3c:22:fb:<h2?>:<h2?>:<h2?>"),
    ("ipv6", "2001:db8:<h4?>:<h4?>::1"),
    ("fingerprint", "SHA256:<b43?>"),
    (
        "color_palette",
        "#<h6?>,#<h6?>,#<h6?>,#<h6?>,#<h6?>,#<h6?>,#<h6?>,#<h6?>",
    ),
];

/// A module of an app with one of the public ids.
pub(super) fn of_an_app(random: &mut Random) -> Value {
    let (name, field, pattern) = *random.pick(&FIELDS);
    let mut mapper = json!({"limit": 1 + random.below(100), "name": "{{1.name}}"});
    mapper[field] = json!(fill(random, pattern));
    if random.below(4) == 0 {
        let parameters = json!({field: mapper[field]});
        return with_parameters(random, name, parameters, json!({"limit": 10}));
    }
    module(random, name, mapper)
}

/// A record with some of the hashes and ids.
pub(super) fn record(random: &mut Random) -> Value {
    let mut data = json!({"name": "{{1.name}}", "total": random.below(9_000)});
    for _ in 0..3 {
        let (field, pattern) = *random.pick(&RECORD);
        data[field] = json!(fill(random, pattern));
    }
    match random.below(3) {
        0 => {
            let mapper = json!({"datastore": 4711, "key": "{{1.id}}", "data": data});
            module(random, "datastore:AddRecord", mapper)
        }
        1 => module(random, "json:ParseJSON", json!({"json": data.to_string()})),
        _ => {
            let fields = data.as_object().unwrap();
            let variable = |(name, value): (&String, &Value)| json!({"name": name, "value": value});
            let variables: Value = fields.iter().map(variable).collect();
            let mapper = json!({"scope": "roundtrip", "variables": variables});
            module(random, "util:SetVariables", mapper)
        }
    }
}

/// Many ids in a list, as an iterator takes them.
pub(super) fn list(random: &mut Random) -> Value {
    let pattern = *random.pick(&[
        "<uuid?>",
        "rec<n14?>",
        "<h24?>",
        "<h40?>",
        "cus_<n14?>",
        "#<h6?>",
    ]);
    let ids: Vec<String> = (0..12).map(|_| fill(random, pattern)).collect();
    if random.below(2) == 0 {
        return module(random, "builtin:BasicFeeder", json!({"array": ids}));
    }
    let mapper = json!({"name": "ids", "scope": "roundtrip", "value": ids.join(",")});
    module(random, "util:SetVariable2", mapper)
}
