//! The procedure (SOP) as data: model, reading from TOML, lint, diff, versions. It must not know who executes it.
