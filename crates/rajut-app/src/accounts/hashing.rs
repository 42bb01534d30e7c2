//! Argon2id (RFC 9106) with the parameters that OWASP names for servers: 19 MiB, two passes, one lane.

use argon2::password_hash::{PasswordHash, PasswordHasher as _, PasswordVerifier as _, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use rajut_core::act::Unfit;
use tokio::sync::Semaphore;

use crate::{App, AppError};

const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
/// How many are hashed at once: each takes a processor and 19 MiB for itself.
const AT_ONCE: usize = 2;
static FEW: Semaphore = Semaphore::const_new(AT_ONCE);

fn argon() -> Result<Argon2<'static>, AppError> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, None)
        .map_err(|error| AppError::invalid("password", Unfit::detail(error)))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, AppError> + Send + 'static,
) -> Result<T, AppError> {
    let _one = FEW
        .acquire()
        .await
        .map_err(|error| AppError::invalid("password", Unfit::detail(error)))?;
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| AppError::invalid("password", Unfit::detail(error)))?
}

impl App {
    /// What checks a password or PIN.
    pub(super) async fn hash_password(&self, password: &str) -> Result<String, AppError> {
        let (password, random) = (password.to_owned(), (self.entropy)());
        aside(move || {
            let wrong =
                |error: argon2::password_hash::Error| AppError::invalid("password", Unfit::detail(error));
            let salt = SaltString::encode_b64(&random[..16]).map_err(wrong)?;
            let hash = argon()?
                .hash_password(password.as_bytes(), &salt)
                .map_err(wrong)?;
            Ok(hash.to_string())
        })
        .await
    }

    /// Whether a password is the one behind the hash. Without a hash as much is computed, so that the time tells
    /// nobody which names there are.
    pub(super) async fn is_password(&self, check: Option<String>, password: &str) -> Result<bool, AppError> {
        let password = password.to_owned();
        aside(move || {
            let wrong =
                |error: argon2::password_hash::Error| AppError::invalid("password", Unfit::detail(error));
            let Some(check) = check else {
                let salt = SaltString::encode_b64(&[0; 16]).map_err(wrong)?;
                argon()?.hash_password(b"", &salt).map_err(wrong)?;
                return Ok(false);
            };
            let hash = PasswordHash::new(&check).map_err(wrong)?;
            Ok(argon()?.verify_password(password.as_bytes(), &hash).is_ok())
        })
        .await
    }
}
