//! Priority classes and service levels, from data.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::register::coded;

coded! {
    /// The class of a complaint, most urgent first.
    Priority {
        /// Backbone, several sites, or a public counter fully down.
        P1 = "p1",
        /// One site fully down.
        P2 = "p2",
        /// Degraded, or part of a site.
        P3 = "p3",
        /// Request, question.
        P4 = "p4",
    }
}

/// What is promised for a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceLevel {
    /// Minutes to the first response.
    pub response_minutes: u32,
    /// Minutes to the restored service.
    pub restore_minutes: u32,
    /// Counted in calendar time instead of the site's service time.
    #[serde(default)]
    pub calendar_time: bool,
}

/// The service levels of all classes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceLevels {
    /// By class; every class has one.
    pub levels: BTreeMap<Priority, ServiceLevel>,
}

/// A file of service levels that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ServiceLevelError {
    /// Not TOML of the expected shape.
    #[error("service levels: {0}")]
    File(String),
    /// A class has none.
    #[error("service levels: class {0} is missing")]
    Missing(Priority),
}

impl ServiceLevels {
    /// Reads `[levels.p1]` to `[levels.p4]`.
    pub fn parse(text: &str) -> Result<Self, ServiceLevelError> {
        let read: Self = toml::from_str(text).map_err(|error| ServiceLevelError::File(error.to_string()))?;
        match Priority::ALL
            .iter()
            .find(|class| !read.levels.contains_key(class))
        {
            Some(class) => Err(ServiceLevelError::Missing(*class)),
            None => Ok(read),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_has_a_level() {
        let levels = ServiceLevels::parse(include_str!("../../../../data/service-levels.toml")).unwrap();
        assert_eq!(levels.levels[&Priority::P2].restore_minutes, 450);
        let error =
            ServiceLevels::parse("[levels.p1]\nresponse_minutes = 1\nrestore_minutes = 2").unwrap_err();
        assert_eq!(error, ServiceLevelError::Missing(Priority::P2));
    }
}
