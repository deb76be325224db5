//! Where a secret stands in a blueprint. `$S` is the secret, `$J` the same inside JSON text, `$U`
//! in an address, `$X` in markup, `$B` a user and the secret in base64, `$N` the name of the field
//! or header. A place is a module, or a part of the blueprint beside the modules.

/// The place itself tells that a literal there is a secret, or is the mapping of an HTTP module.
pub(super) const TELLING: [&str; 14] = [
    r#"{"module":{"module":"http:ActionSendData","version":3,"mapper":{"url":"https://«host»/v1/«word»","headers":[{"name":"Authorization","value":"Bearer $S"},{"name":"Accept","value":"application/json"}]}}}"#,
    r#"{"module":{"module":"http:ActionSendData","version":3,"mapper":{"url":"https://«host»/v1/«word»","method":"post","headers":[{"name":"Content-Type","value":"application/json"},{"name":"X-API-Key","value":"$S"}]}}}"#,
    r#"{"module":{"module":"http:ActionSendData","version":3,"mapper":{"url":"https://«host»/v1/«word»?limit=50&api_key=$U"}}}"#,
    r#"{"module":{"module":"http:MakeRequest","version":4,"mapper":{"url":"https://«host»/search","method":"get","queryParameters":[{"name":"q","value":"{{1.q}}"},{"name":"token","value":"$S"}]}}}"#,
    r#"{"module":{"module":"http:MakeRequest","version":4,"mapper":{"url":"https://«host»/run","method":"post","inputMethod":"jsonString","jsonStringBodyContent":"{\n  \"input\": \"{{1.text}}\",\n  \"apiKey\": \"$J\"\n}"}}}"#,
    r#"{"module":{"module":"http:ActionSendData","version":3,"mapper":{"url":"https://«host»/oauth/token","method":"post","bodyType":"x_www_form_urlencoded","fields":[{"key":"grant_type","value":"client_credentials"},{"key":"client_secret","value":"$S"}]}}}"#,
    r#"{"module":{"module":"http:ActionSendData","version":3,"mapper":{"url":"https://«host»/soap","method":"post","bodyType":"raw","contentType":"text/xml","data":"<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Header><ApiKey>$X</ApiKey></soap:Header><soap:Body><Get id=\"{{1.id}}\"/></soap:Body></soap:Envelope>"}}}"#,
    r#"{"module":{"module":"app#«word»-tools:makeApiCall","version":1,"parameters":{"__IMTCONN__":48121},"mapper":{"url":"/v1/«word»","method":"GET","headers":[{"key":"Authorization","value":"Token $S"}],"qs":[]}}}"#,
    r#"{"module":{"module":"util:SetVariable2","version":1,"mapper":{"name":"apiKey","scope":"roundtrip","value":"$S"}}}"#,
    r#"{"module":{"module":"app#«word»-tools:listItems","version":1,"parameters":{"accessToken":"$S","limit":100},"mapper":{"status":"{{1.status}}"}}}"#,
    r#"{"module":{"module":"http:ActionSendDataBasicAuth","version":3,"parameters":{"handleErrors":true},"mapper":{"url":"https://«host»/v2/«word»","authUser":"«person»","authPass":"$S"}}}"#,
    r#"{"module":{"module":"json:ParseJSON","version":1,"parameters":{"type":2115},"mapper":{"json":"{\"settings\":{\"region\":\"eu\",\"secretKey\":\"$J\"}}"}}}"#,
    r#"{"module":{"module":"util:SetVariables","version":1,"mapper":{"scope":"roundtrip","variables":[{"name":"baseUrl","value":"https://«host»"},{"name":"secret","value":"$S"}]}}}"#,
    r#"{"module":{"module":"http:ActionGetFile","version":3,"mapper":{"url":"https://«host»/files/{{1.id}}/download?access_token=$U","method":"get"}}}"#,
];

