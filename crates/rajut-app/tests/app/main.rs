//! Use cases as a whole: on both databases, on two nodes, and over a network that really answers.
#![expect(clippy::unwrap_used, reason = "whatever goes wrong here fails the test")]

mod findings;
mod lab;
mod laptop;
mod nodes;
mod steps;
mod world;

/// The same test on both databases.
macro_rules! on_both {
    ($($case:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() { super::$case(rajut_app::store::testkit::sqlite().await).await })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() { super::$case(rajut_app::store::testkit::postgres().await).await })+
        }
    };
}
pub(crate) use on_both;
