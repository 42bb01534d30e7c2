//! The description of the API (`OpenAPI` 3.1), made from the table of routes and the types that its rows read and
//! write: what has no description is no part of the API, and a test finds it.

use std::sync::{Arc, LazyLock};

use axum::Json;
use axum::extract::State;
use axum::http::Method;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

use crate::problem::Told;
use crate::web::Web;
use crate::web::routes::{Access, Route, table};

/// Where the schemas stand in the document.
const SCHEMAS: &str = "#/components/schemas/";

/// A function that adds a type's schema to those of the document.
type Shape = fn(&mut SchemaGenerator) -> Schema;
/// The same for an enum: the schema of each variant by its name.
type Variants = fn(&mut SchemaGenerator) -> Map<String, Value>;

/// What an answer looks like.
#[derive(Clone, Copy)]
pub struct Answer(Shape);

impl Answer {
    /// JSON of a type.
    pub fn of<T: JsonSchema>() -> Self {
        Self(SchemaGenerator::subschema_for::<T>)
    }
}

/// One operation of the API.
#[derive(Clone)]
pub struct Operation {
    answer: Answer,
    /// The type of an answer that is no JSON.
    bytes: Option<&'static str>,
    query: Option<Shape>,
    act: Option<SentAct>,
    body: Option<Body>,
}

/// What is sent that is no act of its own.
#[derive(Clone, Copy)]
enum Body {
    Json(Shape),
    Bytes(&'static [&'static str]),
}

/// What an act sends: an envelope, in whose field `do` stands one variant of an enum.
#[derive(Clone, Copy)]
struct SentAct {
    name: &'static str,
    envelope: Shape,
    variants: Variants,
}

impl Operation {
    /// An operation that changes nothing.
    pub fn reading(answer: Answer) -> Self {
        Self {
            answer,
            bytes: None,
            query: None,
            act: None,
            body: None,
        }
    }

    /// An operation that hands out a file of this type.
    pub fn giving(bytes: &'static str) -> Self {
        Self {
            bytes: Some(bytes),
            ..Self::reading(Answer::of::<Value>())
        }
    }

    /// An operation that takes JSON of a type.
    pub fn taking<B: JsonSchema>(answer: Answer) -> Self {
        Self {
            body: Some(Body::Json(SchemaGenerator::subschema_for::<B>)),
            ..Self::reading(answer)
        }
    }

    /// An operation that takes bytes of one of these types.
    pub fn taking_bytes(answer: Answer, types: &'static [&'static str]) -> Self {
        Self {
            body: Some(Body::Bytes(types)),
            ..Self::reading(answer)
        }
    }

    /// An operation that does the act of a variant of `E`, sent within a `B`.
    pub fn acting<B: JsonSchema, E: JsonSchema>(answer: Answer, name: &'static str) -> Self {
        Self {
            act: Some(SentAct {
                name,
                envelope: B::json_schema,
                variants: variants_of::<E>,
            }),
            ..Self::reading(answer)
        }
    }

    /// The same with what may stand behind `?`.
    #[must_use]
    pub fn asked_with<Q: JsonSchema>(self) -> Self {
        Self {
            query: Some(Q::json_schema),
            ..self
        }
    }
}

fn settings() -> SchemaSettings {
    SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
    })
}

/// The variants of an enum that is told by its name, each as `{name: schema}`.
fn variants_of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Map<String, Value> {
    let whole = T::json_schema(generator).to_value();
    let several = whole.get("oneOf").and_then(Value::as_array);
    let mut found = Map::new();
    for variant in several.into_iter().flatten() {
        let description = variant.get("description").cloned();
        for (name, shape) in variant
            .get("properties")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            let mut shape = shape.clone();
            if let (Some(fields), Some(description)) = (shape.as_object_mut(), description.clone()) {
                fields.insert("description".to_owned(), description);
            }
            found.insert(name.clone(), shape);
        }
    }
    found
}

/// The names of the variants of an enum.
#[cfg(test)]
pub fn names_of<T: JsonSchema>() -> std::collections::BTreeSet<String> {
    let mut generator = settings().for_deserialize().into_generator();
    variants_of::<T>(&mut generator)
        .into_iter()
        .map(|(name, _)| name)
        .collect()
}

/// The document, made once.
static DOCUMENT: LazyLock<Value> = LazyLock::new(document);

/// `/api/v1/openapi.json`.
pub async fn show(State(_): State<Arc<Web>>) -> Json<&'static Value> {
    Json(&DOCUMENT)
}

