//! What a tool is: its facts for the model and for policy, its types, and the table entry that
//! hides the types.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};

use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::shape::{self, Wanted};
use super::{Call, EffectRules, Plan, ToolError, arguments, named, schema};
use crate::grants::{Asks, Effect, Operation, Scope, Target, Toolset};
use crate::ids::NotAnId;
use crate::make::place::{Step, place};

/// One operation of Make as a tool.
pub trait Tool: 'static {
    /// The arguments, camelCase on the wire. The schema is made from them and checked before
    /// they are decoded.
    type Args: DeserializeOwned + JsonSchema + Send + Sync + 'static;
    /// The answer: an object. What it does not list does not leave.
    type Output: Serialize + JsonSchema + 'static;
    /// The facts.
    const SPEC: Spec;
    /// Whether it makes something that is not to be made twice.
    const MAKES: bool = !Self::SPEC.effect.is_idempotent();
    /// What of its arguments a person's yes or no is about, where the schema does not tell.
    const EFFECT_RULES: EffectRules = EffectRules::PLAIN;

    /// Where the call lands.
    fn target(args: &Self::Args) -> Target;

    /// What would happen, found by reads alone; `None` when the call needs nobody's yes. Asked of
    /// tools that ask at all, before anything else of the call. Nothing but a GET passes here.
    fn plan(
        _call: &Call<'_>,
        _args: &Self::Args,
    ) -> impl Future<Output = Result<Option<Plan>, ToolError>> + Send {
        async { Ok(None) }
    }

    /// What Make has that fits the arguments of something to be made, found by reads alone;
    /// `None` when that cannot be told.
    fn candidates(
        _call: &Call<'_>,
        _args: &Self::Args,
    ) -> impl Future<Output = Option<Vec<Value>>> + Send {
        async { None }
    }

    /// The work. Everything it sends goes through `call`.
    fn run(
        call: &Call<'_>,
        args: Self::Args,
    ) -> impl Future<Output = Result<Self::Output, ToolError>> + Send;
}

/// The facts about a tool.
#[derive(Debug)]
pub struct Spec {
    /// `snake_case`, `<resource>_<verb>`.
    pub name: &'static str,
    /// For people.
    pub title: &'static str,
    /// For a model: what it does, when to use it, which neighbour otherwise, what it never
    /// returns.
    pub description: &'static str,
    /// The group it is granted with.
    pub toolset: Toolset,
    /// The scopes that Make wants for it.
    pub scopes: &'static [Scope],
    /// What it does to the account.
    pub effect: Effect,
    /// Whether a person has to say yes.
    pub asks: Asks,
    /// Set for a tool that answers with rows.
    pub list: Option<List>,
}

/// How a tool answers with rows: it gets `fields`, `limit` and `cursor`.
#[derive(Debug, Clone, Copy)]
pub struct List {
    /// The field of the answer that holds the rows.
    pub rows: &'static str,
    /// The columns without `fields`.
    pub columns: &'static [&'static str],
    /// Who cuts pages.
    pub paging: Paging,
}

/// Who cuts a list into pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paging {
    /// Make answers with everything; we cut.
    Ours,
    /// Make takes an offset and a limit.
    Makes,
}

impl Spec {
    /// What policy has to know.
    pub fn operation(&self) -> Operation {
        Operation {
            tool: self.name,
            toolset: self.toolset,
            scopes: self.scopes,
            effect: self.effect,
            asks: self.asks,
        }
    }
}

/// The schemas of a tool as clients see them.
#[derive(Debug)]
pub struct Schemas {
    /// Of the arguments.
    pub input: Arc<Map<String, Value>>,
    /// Of the answer.
    pub output: Arc<Map<String, Value>>,
}

/// A tool in the table.
pub struct Entry {
    /// The facts.
    pub spec: &'static Spec,
    /// Whether it makes something, and takes an `idempotencyKey`.
    pub makes: bool,
    /// What of its arguments a yes or no is about.
    pub(super) effect_rules: EffectRules,
    schemas: OnceLock<Schemas>,
    make_schemas: fn() -> Schemas,
    decode: fn(&[u8]) -> serde_json::Result<Box<dyn Prepared>>,
}

impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Entry")
            .field("name", &self.spec.name)
            .finish_non_exhaustive()
    }
}

impl Entry {
    /// The schemas, made at the first use: a start pays for none.
    pub fn schemas(&self) -> &Schemas {
        self.schemas.get_or_init(self.make_schemas)
    }

    /// Arguments that were checked and decoded before, once more.
    pub(super) fn again(&self, checked: &Map<String, Value>) -> Option<Box<dyn Prepared>> {
        (self.decode)(&serde_json::to_vec(checked).ok()?).ok()
    }