/// Nothing but the secret's own form tells.
pub(super) const NEUTRAL: [&str; 16] = [
    r#"{"module":{"module":"slack:CreateMessage","version":4,"parameters":{"__IMTCONN__":77120},"mapper":{"channel":"C0«up:9»","text":"Import runs with $S until Friday, ask «person»","parse":false}}}"#,
    r#"{"metadata":{"notes":[{"moduleIds":[2],"content":"<p>Prod access for the «word» sync: <b>$X</b></p>","isFilterNote":false}]}}"#,
    r#"{"module":{"module":"app#«word»-tools:createItem","version":1,"parameters":{"__IMTCONN__":31877},"mapper":{"title":"{{1.title}}","value":"$S"}}}"#,
    r#"{"module":{"module":"builtin:BasicFeeder","version":1,"mapper":{"array":"{{1.rows}}"},"filter":{"name":"Only ours","conditions":[[{"a":"{{1.body.value}}","b":"$S","o":"text:equal"}]]}}}"#,
    r#"{"module":{"module":"google-sheets:addRow","version":2,"parameters":{"__IMTCONN__":90217},"mapper":{"mode":"select","sheetId":"Sheet1","spreadsheetId":"/«google»","values":{"0":"{{1.name}}","1":"«date»","2":"$S"}}}}"#,
    r#"{"module":{"module":"code:ExecuteCode","version":1,"mapper":{"language":"javascript","code":"const client = new Client('$S');\nreturn await client.list(input.id);","input":[{"name":"id","value":"{{1.id}}"}]}}}"#,
    r#"{"module":{"module":"util:SetVariable2","version":1,"mapper":{"name":"current","scope":"roundtrip","value":"{{ifempty(1.current; \"$S\")}}"}}}"#,
    r#"{"module":{"module":"email:ActionSendEmail","version":7,"parameters":{"account":71233},"mapper":{"to":["«email»"],"subject":"Setup","contentType":"html","html":"<p>Hello,</p><p>this is what you paste in step two:<br><code>$X</code></p>"}}}"#,
    r#"{"controller":{"description":"Nightly «word» run. Uses $S; owner «person»."}}"#,
    r#"{"module":{"module":"google-drive:watchFiles","version":4,"parameters":{"__IMTCONN__":90217},"mapper":{},"metadata":{"designer":{"x":300,"y":0,"name":"Call with $S"}}}}"#,
    r#"{"module":{"module":"datastore:AddRecord","version":1,"parameters":{"datastore":4410},"mapper":{"key":"{{1.id}}","data":{"cfg":"$S","at":"{{now}}"},"overwrite":true}}}"#,
    r#"{"module":{"module":"gateway:WebhookRespond","version":1,"mapper":{"status":"200","body":"ok $S","headers":[{"key":"Content-Type","value":"text/plain"}]}}}"#,
    r#"{"module":{"module":"app#runner:exec","version":1,"mapper":{"command":"sync","args":["--verbose","--with","$S","--once"]}}}"#,
    r#"{"module":{"module":"app#«word»-tools:search","version":1,"mapper":{"q":"{{1.q}}"},"metadata":{"restore":{"expect":{"q":{"label":"$S"}}},"expect":[{"name":"q","type":"text","label":"Query"}]}}}"#,
    r#"{"module":{"module":"builtin:BasicFeeder","version":1,"mapper":{"array":"{{2.items}}"},"filter":{"name":"uses $S","conditions":[[{"a":"{{1.total}}","b":"0","o":"number:greater"}]]}}}"#,
    r#"{"module":{"module":"ssh:exec","version":1,"parameters":{"__IMTCONN__":5512},"mapper":{"command":"curl -sS 'https://«host»/v1/«word»' -H 'Authorization: Bearer $S' -o out.json"}}}"#,
];

/// For addresses.
pub(super) const FOR_ADDRESSES: [&str; 8] = [
    r#"{"module":{"module":"http:ActionSendData","version":3,"mapper":{"url":"$S","method":"post","bodyType":"raw","contentType":"application/json","data":"{\"text\":\"{{1.text}}\"}"}}}"#,
    r#"{"module":{"module":"http:MakeRequest","version":4,"mapper":{"url":"$S","method":"get"}}}"#,
    r#"{"module":{"module":"util:SetVariable2","version":1,"mapper":{"name":"target","scope":"roundtrip","value":"$S"}}}"#,
    r#"{"module":{"module":"slack:CreateMessage","version":4,"parameters":{"__IMTCONN__":77120},"mapper":{"channel":"C0«up:9»","text":"Send it to $S and tell me"}}}"#,
    r#"{"metadata":{"notes":[{"moduleIds":[2],"content":"<p>Target is <a href=\"$X\">here</a></p>"}]}}"#,
    r#"{"module":{"module":"app#«word»-tools:connect","version":1,"parameters":{"uri":"$S","timeout":300},"mapper":{"table":"«word»"}}}"#,
    r#"{"module":{"module":"http:ActionSendData","version":3,"mapper":{"url":"https://«host»/jobs","method":"post","bodyType":"raw","contentType":"application/json","data":"{\"source\":\"$J\",\"mode\":\"full\"}"}}}"#,
    r#"{"module":{"module":"code:ExecuteCode","version":1,"mapper":{"language":"python","code":"import lib\nconn = lib.connect(\"$J\")\nreturn conn.count()"}}}"#,
];

