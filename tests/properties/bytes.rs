//! Whatever its encoding, and whatever stray bytes are in it, a file comes back from its report.

use dechaff::decode::decode;
use dechaff::formats::plain::{self, KeepError, OutputEncoding};
use dechaff::report::{BytesEntry, DocumentEntry};
use dechaff::restore;
use encoding_rs::{
    BIG5, EUC_KR, Encoding, GB18030, ISO_2022_JP, SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252,
    WINDOWS_1255,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::texts::{BUILTIN, cleaners, document, text};
use crate::{failed, written_and_read};

const ENCODINGS: [&Encoding; 10] =
    [UTF_8, UTF_16LE, UTF_16BE, WINDOWS_1252, WINDOWS_1255, SHIFT_JIS, BIG5, EUC_KR, GB18030, ISO_2022_JP];

const BYTE_ORDER_MARKS: [&[u8]; 4] = [b"", b"\xEF\xBB\xBF", b"\xFF\xFE", b"\xFE\xFF"];

/// Text in an encoding, now and then with a byte order mark, and with stray bytes in it.
fn bytes(encoding: &'static Encoding) -> impl Strategy<Value = Vec<u8>> {
    let stray = vec((any::<Index>(), vec(any::<u8>(), 1..4)), 0..4);
    (select(&BYTE_ORDER_MARKS[..]), text(), stray).prop_map(move |(mark, text, stray)| {
        let mut bytes = [mark, &dechaff::encode::encode_lossy(&text, encoding)].concat();
        for (place, stray) in stray {
            let at = place.index(bytes.len() + 1);
            bytes.splice(at..at, stray);
        }
        bytes
    })
}

fn encoded() -> impl Strategy<Value = (Option<&'static Encoding>, Vec<u8>)> {
    select(&ENCODINGS[..]).prop_flat_map(|encoding| {
        let forced = prop_oneof![Just(Some(encoding)), Just(None)];
        let bytes = prop_oneof![8 => bytes(encoding), 1 => vec(any::<u8>(), 0..200)];
        (forced, bytes)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_come_back_from_the_report((forced, bytes) in encoded()) {
        let Ok(decoded) = decode(&bytes, forced) else { return Ok(()) };
        for cleaner in cleaners() {
            let cleaned = cleaner.clean(&document(decoded.text()));
            for encoding in [OutputEncoding::Utf8, OutputEncoding::Keep] {
                let output = match plain::output(&bytes, &decoded, &cleaned, encoding) {
                    Ok(output) => output,
                    Err(KeepError::Stateful) => {
                        prop_assert_eq!(decoded.encoding(), ISO_2022_JP);
                        continue;
                    }
                    Err(KeepError::Replacement(_)) => {
                        prop_assert!(cleaned.edits().iter().any(|edit| edit.replacement.is_some()));
                        continue;
                    }
                };
                if cleaned.is_unchanged() && encoding == OutputEncoding::Keep {
                    prop_assert_eq!(&*output.bytes, &*bytes);
                }
                let entry = DocumentEntry::of_file(&bytes, &decoded, &cleaned, &output);
                let original = restore::file(&output.bytes, &written_and_read(&entry)).map_err(failed)?;
                prop_assert_eq!(&*original, &*bytes, "{} {:?}", decoded.encoding().name(), encoding);
            }
        }
    }

    #[test]
    fn a_damaged_entry_is_refused(
        text in text(),
        offset in any::<usize>(),
        len in any::<usize>(),
        base64 in "[A-Za-z0-9+/=]{0,8}",
        which in any::<Index>(),
    ) {
        let decoded = decode(text.as_bytes(), Some(UTF_8)).expect("UTF-8 is decoded");
        let cleaned = BUILTIN.clean(&document(decoded.text()));
        let output = plain::output(text.as_bytes(), &decoded, &cleaned, OutputEncoding::Keep);
        let output = output.expect("UTF-8 is kept");
        let mut entry = DocumentEntry::of_file(text.as_bytes(), &decoded, &cleaned, &output);
        prop_assume!(!entry.removals.is_empty());
        let removal = &mut entry.removals[which.index(cleaned.edits().len())];
        removal.raw_bytes = Some([offset, len]);
        removal.raw = Some(base64);
        match restore::file(&output.bytes, &entry) {
            Ok(original) => prop_assert_eq!(original, text.as_bytes()),
            Err(error) => prop_assert!(error.to_string().contains("damaged"), "{}", error),
        }
    }
}

#[test]
fn an_entry_that_promises_too_many_bytes_is_refused() {
    let mut entry = DocumentEntry { after: BytesEntry::of(b"clean"), ..DocumentEntry::default() };
    entry.before.bytes = usize::MAX;
    let error = restore::file(b"clean", &entry).unwrap_err();
    assert!(error.to_string().contains("damaged"), "{error}");
}