    /// Checks the arguments and decodes them.
    pub(super) fn prepare(
        &self,
        arguments: Map<String, Value>,
    ) -> Result<Ready, arguments::Invalid> {
        let schemas = self.schemas();
        let misplaced = |given: &Map<String, Value>| {
            named::misplaced(self.spec.name, &schemas.input, given).map_or(Ok(()), Err)
        };
        misplaced(&arguments)?;
        let checked = arguments::check(&schemas.input, arguments)?;
        // What came as JSON text can be looked into now.
        checked.as_object().map_or(Ok(()), misplaced)?;
        let wanted = shape::wanted(self.spec, schemas, &checked)?;
        // As text, since reading text tells where it stopped.
        let text = serde_json::to_vec(&checked).unwrap_or_default();
        let prepared = (self.decode)(&text).map_err(|error| {
            // Only the place is kept of an error, and words of ours: serde's repeat the value.
            let path = dotted(&place(&text, &error));
            arguments::Invalid::at(&path, &schemas.input, NotAnId::behind(&error))
        })?;
        let checked = if let Value::Object(checked) = checked {
            checked
        } else {
            Map::new()
        };
        Ok(Ready {
            prepared,
            wanted,
            checked,
        })
    }
}

/// Arguments that can be used.
pub(super) struct Ready {
    /// Decoded.
    pub(super) prepared: Box<dyn Prepared>,
    /// The columns and rows to answer with.
    pub(super) wanted: Wanted,
    /// As they came, every name known by the schema.
    pub(super) checked: Map<String, Value>,
}

/// Decoded arguments that wait for the decision.
pub(super) trait Prepared: Send + Sync {
    fn target(&self) -> Target;
    fn plan<'a>(&'a self, call: &'a Call<'_>) -> Planning<'a>;
    fn candidates<'a>(&'a self, call: &'a Call<'_>) -> Candidates<'a>;
    fn run<'a>(self: Box<Self>, call: &'a Call<'_>) -> Work<'a>;
}

/// The running work of a tool; the answer is still whole.
pub(super) type Work<'a> =
    Pin<Box<dyn Future<Output = Result<Map<String, Value>, ToolError>> + Send + 'a>>;

/// What a call would do, being found out.
pub(super) type Planning<'a> =
    Pin<Box<dyn Future<Output = Result<Option<Plan>, ToolError>> + Send + 'a>>;
/// What may have been made, being looked for.
pub(super) type Candidates<'a> = Pin<Box<dyn Future<Output = Option<Vec<Value>>> + Send + 'a>>;

struct PreparedFor<T: Tool>(T::Args);

impl<T: Tool> Prepared for PreparedFor<T> {
    fn target(&self) -> Target {
        T::target(&self.0)
    }

    fn plan<'a>(&'a self, call: &'a Call<'_>) -> Planning<'a> {
        Box::pin(T::plan(call, &self.0))
    }

    fn candidates<'a>(&'a self, call: &'a Call<'_>) -> Candidates<'a> {
        Box::pin(T::candidates(call, &self.0))
    }

    fn run<'a>(self: Box<Self>, call: &'a Call<'_>) -> Work<'a> {
        let args = self.0;
        Box::pin(async move {
            let output = T::run(call, args).await?;
            match serde_json::to_value(output) {
                Ok(Value::Object(answer)) => Ok(answer),
                Ok(_) | Err(_) => Err(ToolError::Internal("an answer that is no object")),
            }
        })
    }
}

/// A place as the schema's paths are written: `credentials[0].appName`.
fn dotted(place: &[Step<'_>]) -> String {
    let mut path = String::new();
    for step in place {
        match step {
            Step::Field(name) if path.is_empty() => path.push_str(name),
            Step::Field(name) => path.extend([".", name]),
            Step::Entry(index) => path.extend(["[", &index.to_string(), "]"]),
        }
    }
    path
}

fn decode<T: Tool>(arguments: &[u8]) -> serde_json::Result<Box<dyn Prepared>> {
    let args: T::Args = serde_json::from_slice(arguments)?;
    Ok(Box::new(PreparedFor::<T>(args)))
}

fn schemas<T: Tool>() -> Schemas {
    Schemas {
        input: Arc::new(schema::input::<T::Args>(T::SPEC.list, T::MAKES)),
        output: Arc::new(schema::output::<T::Output>(T::SPEC.list)),
    }
}

/// The entry of a tool.
pub(super) fn entry<T: Tool>() -> Entry {
    Entry {
        spec: &T::SPEC,
        makes: T::MAKES,
        effect_rules: T::EFFECT_RULES,
        schemas: OnceLock::new(),
        make_schemas: schemas::<T>,
        decode: decode::<T>,
    }
}
