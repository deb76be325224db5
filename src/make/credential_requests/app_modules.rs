//! The modules of an app that need credentials. Facts from Make's `OpenAPI` document.

use serde::Deserialize;

use crate::ids::{AppName, AppVersion};
use crate::make::{Request, lenient};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AppModules {
    pub app_modules: Vec<AppModule>,
}

/// A module of an app that needs a credential.
#[derive(Debug, Deserialize)]
pub struct AppModule {
    /// What goes into `appModules` of a request.
    pub id: String,
    #[serde(default, deserialize_with = "lenient::text")]
    pub name: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    pub label: Option<String>,
    /// `account:` or `keychain:`, then types separated by commas.
    #[serde(default, rename = "type")]
    pub kind: Option<String>,
    #[serde(default)]
    pub scope: Option<Vec<String>>,
    #[serde(default, deserialize_with = "lenient::flag")]
    pub hook: Option<bool>,
}

/// The modules of an app that need credentials. The real version is in the answer's headers.
pub fn app_modules(app: &AppName, version: AppVersion) -> Request<AppModules> {
    Request::get("credential-requests")
        .then("apps")
        .id(app)
        .id(&version)
        .then("modules-with-credentials")
}
