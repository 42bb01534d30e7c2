//! The engine, driven through the two shipped procedures and the one of the tests by code that knows none
//! of them by name.

#![allow(clippy::unwrap_used, reason = "a helper of a test may panic as the test may")]

mod drive;
mod moves;
mod world;

use std::sync::LazyLock;

use rajut_core::procedure::Procedure;

static PROCEDURES: LazyLock<[Procedure; 3]> = LazyLock::new(|| {
    [
        include_str!("../../../../procedures/pemeliharaan-jaringan.toml"),
        include_str!("../../../../procedures/penanganan-pengaduan.toml"),
        include_str!("../fixtures/penggantian-perangkat.toml"),
    ]
    .map(|text| Procedure::parse(text).unwrap())
});