/// For blocks of text.
pub(super) const FOR_BLOCKS: [&str; 7] = [
    r#"{"module":{"module":"http:ActionSendData","version":3,"mapper":{"url":"https://«host»/sign","method":"post","bodyType":"raw","contentType":"application/json","data":"{\"document\":\"{{1.id}}\",\"material\":\"$J\"}"}}}"#,
    r#"{"module":{"module":"util:SetVariable2","version":1,"mapper":{"name":"material","scope":"roundtrip","value":"$S"}}}"#,
    r#"{"module":{"module":"app#«word»-tools:sign","version":1,"parameters":{"config":"$S"},"mapper":{"data":"{{1.data}}"}}}"#,
    r#"{"module":{"module":"json:ParseJSON","version":1,"parameters":{"type":""},"mapper":{"json":"{\"name\":\"«word»\",\"content\":\"$J\"}"}}}"#,
    r#"{"module":{"module":"code:ExecuteCode","version":1,"mapper":{"language":"javascript","code":"const material = `$S`;\nreturn load(material);"}}}"#,
    r#"{"module":{"module":"datastore:AddRecord","version":1,"parameters":{"datastore":4410},"mapper":{"key":"«slug»","data":{"content":"$S"}}}}"#,
    r#"{"module":{"module":"app#encryptor:run","version":1,"mapper":{"mode":"advanced","input":"{{1.text}}","material":"$S","format":"text"}}}"#,
];

/// Headers: what is in `$N` tells.
pub(super) const FOR_HEADERS: [&str; 5] = [
    r#"{"module":{"module":"http:ActionSendData","version":3,"mapper":{"url":"https://«host»/v1/«word»/{{1.id}}","headers":[{"name":"Accept","value":"application/json"},{"name":"$N","value":"$S"}]}}}"#,
    r#"{"module":{"module":"http:MakeRequest","version":4,"parameters":{"authenticationType":"noAuth"},"mapper":{"url":"https://«host»/graphql","method":"post","headers":[{"name":"$N","value":"$S"},{"name":"Content-Type","value":"application/json"}],"contentType":"json"}}}"#,
    r#"{"module":{"module":"http:ActionGetFile","version":3,"mapper":{"url":"https://«host»/export.csv","headers":[{"name":"$N","value":"$S"}]}}}"#,
    r#"{"module":{"module":"app#«word»-tools:makeApiCall","version":1,"parameters":{"__IMTCONN__":48121},"mapper":{"url":"/«word»","method":"POST","headers":[{"key":"Content-Type","value":"application/json"},{"key":"$N","value":"$S"}],"body":"{{1.json}}"}}}"#,
    r#"{"module":{"module":"http:ActionSendData","version":3,"mapper":{"url":"https://«host»/v1/batch","method":"post","bodyType":"raw","data":"{\"requests\":[{\"url\":\"/«word»\",\"headers\":{\"$N\":\"$J\"}}]}"}}}"#,
];

/// Parameters of an address.
pub(super) const FOR_QUERIES: [&str; 4] = [
    r#"{"module":{"module":"http:ActionSendData","version":3,"mapper":{"url":"https://«host»/v1/«word»?lang=en&$N=$U&limit=10","method":"get"}}}"#,
    r#"{"module":{"module":"http:ActionSendData","version":3,"mapper":{"url":"https://«host»/data/2.5/weather","method":"get","qs":[{"name":"q","value":"{{1.city}}"},{"name":"$N","value":"$S"}]}}}"#,
    r#"{"module":{"module":"http:MakeRequest","version":4,"mapper":{"url":"https://«host»/geocode/json","method":"get","queryParameters":[{"name":"$N","value":"$S"},{"name":"address","value":"{{1.address}}"}]}}}"#,
    r#"{"module":{"module":"http:ActionGetFile","version":3,"mapper":{"url":"https://«host»/export/{{1.id}}.pdf?$N=$U"}}}"#,
];

