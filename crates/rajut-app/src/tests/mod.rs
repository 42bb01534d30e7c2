//! Use cases that touch the store, on both databases.

#![allow(clippy::unwrap_used, reason = "tests")]
#![allow(clippy::too_many_lines, reason = "a story is told in its order")]

mod offices;
mod overtime;
mod personal;
mod world;

/// The same test on both databases.
macro_rules! on_both {
    ($($case:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() { super::$case(rajut_store::testkit::sqlite().await).await })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() { super::$case(rajut_store::testkit::postgres().await).await })+
        }
    };
}
pub(crate) use on_both;
