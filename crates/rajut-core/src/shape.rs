//! JSON Schemas of the values that are written as text: what the API tells of them is what is read.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::act::{Act, Actor, Rule};
use crate::journal::Hash;

macro_rules! text {
    ($($name:ident: $schema:expr;)+) => {$(
        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                $schema
            }
        }
    )+};
}

fn codes(codes: &[&str]) -> Schema {
    json_schema!({"type": "string", "enum": codes})
}

text! {
    Hash: json_schema!({
        "type": "string",
        "pattern": "^[0-9a-f]{64}$",
        "description": "A SHA-256 as 64 lower-case hexadecimal digits.",
    });
    Actor: json_schema!({
        "type": "string",
        "description": "Who stands behind an act: the id of a person, `system`, or `outsider`.",
    });
    Act: codes(&Act::ALL.iter().map(|act| act.code()).collect::<Vec<_>>());
    Rule: codes(&Rule::ALL.iter().map(|rule| rule.code()).collect::<Vec<_>>());
}
