//! What the store costs: acts per second, the check of the journal, long lists, memory; on both databases,
//! beside the least that the same database could do, and growing from small to large.
//!
//! `make bench`, or `cargo run --release -p rajut-store --features testkit --example bench -- [acts|lists]...
//! [--quick]`. The PostgreSQL server runs with its careful defaults (`fsync` on). CPU seconds are those of this
//! process, without the server.

mod acts;
mod floor;
mod lists;
mod measure;

use rajut_store::{Store, testkit};

/// Which database a line is about.
pub const SQLITE: &str = "sqlite";
/// The other one.
pub const POSTGRES: &str = "postgres";

type Failed = Box<dyn std::error::Error + Send + Sync>;

fn main() -> Result<(), Failed> {
    let asked: Vec<String> = std::env::args().skip(1).collect();
    let quick = asked.iter().any(|word| word == "--quick");
    let wants =
        |part: &str| !asked.iter().any(|word| !word.starts_with("--")) || asked.iter().any(|w| w == part);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let server = testkit::PgServer::private("bench");
        if wants("acts") {
            acts::measure(&server, quick).await?;
        }
        if wants("lists") {
            lists::measure(&server, quick).await?;
        }
        println!("peak memory of this program: {:.0} MiB", measure::peak_mib());
        Ok(())
    })
}

/// A new, migrated database on the server.
pub async fn postgres(server: &testkit::PgServer, name: &str) -> Result<Store, Failed> {
    let store = Store::open(&server.create(name).await).await?;
    store.migrate().await?;
    Ok(store)
}