/// The whole description.
pub fn document() -> Value {
    let mut read = settings().for_deserialize().into_generator();
    let mut written = settings().for_serialize().into_generator();
    let problem = written.subschema_for::<Told<'static>>().to_value();
    let mut paths: Map<String, Value> = Map::new();
    for route in table() {
        let Some(operation) = &route.told else { continue };
        let told = describe(&route, operation, &mut read, &mut written);
        let methods = paths.entry(route.path.to_owned()).or_insert_with(|| json!({}));
        if let Some(methods) = methods.as_object_mut() {
            methods.insert(route.method.as_str().to_ascii_lowercase(), told);
        }
    }
    let mut schemas = written.take_definitions(true);
    let paths = sent_beside(Value::Object(paths), &read.take_definitions(true), &mut schemas);
    let failed = |description: &str| {
        json!({
            "description": description,
            "content": {"application/json": {"schema": problem}},
        })
    };
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Rajut",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Maintenance of a regional government's intranet by its own procedure. Times are RFC 3339, \
                            ids UUIDs; a list is read page by page with `after`. An act is sent with a key of its own: \
                            the same key twice is one act.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": {
                "Unusable": failed("What was sent cannot be used, or a field of it."),
                "NoToken": failed("No token, or one that is not in force."),
                "NoRight": failed("The token only reads, or its owner has no right to it; `who_could` names who has."),
                "NotFound": failed("There is no such thing, or not for the owner of this token."),
                "Refused": failed("A rule refuses it, or the record has changed: look again and repeat."),
                "TooLarge": failed("More than is taken at once."),
                "NotJson": failed("The body is no JSON."),
                "TooManyTries": failed("Too many wrong tries: try again later."),
                "TooSlow": failed("The body came too slowly."),
                "WrongHost": failed("This address answers only under the name of this machine."),
                "Fault": failed("A fault of the program; `incident` names it in the log."),
                "Full": failed("The disk is full: nothing was kept."),
                "Unavailable": failed("The database cannot be reached: repeat with the same key."),
            },
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    })
}

fn describe(
    route: &Route,
    operation: &Operation,
    read: &mut SchemaGenerator,
    written: &mut SchemaGenerator,
) -> Value {
    let mut parameters = placeholders(route.path);
    if let Some(query) = operation.query {
        parameters.extend(fields_of(&query(read).to_value()));
    }
    let mut answers = json!({
        "200": {
            "description": "Done.",
            "content": match operation.bytes {
                None => json!({"application/json": {"schema": (operation.answer.0)(written)}}),
                Some(of) => json!({of: {"schema": {"type": "string", "format": "binary"}}}),
            },
        },
        "400": {"$ref": "#/components/responses/Unusable"},
        "503": {"$ref": "#/components/responses/Unavailable"},
    });
    let mut add = |status: &str, name: &str| {
        answers[status] = json!({"$ref": format!("#/components/responses/{name}")});
    };
    add("421", "WrongHost");
    add("500", "Fault");
    add("401", "NoToken");
    add("403", "NoRight");
    if route.access != Access::Public {
        add("404", "NotFound");
    }
    if operation.act.is_some() || operation.body.is_some() {
        add("408", "TooSlow");
        add("429", "TooManyTries");
        add("507", "Full");
    }
    let id = route
        .path
        .trim_start_matches("/api/v1/")
        .replace(['/', '{', '}', '.'], "_");
    let mut told = json!({"operationId": format!("{}_{id}", route.method.as_str().to_ascii_lowercase())});
    if let Some(act) = operation.act {
        add("409", "Refused");
        add("413", "TooLarge");
        add("415", "NotJson");
        let variant = (act.variants)(read).remove(act.name).unwrap_or_default();
        told["summary"] = variant.get("description").cloned().unwrap_or_default();
        told["tags"] = json!(["acts"]);
        let mut envelope = (act.envelope)(read).to_value();
        envelope["properties"]["do"] = variant;
        told["requestBody"] = json!({
            "required": true,
            "content": {"application/json": {"schema": envelope}},
        });
    } else {
        told["tags"] = json!(["records"]);
    }
    if let Some(body) = operation.body {
        add("413", "TooLarge");
        add("415", "NotJson");
        told["tags"] = json!(["field"]);
        let content: Map<String, Value> = match body {
            Body::Json(shape) => {
                Map::from_iter([("application/json".to_owned(), json!({"schema": shape(read)}))])
            }
            Body::Bytes(types) => {
                let bytes = json!({"schema": {"type": "string", "format": "binary"}});
                types.iter().map(|of| ((*of).to_owned(), bytes.clone())).collect()
            }
        };
        told["requestBody"] = json!({"required": true, "content": content});
    }
    if !parameters.is_empty() {
        told["parameters"] = Value::Array(parameters);
    }
    if route.access == Access::Public {
        told["security"] = json!([]);
    }
    told["responses"] = answers;
    debug_assert!(route.method == Method::GET || route.method == Method::POST);
    told
}

