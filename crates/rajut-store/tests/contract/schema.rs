//! One schema on both databases, statements that both understand, and no long scans.

use std::collections::BTreeMap;

use rajut_store::testkit::{postgres, sqlite, statements};
use sqlx::{
    AssertSqlSafe, Connection as _, Executor as _, PgConnection, Row as _, SqlSafeStr as _, SqliteConnection,
};

type Columns = BTreeMap<(String, String), (String, bool)>;

async fn sqlite_columns(url: &str) -> Columns {
    let mut connection = SqliteConnection::connect(url).await.unwrap();
    let rows = sqlx::query(
        "SELECT m.name, c.name, c.type, c.\"notnull\" FROM sqlite_master m, pragma_table_info(m.name) c \
         WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'",
    );
    let rows = rows.fetch_all(&mut connection).await.unwrap();
    let kind = |name: String| match name.as_str() {
        "TEXT" => "text".to_owned(),
        "INTEGER" => "bigint".to_owned(),
        "BLOB" => "bytea".to_owned(),
        other => panic!("{other}"),
    };
    rows.iter()
        .map(|row| {
            (
                (row.get(0), row.get(1)),
                (kind(row.get(2)), row.get::<i64, _>(3) != 0),
            )
        })
        .collect()
}

#[tokio::test]
async fn both_databases_have_the_same_tables_and_columns() {
    let (one, two) = (sqlite().await, postgres().await);
    let mut of_sqlite = sqlite_columns(&one.url).await;
    of_sqlite.extend(sqlite_columns(&one.url.replace(".db", ".telemetry.db")).await);
    let mut connection = PgConnection::connect(&two.url).await.unwrap();
    let rows = sqlx::query(
        "SELECT table_name::text, column_name::text, data_type::text, is_nullable::text, collation_name::text \
         FROM information_schema.columns WHERE table_schema = 'public'",
    );
    let rows = rows.fetch_all(&mut connection).await.unwrap();
    let mut of_postgres = Columns::new();
    for row in &rows {
        let kind: String = row.get(2);
        let collation: Option<String> = row.get(4);
        assert_eq!(collation.as_deref(), (kind == "text").then_some("C"));
        of_postgres.insert((row.get(0), row.get(1)), (kind, row.get::<String, _>(3) == "NO"));
    }
    assert!(of_sqlite.len() > 100);
    assert_eq!(of_sqlite, of_postgres);
}

#[tokio::test]
async fn both_databases_have_the_same_indexes() {
    let (one, two) = (sqlite().await, postgres().await);
    let mut connection = SqliteConnection::connect(&one.url).await.unwrap();
    let rows =
        sqlx::query("SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY name");
    let of_sqlite: Vec<String> = rows
        .fetch_all(&mut connection)
        .await
        .unwrap()
        .iter()
        .map(|row| row.get(0))
        .collect();
    let mut connection = PgConnection::connect(&two.url).await.unwrap();
    let rows = sqlx::query(
        "SELECT indexname::text COLLATE \"C\" FROM pg_indexes WHERE schemaname = 'public' \
         AND indexname NOT LIKE '%\\_pkey' AND indexname NOT LIKE 'observation%' ORDER BY 1",
    );
    let of_postgres: Vec<String> = rows
        .fetch_all(&mut connection)
        .await
        .unwrap()
        .iter()
        .map(|row| row.get(0))
        .collect();
    assert_eq!(of_sqlite, of_postgres);
}

#[tokio::test]
async fn every_statement_is_understood_by_both() {
    let (one, two) = (sqlite().await, postgres().await);
    let all = statements();
    let mut connection = SqliteConnection::connect(&one.url).await.unwrap();
    for statement in &all.sqlite {
        connection
            .prepare(AssertSqlSafe(*statement).into_sql_str())
            .await
            .unwrap_or_else(|e| panic!("{statement}: {e}"));
    }
    let mut connection = SqliteConnection::connect(&one.url.replace(".db", ".telemetry.db"))
        .await
        .unwrap();
    for statement in &all.telemetry {
        connection
            .prepare(AssertSqlSafe(*statement).into_sql_str())
            .await
            .unwrap_or_else(|e| panic!("{statement}: {e}"));
    }
    let mut connection = PgConnection::connect(&two.url).await.unwrap();
    for statement in all.postgres.iter().chain(&all.telemetry) {
        connection
            .prepare(AssertSqlSafe(*statement).into_sql_str())
            .await
            .unwrap_or_else(|e| panic!("{statement}: {e}"));
    }
    assert!(all.sqlite.len() > 250, "{}", all.sqlite.len());
}

/// Statements that are meant to pass over a whole table: the check of everything and the restore.
const WHOLE: [&str; 5] = [
    "SELECT COUNT(*) FROM journal",
    "INSERT INTO act (act_key) SELECT DISTINCT",
    "SELECT act_key FROM act",
    "SELECT act_key, MIN(seq) FROM journal",
    "WHERE NOT EXISTS (SELECT 1 FROM journal",
];

/// A list passes over an index in its order, or is found by one; nothing is scanned and nothing sorted that
/// grows with the years.
#[tokio::test]
async fn no_list_scans_or_sorts_a_table() {
    let db = sqlite().await;
    let all = statements();
    for (url, statements) in [
        (db.url.clone(), all.sqlite),
        (db.url.replace(".db", ".telemetry.db"), all.telemetry),
    ] {
        let mut connection = SqliteConnection::connect(&url).await.unwrap();
        for statement in statements {
            if WHOLE.iter().any(|whole| statement.contains(whole)) {
                continue;
            }
            let plan = sqlx::query(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {statement}")));
            for row in plan.fetch_all(&mut connection).await.unwrap() {
                let detail: String = row.get("detail");
                let scans = detail.starts_with("SCAN ")
                    && !detail.contains("INDEX")
                    && !detail.contains("CONSTANT ROW")
                    && !detail.contains("USING INTEGER PRIMARY KEY");
                assert!(!scans && !detail.contains("TEMP B-TREE"), "{statement}\n{detail}");
            }
        }
    }
}
