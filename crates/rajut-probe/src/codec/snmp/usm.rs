//! The user-based security model of version 3 (RFC 3414, RFC 3826, RFC 7860): keys, proof and secrecy. Hides the
//! algorithms; must not know messages.

use aes::cipher::block_padding::NoPadding;
use aes::cipher::{BlockModeDecrypt as _, BlockModeEncrypt as _, KeyIvInit as _};
use hmac::{Hmac, KeyInit as _, Mac as _};
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha224, Sha256, Sha384, Sha512};

use super::super::Malformed;

/// How a message is proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthProtocol {
    /// HMAC-MD5-96.
    Md5,
    /// HMAC-SHA-96.
    Sha1,
    /// HMAC-128-SHA-224.
    Sha224,
    /// HMAC-192-SHA-256.
    Sha256,
    /// HMAC-256-SHA-384.
    Sha384,
    /// HMAC-384-SHA-512.
    Sha512,
}

/// How a message is kept secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrivProtocol {
    /// CBC-DES.
    Des,
    /// CFB128-AES-128.
    Aes128,
    /// AES-192 with a key stretched as net-snmp does (draft-blumenthal-aes-usm).
    Aes192,
    /// AES-256, likewise.
    Aes256,
    /// AES-192 with a key stretched as Cisco does (draft-reeder-snmpv3-usm-3desede).
    Aes192Cisco,
    /// AES-256, likewise.
    Aes256Cisco,
}

/// Runs an expression with the hash of a protocol.
macro_rules! with_hash {
    ($protocol:expr, $hash:ident => $body:expr) => {
        match $protocol {
            AuthProtocol::Md5 => {
                type $hash = Md5;
                $body
            }
            AuthProtocol::Sha1 => {
                type $hash = Sha1;
                $body
            }
            AuthProtocol::Sha224 => {
                type $hash = Sha224;
                $body
            }
            AuthProtocol::Sha256 => {
                type $hash = Sha256;
                $body
            }
            AuthProtocol::Sha384 => {
                type $hash = Sha384;
                $body
            }
            AuthProtocol::Sha512 => {
                type $hash = Sha512;
                $body
            }
        }
    };
}

impl AuthProtocol {
    /// Octets of the proof in a message.
    pub(super) fn proof_length(self) -> usize {
        match self {
            Self::Md5 | Self::Sha1 => 12,
            Self::Sha224 => 16,
            Self::Sha256 => 24,
            Self::Sha384 => 32,
            Self::Sha512 => 48,
        }
    }

    /// The key of a password (RFC 3414 appendix A.2): the hash of a million octets of it.
    fn stretch(self, password: &[u8]) -> Vec<u8> {
        const OCTETS: usize = 1 << 20;
        if password.is_empty() {
            return Vec::new();
        }
        let whole: Vec<u8> = password
            .iter()
            .copied()
            .cycle()
            .take(64 * password.len())
            .collect();
        with_hash!(self, Hash => {
            let mut hash = Hash::new();
            let mut left = OCTETS;
            while left > 0 {
                let piece = &whole[..left.min(whole.len())];
                hash.update(piece);
                left -= piece.len();
            }
            hash.finalize().to_vec()
        })
    }

    fn hash(self, parts: &[&[u8]]) -> Vec<u8> {
        with_hash!(self, Hash => {
            let mut hash = Hash::new();
            for part in parts {
                hash.update(part);
            }
            hash.finalize().to_vec()
        })
    }

    /// The key of a password at one engine.
    pub(super) fn localized(self, password: &[u8], engine: &[u8]) -> Vec<u8> {
        let key = self.stretch(password);
        self.hash(&[&key, engine, &key])
    }

    /// The proof of a message.
    pub(super) fn proof(self, key: &[u8], message: &[u8]) -> Vec<u8> {
        let mut proof = with_hash!(self, Hash => {
            let mut mac = Hmac::<Hash>::new_from_slice(key).expect("HMAC takes a key of any length");
            mac.update(message);
            mac.finalize().into_bytes().to_vec()
        });
        proof.truncate(self.proof_length());
        proof
    }

