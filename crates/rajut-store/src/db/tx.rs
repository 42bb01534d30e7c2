//! One transaction on either database.

use sqlx::query::Query;
use sqlx::{AssertSqlSafe, Postgres, Sqlite, Transaction};

use super::dialect::{Dialect, Failure};
use super::{Row, Value};
use crate::StoreError;

/// A transaction; dropped without [`Tx::commit`] it leaves nothing behind.
pub(crate) struct Tx {
    inner: Inner,
    #[cfg(feature = "testkit")]
    pub(crate) fault: Option<crate::testkit::FaultPoint>,
}

enum Inner {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

fn bind_sqlite<'q>(sql: &'static str, args: &'q [Value]) -> Query<'q, Sqlite, sqlx::sqlite::SqliteArguments> {
    args.iter().fold(sqlx::query(sql), |query, arg| match arg {
        Value::Text(text) => query.bind(text.as_deref()),
        Value::Int(number) => query.bind(number),
        Value::Bytes(bytes) => query.bind(bytes.as_slice()),
    })
}

fn bind_postgres<'q>(
    sql: &'static str,
    args: &'q [Value],
) -> Query<'q, Postgres, sqlx::postgres::PgArguments> {
    args.iter().fold(sqlx::query(sql), |query, arg| match arg {
        Value::Text(text) => query.bind(text.as_deref()),
        Value::Int(number) => query.bind(number),
        Value::Bytes(bytes) => query.bind(bytes.as_slice()),
    })
}

impl Tx {
    pub(super) fn sqlite(tx: Transaction<'static, Sqlite>) -> Self {
        Self::new(Inner::Sqlite(tx))
    }

    pub(super) fn postgres(tx: Transaction<'static, Postgres>) -> Self {
        Self::new(Inner::Postgres(tx))
    }

    fn new(inner: Inner) -> Self {
        Self {
            inner,
            #[cfg(feature = "testkit")]
            fault: None,
        }
    }

    /// Which database it runs on.
    pub(crate) fn dialect(&self) -> Dialect {
        match self.inner {
            Inner::Sqlite(_) => Dialect::Sqlite,
            Inner::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Runs a statement and says how many rows it changed.
    pub(crate) async fn execute(&mut self, sql: &'static str, args: &[Value]) -> Result<u64, Failure> {
        let done = match &mut self.inner {
            Inner::Sqlite(tx) => bind_sqlite(sql, args)
                .execute(&mut **tx)
                .await
                .map(|done| done.rows_affected()),
            Inner::Postgres(tx) => bind_postgres(sql, args)
                .execute(&mut **tx)
                .await
                .map(|done| done.rows_affected()),
        };
        let done = done.map_err(|error| Failure::new(sql, error))?;
        self.after_statement()?;
        Ok(done)
    }

    /// All rows of a query; the query bounds their number.
    pub(crate) async fn rows(&mut self, sql: &'static str, args: &[Value]) -> Result<Vec<Row>, Failure> {
        let rows = match &mut self.inner {
            Inner::Sqlite(tx) => bind_sqlite(sql, args)
                .fetch_all(&mut **tx)
                .await
                .map(|rows| rows.into_iter().map(Row::Sqlite).collect()),
            Inner::Postgres(tx) => bind_postgres(sql, args)
                .fetch_all(&mut **tx)
                .await
                .map(|rows| rows.into_iter().map(Row::Postgres).collect()),
        };
        let rows = rows.map_err(|error| Failure::new(sql, error))?;
        self.after_statement()?;
        Ok(rows)
    }

    /// The first row of a query.
    pub(crate) async fn row(&mut self, sql: &'static str, args: &[Value]) -> Result<Option<Row>, Failure> {
        Ok(self.rows(sql, args).await?.pop())
    }

    /// Runs a script of several statements without arguments.
    pub(crate) async fn script(&mut self, script: String) -> Result<(), Failure> {
        let done = match &mut self.inner {
            Inner::Sqlite(tx) => sqlx::raw_sql(AssertSqlSafe(script))
                .execute(&mut **tx)
                .await
                .map(drop),
            Inner::Postgres(tx) => sqlx::raw_sql(AssertSqlSafe(script))
                .execute(&mut **tx)
                .await
                .map(drop),
        };
        done.map_err(|error| Failure::new("a migration", error))
    }

    /// Makes everything last.
    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        match self.inner {
            Inner::Sqlite(tx) => tx.commit().await,
            Inner::Postgres(tx) => tx.commit().await,
        }
        .map_err(|error| Failure::new("COMMIT", error).into())
    }

    /// Lets a test break off here, as a lost connection would.
    #[cfg(feature = "testkit")]
    fn after_statement(&self) -> Result<(), Failure> {
        match &self.fault {
            Some(fault) if fault.strikes() => Err(Failure::new(
                "a fault point",
                sqlx::Error::Io(std::io::ErrorKind::ConnectionReset.into()),
            )),
            _ => Ok(()),
        }
    }

    #[cfg(not(feature = "testkit"))]
    #[expect(
        clippy::unused_self,
        clippy::unnecessary_wraps,
        reason = "the other arm may fail"
    )]
    fn after_statement(&self) -> Result<(), Failure> {
        Ok(())
    }
}
