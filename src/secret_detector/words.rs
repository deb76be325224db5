//! Words of names, by what they say of a value. A list is one text, read once.

use std::collections::HashSet;
use std::sync::LazyLock;

/// A list of words.
pub(super) type Words = LazyLock<HashSet<&'static str>>;

fn read(text: &'static str) -> HashSet<&'static str> {
    text.split_whitespace().collect()
}

/// Names that are one word, or joined in small letters, in the languages that forms are written in.
pub(super) static PASSWORDS: Words = LazyLock::new(|| {
    read(
        "\
    password passwd passphrase passcode passwort kennwort heslo contrasena \
    contrasenya motdepasse mdp senha wachtwoord haslo parola losenord \
    adgangskode salasana jelszo пароль pwd passw userpass authpass dbpass \
    smtppass ftppass pincode psw pswd pw pword passwords passwds passphrases passcodes \
    passkode pincodes psk presharedkey accesscode doorcode gatecode unlockcode recoverycode \
    recoverycodes backupcode backupcodes securitycode securityanswer masterpassword identifiedby smscode usrpwd userpwd \
    dbpwd smtppwd ftppwd",
    )
});

/// Other words for secrets.
pub(super) static SECRETS: Words = LazyLock::new(|| {
    read(
        "\
    secret secrets credential credentials creds authorization authorisation bearer jwt cookie cookies \
    otpauth mnemonic seedphrase hmac udid geheimnis tajemstvi htpasswd netrc \
    connectionstring connstring connstr privkey pem pkcs12 pfx keystore webhookurl hookurl \
    sas sastoken otp totp mfacode cvv cvc pin cred zapikey rlkey sharedaccesssignature",
    )
});

/// Tokens.
pub(super) static TOKENS: Words = LazyLock::new(|| {
    read(
        "\
    token accesstoken refreshtoken authtoken apitoken idtoken bearertoken \
    sessiontoken pat usertoken bottoken oauthtoken csrftoken xsrftoken sessionid sessid \
    phpsessid jsessionid sessionkey sid tkn authtkn accesstokens refreshtokens apitokens \
    authtokens bearertokens",
    )
});

/// Keys.
pub(super) static KEYS: Words = LazyLock::new(|| {
    read(
        "\
    apikey apikeys appkey secretkey privatekey accesskey authkey apisecret passkey masterkey \
    encryptionkey signingkey subscriptionkey sharedkey servicekey clientkey accountkey \
    storagekey adminkey securitykey licensekey licencekey consumerkey functionskey sshkey \
    rsakey hmackey pgpkey gpgkey serverkey deploykey integrationkey webhookkey rapidapikey \
    applicationkey xapikey hostkey decryptionkey restkey kmskey userkey writekey readkey \
    ikey instrumentationkey developerkey devkey apiauth apitoken secretkeys accesskeys \
    privatekeys aeskey enckey cryptkey cipherkey activationkey serialkey fernetkey signingkeys keysecret wepkey wpakey wifikey",
    )
});

/// What a certain word means when it stands before `key`: no secret.
pub(super) static PLAIN_KEYS: Words = LazyLock::new(|| {
    read(
        "\
    public primary foreign partition sort idempotency object cache routing issue project \
    page row group map dedupe lookup translation column field parent child data message \
    unique index order filter range hash composite natural surrogate label metric event \
    property attribute record item external store custom template type locale i18n arrow hot \
    shortcut json dictionary answer question config option setting variable env s3 file \
    folder bucket blob document feature flag tag theme icon epic space board team entity \
    table websocket material component article vendor customer product plant node style dedup deduplication aggregation window match lock mutex rate throttle chart \
    asset site captcha recaptcha",
    )
});

/// Words behind a secret word that make the name one of something about it: `tokenType`.
pub(super) static ABOUT: Words = LazyLock::new(|| {
    read(
        "\
    type types url uri endpoint name id ids count limit length size expiry expires \
    expiration expire ttl age field label hint help policy strength location placement \
    prefix format scheme method mode in required reset forgot changed enabled disabled \
    visible usage status state lifetime created updated date time at placeholder description \
    title text message error rotation version path file filename index number position map \
    mapping list provider issuer audience scope scopes algorithm alg kind link page valid \
    validity manager standard encoding option options config host server domain \
    user username email owner balance symbol address price amount supply decimals set exists \
    present used is needed source group groups level levels event events arn guessed \
    attempts tries target column columns param parameter header store storage \
    consent banner notice preferences settings ref",
    )
});

/// Things that a secret word behind which they stand describes: `secretSanta`, `keyAccount`.
pub(super) static NOUNS: Words = LazyLock::new(|| {
    read(
        "\
    santa shopper project garden sauce recipe menu ballot mission agent society ingredient spot \
    place admirer party gift ring account accounts contact contacts person fact facts figure \
    figures feature features takeaway takeaways sale coin rate mark grade board jar",
    )
});

/// Words before a secret word that take the secret out of it: `maxTokens`, `nextPageToken`.
pub(super) static BEFORE: Words = LazyLock::new(|| {
    read(
        "\
    max min num total count page next previous prev prompt completion input output \
    continuation sync cursor has is show hide stop special use need needs require requires \
    no without allow enable disable forgot reset change generate budget thinking reasoning \
    cached used remaining per skip resume pagination start end eos bos pad unk sep mask \
    accept erc20 nft crypto lp",
    )
});

/// Words of ids, digests and content.
pub(super) static HARMLESS: Words = LazyLock::new(|| {
    read(
        "\
    id ids uuid guid hash sha sha1 sha256 sha512 md5 crc crc32 checksum digest etag commit \
    revision rev version slug url uri href link path file filename image img photo picture \
    avatar icon logo thumbnail html css script code cursor page trace traceparent tracestate \
    span request correlation fingerprint thumbprint integrity email date time timestamp \
    locale type format accept agent match modified content description title name label \
    message subject comment notes boundary tag branch ref spreadsheet document folder drive \
    base table calendar thread conversation order invoice transaction tracking sku ean isbn \
    iban bic vat phone color font svg attachment blob binary base64 media video audio module \
    package class model query formula expression template idempotency public nonce language \
    encoding host origin referer referrer via forwarded snapshot cid gid pid uid oid rid tid \
    vid reference csv xml payload parent sha384 fbclid gclid utm campaign dedupe key_id \
    keyid kid asset coordinates polyline ulid ksuid cuid nanoid objectid block tx wallet contract barcode vin \
    doi handle hostname region sort boundary shasum sri chunk permalink canonical preview poster \
    cover banner list view playlist channel q search regex pattern selector",
    )
});
