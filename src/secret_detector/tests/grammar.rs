//! Values drawn from grammars that are written by hand, from what providers document: `ghp_{A36}` is
//! `ghp_` and 36 letters or digits. The same numbers each time.

/// A generator of numbers that look random.
pub(super) struct Numbers(u64);

impl Numbers {
    pub(super) fn from(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11
    }

    pub(super) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).unwrap()
    }

    pub(super) fn pick<'a, T: ?Sized>(&mut self, list: &[&'a T]) -> &'a T {
        list[self.below(list.len())]
    }

    /// A value of a grammar.
    pub(super) fn draw(&mut self, grammar: &str) -> String {
        let mut text = String::new();
        let mut rest = grammar;
        while let Some((before, behind)) = rest.split_once('{') {
            text.push_str(before);
            let (part, after) = behind.split_once('}').unwrap();
            let alphabet: Vec<char> = match part.get(..1).unwrap() {
                "A" => chars("az AZ 09", ""),
                "h" => chars("af 09", ""),
                "U" => chars("AZ 09", ""),
                "l" => chars("az 09", ""),
                "d" => chars("09", ""),
                "u" => chars("az AZ 09", "_-"),
                "b" => chars("az AZ 09", "+/"),
                other => panic!("{other}"),
            };
            for _ in 0..part.get(1..).unwrap().parse().unwrap() {
                text.push(alphabet[self.below(alphabet.len())]);
            }
            rest = after;
        }
        text + rest
    }
}

fn chars(ranges: &str, more: &str) -> Vec<char> {
    let ranges = ranges
        .split(' ')
        .map(|range| range.chars().collect::<Vec<char>>());
    ranges
        .flat_map(|range| range[0]..=range[1])
        .chain(more.chars())
        .collect()
}