    /// Whether a proof is that of a message. It takes the same time whatever differs.
    pub(super) fn proves(self, key: &[u8], message: &[u8], proof: &[u8]) -> bool {
        proof.len() == self.proof_length()
            && with_hash!(self, Hash => {
                let mut mac = Hmac::<Hash>::new_from_slice(key).expect("HMAC takes a key of any length");
                mac.update(message);
                mac.verify_truncated_left(proof).is_ok()
            })
    }
}

impl PrivProtocol {
    fn key_length(self) -> usize {
        match self {
            Self::Des | Self::Aes128 => 16,
            Self::Aes192 | Self::Aes192Cisco => 24,
            Self::Aes256 | Self::Aes256Cisco => 32,
        }
    }

    /// The key at one engine: as long as the algorithm wants it.
    pub(super) fn key(self, auth: AuthProtocol, password: &[u8], engine: &[u8]) -> Vec<u8> {
        let mut key = auth.localized(password, engine);
        while key.len() < self.key_length() {
            let more = match self {
                Self::Aes192Cisco | Self::Aes256Cisco => auth.localized(&key, engine),
                _ => auth.hash(&[&key]),
            };
            key.extend(more);
        }
        key.truncate(self.key_length());
        key
    }

    /// Encrypts; `salt` must never come twice with one key. Gives what goes beside the message too.
    pub(super) fn encrypt(
        self,
        key: &[u8],
        boots: u32,
        time: u32,
        salt: u64,
        plain: &[u8],
    ) -> (Vec<u8>, [u8; 8]) {
        let mut bytes = plain.to_vec();
        if self == Self::Des {
            let mut beside = [0; 8];
            beside[..4].copy_from_slice(&boots.to_be_bytes());
            beside[4..].copy_from_slice(&salt.to_be_bytes()[4..]);
            bytes.resize(bytes.len().next_multiple_of(8), 0);
            let length = bytes.len();
            let iv = des_iv(key, beside);
            if let Ok(cipher) = cbc::Encryptor::<des::Des>::new_from_slices(&key[..8], &iv) {
                let _ = cipher.encrypt_padded::<NoPadding>(&mut bytes, length);
            }
            return (bytes, beside);
        }
        let beside = salt.to_be_bytes();
        let iv = aes_iv(boots, time, beside);
        match self {
            Self::Des | Self::Aes128 => {
                if let Ok(cipher) = cfb_mode::Encryptor::<aes::Aes128>::new_from_slices(key, &iv) {
                    cipher.encrypt(&mut bytes);
                }
            }
            Self::Aes192 | Self::Aes192Cisco => {
                if let Ok(cipher) = cfb_mode::Encryptor::<aes::Aes192>::new_from_slices(key, &iv) {
                    cipher.encrypt(&mut bytes);
                }
            }
            Self::Aes256 | Self::Aes256Cisco => {
                if let Ok(cipher) = cfb_mode::Encryptor::<aes::Aes256>::new_from_slices(key, &iv) {
                    cipher.encrypt(&mut bytes);
                }
            }
        }
        (bytes, beside)
    }

    /// Decrypts.
    pub(super) fn decrypt(
        self,
        key: &[u8],
        boots: u32,
        time: u32,
        beside: &[u8],
        secret: &[u8],
    ) -> Result<Vec<u8>, Malformed> {
        let beside: [u8; 8] = beside.try_into().map_err(|_| Malformed::Encoding)?;
        let mut bytes = secret.to_vec();
        let wrong = |_| Malformed::Encoding;
        let iv = aes_iv(boots, time, beside);
        match self {
            Self::Des => {
                let cipher = cbc::Decryptor::<des::Des>::new_from_slices(&key[..8], &des_iv(key, beside));
                let cipher = cipher.map_err(wrong)?;
                cipher
                    .decrypt_padded::<NoPadding>(&mut bytes)
                    .map_err(|_| Malformed::Encoding)?;
            }
            Self::Aes128 => {
                cfb_mode::Decryptor::<aes::Aes128>::new_from_slices(key, &iv)
                    .map_err(wrong)?
                    .decrypt(&mut bytes);
            }
            Self::Aes192 | Self::Aes192Cisco => {
                cfb_mode::Decryptor::<aes::Aes192>::new_from_slices(key, &iv)
                    .map_err(wrong)?
                    .decrypt(&mut bytes);
            }
            Self::Aes256 | Self::Aes256Cisco => {
                cfb_mode::Decryptor::<aes::Aes256>::new_from_slices(key, &iv)
                    .map_err(wrong)?
                    .decrypt(&mut bytes);
            }
        }
        Ok(bytes)
    }
}