/// Fields: what is in `$N` tells.
pub(super) const FOR_FIELDS: [&str; 12] = [
    r#"{"module":{"module":"app#«word»-tools:createItem","version":1,"parameters":{},"mapper":{"$N":"$S","title":"{{1.title}}"}}}"#,
    r#"{"module":{"module":"app#«word»-tools:watchItems","version":2,"parameters":{"limit":20,"$N":"$S"},"mapper":{}}}"#,
    r#"{"module":{"module":"util:SetVariable2","version":1,"mapper":{"name":"$N","scope":"roundtrip","value":"$S"}}}"#,
    r#"{"module":{"module":"util:SetVariables","version":1,"mapper":{"scope":"execution","variables":[{"name":"endpoint","value":"https://«host»"},{"name":"$N","value":"$S"}]}}}"#,
    r#"{"module":{"module":"http:ActionSendData","version":3,"mapper":{"url":"https://«host»/login","method":"post","bodyType":"raw","contentType":"application/json","data":"{\"user\":\"«person»\",\"$N\":\"$J\"}"}}}"#,
    r#"{"module":{"module":"app#mailer:send","version":1,"parameters":{"transport":{"host":"«host»","port":465,"auth":{"user":"«email»","$N":"$S"}}},"mapper":{"to":"{{1.email}}"}}}"#,
    r#"{"module":{"module":"app#«word»-tools:runAction","version":1,"mapper":{"action":"sync","fields":[{"key":"region","value":"eu-west-1"},{"key":"$N","value":"$S"}]}}}"#,
    r#"{"module":{"module":"json:ParseJSON","version":1,"parameters":{"type":""},"mapper":{"json":"{\"env\":\"prod\",\"auth\":{\"$N\":\"$J\"}}"}}}"#,
    r#"{"module":{"module":"http:ActionSendData","version":3,"mapper":{"url":"https://«host»/connect/token","method":"post","bodyType":"raw","contentType":"application/x-www-form-urlencoded","data":"grant_type=password&username=«person»&$N=$U&scope=read"}}}"#,
    r#"{"module":{"module":"http:ActionSendData","version":3,"mapper":{"url":"https://«host»/ws","method":"post","bodyType":"raw","contentType":"application/xml","data":"<?xml version=\"1.0\"?><request><user>«person»</user><$N>$X</$N><action>list</action></request>"}}}"#,
    r#"{"module":{"module":"http:ActionSendData","version":3,"mapper":{"url":"https://«host»/upload","method":"post","bodyType":"multipart_form_data","fields":[{"key":"$N","fieldType":"text","value":"$S"},{"key":"file","fieldType":"file","value":"{{1.data}}"}]}}}"#,
    r#"{"module":{"module":"http:MakeRequest","version":4,"mapper":{"url":"https://«host»/graphql","method":"post","inputMethod":"jsonString","jsonStringBodyContent":"{\"query\":\"mutation($v:String!){login(v:$v){id}}\",\"variables\":{\"$N\":\"$J\"}}"}}}"#,
];

/// The name is neutral; that the field is of the type `password` tells.
pub(super) const BY_TYPE: [&str; 3] = [
    r#"{"module":{"module":"app#«word»-tools:unlock","version":1,"parameters":{},"mapper":{"phrase":"$S","id":"{{1.id}}"},"metadata":{"expect":[{"name":"phrase","type":"password","label":"Phrase","required":true},{"name":"id","type":"text","label":"ID"}]}}}"#,
    r#"{"module":{"module":"app#«word»-tools:watch","version":1,"parameters":{"access":"$S"},"mapper":{},"metadata":{"parameters":[{"name":"access","type":"password","label":"Access","required":true}]}}}"#,
    r#"{"module":{"module":"app#«word»-tools:open","version":1,"parameters":{"site":"«host»","word":"$S"},"mapper":{},"metadata":{"parameters":[{"name":"site","type":"text"},{"name":"word","type":"password"}]}}}"#,
];

