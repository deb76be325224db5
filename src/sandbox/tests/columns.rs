//! Columns (`cols[]`) on every endpoint that documents which there are.

use serde_json::json;

use super::super::seeded;
use super::Probe;

/// Each read with the documented columns.
fn reads() -> [(String, &'static str); 15] {
    const CONNECTION: &str = "id name accountName accountLabel packageName expire metadata teamId \
        theme upgradeable scopesCnt scoped accountType editable uid connectedSystemId \
        organizationId";
    const KEY: &str = "id name typeName teamId packageName theme";
    const REQUEST: &str = "id organizationId teamId name description externalProviderId createdAt \
        updatedAt expiresAt status shouldSendEmail emailSentAt appNames makeProvider userId \
        makeProviderId";
    const TEMPLATE: &str = "id name teamId description usedApps public published approved \
        approvedId requestedApproval publishedId publicUrl approvedName publishedName";
    const PUBLIC: &str = "id name description url usedApps usage";
    const ORGANIZATION: &str = "id name countryId timezoneId license zone serviceName teams \
        isPaused externalId productName tfaEnforced";
    const TEAM: &str = "id name organizationId activeScenarios activeApps operations transfer \
        centicredits operationsLimit transferLimit consumedOperations consumedTransfer isPaused \
        consumedCenticredits";
    const ME: &str = "id name email language timezoneId localeId countryId features avatar \
        timezone locale emailNotifications usersAdminsRoleId userOrganizationRoles userTeamRoles \
        forceSetPassword hasPassword tfaEnabled tfaStatus isAffiliatePartner hasAddedApp \
        supportEligible";
    const SCENARIO: &str = "id name teamId hookId deviceId deviceScope concept description \
        folderId isinvalid islinked isActive islocked isPaused usedPackages lastEdit scheduling \
        iswaiting dlqCount createdByUser updatedByUser nextExec scenarioVersion moduleSequenceId";
    let requests = "/credential-requests/requests";
    [
        ("/connections?teamId=22".to_owned(), CONNECTION),
        ("/connections/101?".to_owned(), CONNECTION),
        ("/connections/101?cols[]=scopes".to_owned(), CONNECTION),
        ("/keys?teamId=22".to_owned(), KEY),
        ("/keys/401?".to_owned(), KEY),
        (format!("{requests}?teamId=22"), REQUEST),
        (format!("{requests}/{}?", seeded::PENDING_REQUEST), REQUEST),
        ("/templates?teamId=22".to_owned(), TEMPLATE),
        ("/templates/601?".to_owned(), TEMPLATE),
        ("/templates/public?".to_owned(), PUBLIC),
        ("/users/me?".to_owned(), ME),
        ("/organizations?".to_owned(), ORGANIZATION),
        ("/organizations/10?".to_owned(), ORGANIZATION),
        ("/teams/22?".to_owned(), TEAM),
        ("/scenarios?teamId=22".to_owned(), SCENARIO),
    ]
}

#[test]
fn the_documented_columns_are_taken_and_no_others() {
    let probe = Probe::new();
    for (path, columns) in reads() {
        for column in columns.split(' ').chain(["*"]) {
            let reply = probe.get(&format!("{path}&cols[]={column}"));
            assert_eq!(reply.status, 200, "{path}: {column}");
        }
        for asked in [
            "nope",
            "",
            "scenarioUsages",
            "id&cols[]=nope",
            "*&cols[]=nope",
        ] {
            let reply = probe.get(&format!("{path}&cols[]={asked}"));
            assert_eq!(reply.status, 400, "{path}: {asked}");
        }
    }
}

#[test]
fn a_change_with_an_unknown_column_changes_nothing() {
    let probe = Probe::new();
    let body = json!({"accountName": "Twice", "accountType": "make"});
    let reply = probe.post("/connections?teamId=22&cols[]=nope", &body);
    assert_eq!(reply.status, 400);
    assert!(!probe.get("/connections?teamId=22").body.contains("Twice"));
    for (request, act) in [
        (seeded::AUTHORIZED_REQUEST, "delete-remote"),
        (seeded::RENEWABLE_REQUEST, "request-reauthorize"),
    ] {
        let id = seeded::credential(request, 1);
        let path = format!("/credential-requests/credentials/{id}/{act}");
        let reply = probe.post(&format!("{path}?cols[]=nope"), &json!({}));
        assert_eq!(reply.status, 400, "{act}");
        assert_eq!(probe.post(&path, &json!({})).status, 200, "{act}");
    }
}