/// The second half of the key, mixed with the salt (RFC 3414 section 8.1.1.1).
fn des_iv(key: &[u8], beside: [u8; 8]) -> [u8; 8] {
    let mut iv = beside;
    for (byte, mask) in iv.iter_mut().zip(&key[8..16]) {
        *byte ^= mask;
    }
    iv
}

/// Boots, time, salt (RFC 3826 section 3.1.2.1).
fn aes_iv(boots: u32, time: u32, beside: [u8; 8]) -> [u8; 16] {
    let mut iv = [0; 16];
    iv[..4].copy_from_slice(&boots.to_be_bytes());
    iv[4..8].copy_from_slice(&time.to_be_bytes());
    iv[8..].copy_from_slice(&beside);
    iv
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes
            .iter()
            .fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
    }

    #[test]
    fn keys_are_those_of_the_rfc() {
        // RFC 3414 appendix A.3: password maplesyrup, engine 00 00 00 00 00 00 00 00 00 00 00 02.
        let engine = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2];
        let key = |protocol: AuthProtocol| hex(&protocol.localized(b"maplesyrup", &engine));
        assert_eq!(key(AuthProtocol::Md5), "526f5eed9fcce26f8964c2930787d82b");
        assert_eq!(
            key(AuthProtocol::Sha1),
            "6695febc9288e36282235fc7151f128497b38f3f"
        );
        assert!(
            AuthProtocol::Sha512.localized(b"", &engine).len() == 64,
            "an empty password is no panic"
        );
    }

    #[test]
    fn what_is_encrypted_is_decrypted() {
        let engine = b"engine-1";
        for protocol in [
            PrivProtocol::Des,
            PrivProtocol::Aes128,
            PrivProtocol::Aes192,
            PrivProtocol::Aes256,
            PrivProtocol::Aes192Cisco,
            PrivProtocol::Aes256Cisco,
        ] {
            for auth in [AuthProtocol::Md5, AuthProtocol::Sha1, AuthProtocol::Sha512] {
                let key = protocol.key(auth, b"rahasia-sekali", engine);
                let plain = b"a secret of nineteen";
                let (secret, beside) = protocol.encrypt(&key, 3, 77, 0x0102_0304_0506_0708, plain);
                assert_ne!(&secret[..plain.len()], plain);
                let back = protocol.decrypt(&key, 3, 77, &beside, &secret).unwrap();
                assert_eq!(&back[..plain.len()], plain, "{protocol:?} {auth:?}");
                assert!(protocol.decrypt(&key, 3, 77, &beside[..7], &secret).is_err());
            }
        }
        let key = PrivProtocol::Des.key(AuthProtocol::Md5, b"x", engine);
        assert!(
            PrivProtocol::Des.decrypt(&key, 1, 1, &[0; 8], &[1; 7]).is_err(),
            "no whole block"
        );
    }

    #[test]
    fn a_changed_bit_is_no_proof() {
        for protocol in [AuthProtocol::Md5, AuthProtocol::Sha224, AuthProtocol::Sha384] {
            let key = protocol.localized(b"kata-sandi", b"engine");
            let proof = protocol.proof(&key, b"message");
            assert!(protocol.proves(&key, b"message", &proof));
            assert!(!protocol.proves(&key, b"massage", &proof));
            assert!(!protocol.proves(&key, b"message", &proof[1..]));
            assert!(!protocol.proves(&key, b"message", &[]));
        }
    }
}
