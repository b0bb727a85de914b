//! Digests as headers write them: `sha1:` and the digest in base32, or in hexadecimal.

use data_encoding::{BASE32, BASE32_NOPAD, HEXLOWER, HEXUPPER};
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest as _, Sha256, Sha512};

/// The digest of `bytes` by the algorithm of `old`, written in the same way; none when that is not known.
pub(super) fn again(old: &[u8], bytes: &[u8]) -> Option<Vec<u8>> {
    let (name, old) = str::from_utf8(old).ok()?.split_once(':')?;
    let digest = match name.trim().to_ascii_lowercase().as_str() {
        "sha1" | "sha-1" => Sha1::digest(bytes).to_vec(),
        "sha256" | "sha-256" => Sha256::digest(bytes).to_vec(),
        "sha512" | "sha-512" => Sha512::digest(bytes).to_vec(),
        "md5" => Md5::digest(bytes).to_vec(),
        _ => return None,
    };
    let is_lower = old.bytes().any(|byte| byte.is_ascii_lowercase());
    let is_hexadecimal = old.len() == 2 * digest.len() && old.bytes().all(|byte| byte.is_ascii_hexdigit());
    let written = match (is_hexadecimal, is_lower) {
        (true, true) => HEXLOWER.encode(&digest),
        (true, false) => HEXUPPER.encode(&digest),
        (false, _) => {
            let encoding = if old.ends_with('=') { BASE32 } else { BASE32_NOPAD };
            let written = encoding.encode(&digest);
            if is_lower { written.to_ascii_lowercase() } else { written }
        }
    };
    // One that was written in yet another way is none that this can write.
    (written.len() == old.len()).then(|| format!("{name}:{written}").into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_written_as_they_were() {
        for (old, new) in [
            ("sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ", "sha1:VGMT4NSHA2AWVOR6EVYXQUGCNSONBWE5"),
            (
                "sha1:da39a3ee5e6b4b0d3255bfef95601890afd80709",
                "sha1:a9993e364706816aba3e25717850c26c9cd0d89d",
            ),
            ("MD5:D41D8CD98F00B204E9800998ECF8427E", "MD5:900150983CD24FB0D6963F7D28E17F72"),
            (
                "sha256:4OYMIQUY7QOBJGX36TEJS35ZEQT24QPEMSNZGTFESWMRW6CSXBKQ====",
                "sha256:XJ4BNP4PAHH6UQKBIDPF3LRCEOYAGYNDSYLXVHFUCD7WD4QACWWQ====",
            ),
        ] {
            assert_eq!(String::from_utf8(again(old.as_bytes(), b"abc").unwrap()).unwrap(), new);
        }
        for unknown in ["", "sha1", "blake3:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ", "sha1:short"] {
            assert_eq!(again(unknown.as_bytes(), b"abc"), None);
        }
    }
}