/// Two headers of SOAP, and the pair of an id and a secret in fields.
pub(super) const PAIRS: [&str; 6] = [
    r#"{"module":{"module":"app#s3-compat:putObject","version":1,"parameters":{"accessKeyId":"$K","secretAccessKey":"$S","region":"eu-central-1"},"mapper":{"bucket":"«word»","key":"{{1.name}}"}}}"#,
    r#"{"module":{"module":"app#s3-compat:putObject","version":1,"parameters":{"aws_access_key_id":"$K","aws_secret_access_key":"$S"},"mapper":{"bucket":"«word»"}}}"#,
    r#"{"module":{"module":"http:ActionSendData","version":3,"mapper":{"url":"https://«host»/s3/presign","method":"post","bodyType":"raw","data":"{\"key\":\"$K\",\"secret\":\"$J\",\"region\":\"us-east-1\"}"}}}"#,
    r#"{"module":{"module":"util:SetVariables","version":1,"mapper":{"scope":"roundtrip","variables":[{"name":"AWS_ACCESS_KEY_ID","value":"$K"},{"name":"AWS_SECRET_ACCESS_KEY","value":"$S"}]}}}"#,
    r#"{"module":{"module":"http:ActionSendData","version":3,"mapper":{"url":"https://«host»/services/Soap","method":"post","bodyType":"raw","contentType":"text/xml","data":"<soapenv:Header><wsse:Security><wsse:UsernameToken><wsse:Username>$K</wsse:Username><wsse:Password Type=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordText\">$X</wsse:Password></wsse:UsernameToken></wsse:Security></soapenv:Header>"}}}"#,
    r#"{"module":{"module":"app#s3-compat:list","version":1,"parameters":{"credentials":{"accessKeyId":"$K","secretAccessKey":"$S"}},"mapper":{"prefix":"{{1.prefix}}"}}}"#,
];

/// Places on which engineers differ: told, not asserted. The secrets have no form of their own.
pub(super) const DEBATABLE: [(&str, &str); 9] = [
    (
        "a constant in code",
        r#"{"module":{"module":"code:ExecuteCode","version":1,"mapper":{"language":"javascript","code":"const API_KEY = '$S';\nreturn call(API_KEY, input.id);"}}}"#,
    ),
    (
        "a filter on a header of a webhook",
        r#"{"module":{"module":"builtin:BasicFeeder","version":1,"mapper":{"array":"{{1.body}}"},"filter":{"name":"Signed","conditions":[[{"a":"{{get(map(1.__IMTHEADERS__; `value`; `name`; `x-webhook-secret`); 1)}}","b":"$S","o":"text:equal"}]]}}}"#,
    ),
    (
        "the key of a signature in a mapping",
        r#"{"module":{"module":"http:ActionSendData","version":3,"mapper":{"url":"https://«host»/v1","headers":[{"name":"X-Signature","value":"{{sha256(1.body; \"hex\"; \"$S\")}}"}]}}}"#,
    ),
    (
        "a user and a password in a mapping",
        r#"{"module":{"module":"http:ActionSendData","version":3,"mapper":{"url":"https://«host»/v1","headers":[{"name":"Authorization","value":"Basic {{base64(\"«person»:$S\")}}"}]}}}"#,
    ),
    (
        "lines of a .env file in a text",
        r#"{"module":{"module":"ssh:exec","version":1,"mapper":{"command":"cat > .env <<EOF\nDB_HOST=«host»\nDB_PASSWORD=$S\nEOF"}}}"#,
    ),
    (
        "YAML in a text",
        r#"{"module":{"module":"http:ActionSendData","version":3,"mapper":{"url":"https://«host»/deploy","method":"post","bodyType":"raw","contentType":"text/yaml","data":"database:\n  user: «person»\n  password: $S\n"}}}"#,
    ),
    (
        "the default of a field in its description",
        r#"{"module":{"module":"app#«word»-tools:run","version":1,"mapper":{},"metadata":{"expect":[{"name":"apiKey","type":"text","label":"API key","default":"$S"}]}}}"#,
    ),
    (
        "a sentence",
        r#"{"module":{"module":"slack:CreateMessage","version":4,"mapper":{"channel":"C0«up:9»","text":"The new password is $S, change it after login."}}}"#,
    ),
    (
        "a header as the key of an object",
        r#"{"module":{"module":"app#«word»-tools:makeApiCall","version":1,"mapper":{"url":"/v1","headers":{"X-Tenant-Auth":"$S"}}}}"#,
    ),
];