/// The kind and the grammar of one documented format. The last part is as short as the provider
/// makes it.
pub(super) const DOCUMENTED: &[(&str, &str)] = &[
    ("github_token", "ghp_{A36}"),
    ("github_token", "gho_{A36}"),
    ("github_token", "ghu_{A36}"),
    ("github_token", "ghs_{A36}"),
    ("github_token", "ghr_{A36}"),
    ("github_token", "github_pat_{A22}_{A59}"),
    ("gitlab_token", "glpat-{A20}"),
    ("gitlab_token", "glptt-{h40}"),
    ("gitlab_token", "glrt-{A20}"),
    ("bitbucket_token", "ATBB{A32}"),
    ("harness_token", "pat.{A22}.{A24}.{A20}"),
    ("sonarqube_token", "squ_{h40}"),
    ("postman_key", "PMAK-{h24}-{h34}"),
    ("npm_token", "npm_{A36}"),
    ("pypi_token", "pypi-AgE{A50}"),
    ("rubygems_key", "rubygems_{h48}"),
    ("crates_token", "cio{A32}"),
    ("nuget_key", "oy2{l43}"),
    ("clojars_token", "CLOJARS_{l60}"),
    ("docker_token", "dckr_pat_{A27}"),
    ("artifactory_key", "AKCp{A69}"),
    ("openai_key", "sk-{A20}T3BlbkFJ{A20}"),
    ("openai_key", "sk-proj-{A40}"),
    ("anthropic_key", "sk-ant-api03-{u90}AA"),
    ("openrouter_key", "sk-or-v1-{h64}"),
    ("groq_key", "gsk_{A52}"),
    ("perplexity_key", "pplx-{A48}"),
    ("xai_key", "xai-{A80}"),
    ("huggingface_token", "hf_{A34}"),
    ("replicate_token", "r8_{A37}"),
    ("langsmith_key", "lsv2_pt_{h32}_{h10}"),
    ("firecrawl_key", "fc-{h32}"),
    ("apify_token", "apify_api_{A36}"),
    ("elevenlabs_key", "sk_{h48}"),
    ("newrelic_key", "NRAK-{U27}"),
    ("newrelic_key", "{h36}NRAL"),
    ("grafana_token", "glsa_{A32}_{h8}"),
    ("sentry_token", "sntryu_{h64}"),
    ("dynatrace_token", "dt0c01.{U24}.{U64}"),
    ("posthog_key", "phx_{A43}"),
    ("vault_token", "hvs.{A24}"),
    ("vault_token", "s.{A24}"),
    ("terraform_token", "{A14}.atlasv1.{A60}"),
    ("doppler_token", "dp.pt.{A40}"),
    ("onepassword_key", "A3-{U6}-{U6}-{U5}-{U5}-{U5}"),
    ("age_key", "AGE-SECRET-KEY-1{U58}"),
    ("pulumi_token", "pul-{h40}"),
    ("prefect_key", "pnu_{A36}"),
    ("asana_token", "1/{d16}:{h32}"),
    ("aws_access_key", "AKIA{U16}"),
    ("aws_access_key", "ASIA{U16}"),
    ("google_api_key", "AIza{A35}"),
    ("google_client_secret", "GOCSPX-{A28}"),
    ("google_access_token", "ya29.{u100}"),
    ("firebase_key", "{A11}:APA91b{u134}"),
    ("azure_client_secret", "{A3}8Q~{A34}"),
    ("azure_devops_token", "{A76}AZDO{A4}"),
    ("azure_storage_key", "AccountKey={b86}=="),
    ("alibaba_access_key", "LTAI{A20}"),
    ("tencent_secret_id", "AKID{A32}"),
    ("digitalocean_token", "dop_v1_{h64}"),
    ("heroku_key", "HRKU-{h8}-{h4}-{h4}-{h4}-{h12}"),
    ("fly_token", "fo1_{u43}"),
    ("netlify_token", "nfp_{A36}"),
    ("cloudflare_key", "v1.0-{h24}-{h146}"),
    ("scaleway_key", "SCW{U17}"),
    ("openshift_token", "sha256~{u43}"),
    ("tailscale_key", "tskey-auth-{A17}-{A32}"),
    ("databricks_token", "dapi{h32}"),
    ("planetscale_password", "pscale_pw_{A32}"),
    ("supabase_key", "sbp_{h40}"),
    ("contentful_token", "CFPAT-{A43}"),
    ("alchemy_key", "alcht_{A30}"),
    ("telegram_token", "{d10}:AA{A33}"),
    ("meta_token", "EAAB{A120}"),
    ("live_secret_key", "sk_live_{A24}"),
    ("test_secret_key", "sk_test_{A24}"),
    ("stripe_key", "rk_live_{A24}"),
    ("webhook_secret", "whsec_{A32}"),
    ("shopify_token", "shpat_{h32}"),
    ("shopify_token", "shpss_{h32}"),
    ("square_token", "sq0csp-{A43}"),
    ("square_token", "sq0atp-{A22}"),
    ("braintree_token", "access_token$production${l16}${h32}"),
    ("woocommerce_key", "ck_{h40}"),
    ("woocommerce_secret", "cs_{h40}"),
    ("mollie_key", "live_{A30}"),
    ("flutterwave_key", "FLWSECK-{h32}-X"),
    ("razorpay_key", "rzp_live_{A14}"),
    ("plaid_token", "access-production-{h8}-{h4}-{h4}-{h4}-{h12}"),
    ("duffel_token", "duffel_test_{A43}"),
    ("easypost_key", "EZAK{A54}"),
    ("shippo_token", "shippo_live_{h40}"),
    ("sendgrid_key", "SG.{A22}.{A43}"),
    ("mailgun_key", "key-{h32}"),
    ("mailgun_key", "{h32}-{h8}-{h8}"),
    ("mailchimp_key", "{h32}-us12"),
    ("brevo_key", "xkeysib-{h64}-{A16}"),
    ("mailersend_token", "mlsn.{h64}"),
    ("resend_key", "re_{A8}_{A24}"),
    ("klaviyo_key", "pk_{h34}"),
    ("twilio_key", "SK{h32}"),
    ("telnyx_key", "KEY{h32}_{A22}"),
    ("slack_token", "xoxb-{d12}-{d13}-{A24}"),
    ("slack_token", "xapp-1-A{U10}-{d13}-{h64}"),
    ("discord_token", "M{A23}.{A6}.{A38}"),
    ("hubspot_token", "pat-na1-{h8}-{h4}-{h4}-{h4}-{h12}"),
    ("salesforce_token", "00D{A15}!{A90}"),
    ("zoho_token", "1000.{h32}.{h32}"),
    ("intercom_token", "dG9rO{A54}="),
    ("typeform_token", "tfp_{A44}"),
    ("airtable_token", "pat{A14}.{h64}"),
    ("notion_token", "secret_{A43}"),
    ("notion_token", "ntn_{A46}"),
    ("linear_key", "lin_api_{A40}"),
    ("atlassian_token", "ATATT3xFfGF0{u160}={U8}"),
    ("trello_token", "ATTA{h72}"),
    ("clickup_token", "pk_{d8}_{U32}"),
    ("figma_token", "figd_{A40}"),
    ("dropbox_token", "sl.{A130}"),
    ("close_key", "api_{A22}.{A22}"),
    ("cal_key", "cal_live_{h32}"),
    ("ghost_key", "{h24}:{h64}"),
];

/// The secret behind an address.
pub(super) const ADDRESSES: &[(&str, &str, &str)] = &[
    (
        "slack_webhook",
        "https://hooks.slack.com/services/",
        "T{U8}/B{U8}/{A24}",
    ),
    (
        "discord_webhook",
        "https://discord.com/api/webhooks/",
        "{d18}/{u68}",
    ),
    (
        "teams_webhook",
        "https://x.webhook.office.com/webhookb2/",
        "{h8}-{h4}-{h4}-{h4}-{h12}@{h8}-{h4}-{h4}-{h4}-{h12}/IncomingWebhook/{h32}",
    ),
    (
        "zapier_webhook",
        "https://hooks.zapier.com/hooks/catch/",
        "{d7}/{l7}",
    ),
    ("webhook_address", "https://hook.eu1.make.com/", "{l32}"),
    ("webhook_address", "https://hook.us2.make.com/", "{l32}"),
    ("webhook_address", "https://hook.integromat.com/", "{l32}"),
];
