//! Pages (arrive with the web branch).
use clap::Args;
/// Arguments.
#[derive(Debug, Args)]
pub struct ServeArguments {}
/// Serves.
pub async fn serve(_: ServeArguments, _: &str) -> Result<crate::cli::Exit, rajut_app::AppError> { Ok(crate::cli::Exit::Done) }