/// The parts of an address in braces.
fn placeholders(path: &str) -> Vec<Value> {
    let names = path.split('{').skip(1).filter_map(|rest| rest.split('}').next());
    names
        .map(|name| {
            json!({"name": name, "in": "path", "required": true, "schema": {"type": "string", "minLength": 1}})
        })
        .collect()
}

/// The fields of a query as parameters.
fn fields_of(query: &Value) -> Vec<Value> {
    let required = query.get("required").and_then(Value::as_array);
    let must = |name: &str| required.is_some_and(|list| list.iter().any(|it| it == name));
    let fields = query.get("properties").and_then(Value::as_object);
    fields
        .into_iter()
        .flatten()
        .map(|(name, schema)| {
            let mut schema = schema.clone();
            // What is left out is left out: an empty text or `null` is no value of a query.
            if let Some(kinds) = schema.get("type").and_then(Value::as_array) {
                let first = kinds.iter().find(|kind| *kind != "null").cloned();
                schema["type"] = first.unwrap_or_default();
            }
            if let Some(several) = schema.get("anyOf").and_then(Value::as_array) {
                schema = several.first().cloned().unwrap_or_default();
            }
            json!({"name": name, "in": "query", "required": must(name), "schema": schema})
        })
        .collect()
}

/// Puts the schemas of what is read beside those of what is written; one that differs gets a name of its own.
fn sent_beside(paths: Value, read: &Map<String, Value>, schemas: &mut Map<String, Value>) -> Value {
    let other: Vec<&String> = read
        .iter()
        .filter(|(name, schema)| schemas.get(*name).is_some_and(|known| known != *schema))
        .map(|(name, _)| name)
        .collect();
    let renamed = |mut value: Value| {
        rename(&mut value, &|name| other.iter().any(|it| *it == name));
        value
    };
    let mut told = paths;
    for methods in told
        .as_object_mut()
        .into_iter()
        .flat_map(|paths| paths.values_mut())
    {
        for operation in methods.as_object_mut().into_iter().flat_map(|it| it.values_mut()) {
            for part in ["requestBody", "parameters"] {
                if let Some(value) = operation.get_mut(part) {
                    *value = renamed(value.take());
                }
            }
        }
    }
    for (name, schema) in read {
        let own = if other.contains(&name) {
            format!("{name}Sent")
        } else {
            name.clone()
        };
        schemas.insert(own, renamed(schema.clone()));
    }
    told
}

/// Gives references to some schemas their other name.
fn rename(value: &mut Value, other: &dyn Fn(&str) -> bool) {
    match value {
        Value::Object(fields) => {
            if let Some(Value::String(reference)) = fields.get_mut("$ref")
                && reference.strip_prefix(SCHEMAS).is_some_and(other)
            {
                reference.push_str("Sent");
            }
            fields.values_mut().for_each(|field| rename(field, other));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rename(item, other)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_of_the_api_is_described_and_every_reference_leads_somewhere() {
        let told = document();
        for route in table().iter().filter(|route| route.path.starts_with("/api/")) {
            let method = route.method.as_str().to_ascii_lowercase();
            let operation = &told["paths"][route.path][&method];
            assert!(
                operation["responses"]["200"].is_object(),
                "{} {}",
                method,
                route.path
            );
        }
        let mut waiting = vec![&told];
        let mut references = 0;
        while let Some(value) = waiting.pop() {
            match value {
                Value::Object(fields) => {
                    if let Some(Value::String(reference)) = fields.get("$ref") {
                        let pointer = reference.strip_prefix('#').unwrap();
                        assert!(told.pointer(pointer).is_some(), "{reference}");
                        references += 1;
                    }
                    waiting.extend(fields.values());
                }
                Value::Array(items) => waiting.extend(items),
                _ => {}
            }
        }
        assert!(references > 500, "{references}");
        let act = &told["paths"]["/api/v1/acts/dispose"]["post"];
        let form = &act["requestBody"]["content"]["application/json"]["schema"]["properties"]["do"];
        assert_eq!(form["properties"]["instruction"]["type"], "string");
        assert!(
            act["summary"]
                .as_str()
                .unwrap()
                .starts_with("Pass the order down")
        );
    }
}
