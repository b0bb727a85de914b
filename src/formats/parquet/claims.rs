//! Pages are held to what they claim before anybody reserves memory for it.
//!
//! The crate makes room for as many values as a dictionary or a delta encoding says that it has, and where memory does not
//! do, nothing can be caught: the process ends. A damaged number may well say so many.

use std::io::{Read, Seek};

use ::parquet::basic::{Encoding, Type as Physical};
use ::parquet::column::page::{Page, PageMetadata, PageReader};
use ::parquet::errors::{ParquetError as CrateError, Result};
use ::parquet::file::serialized_reader::SerializedPageReader;
use ::parquet::schema::types::ColumnDescPtr;

use super::source::Source;

/// The pages of a chunk; one that claims too much is an error.
pub(super) struct CheckedPages<R: Read + Seek + Send + 'static> {
    pub pages: SerializedPageReader<Source<R>>,
    pub column: ColumnDescPtr,
}

impl<R: Read + Seek + Send + 'static> Iterator for CheckedPages<R> {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}

impl<R: Read + Seek + Send + 'static> PageReader for CheckedPages<R> {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        let page = self.pages.get_next_page()?;
        if let Some(page) = &page {
            let levels = (self.column.max_rep_level() > 0, self.column.max_def_level() > 0);
            let most = most_values(page, self.column.physical_type());
            if claimed_values(page, levels).is_some_and(|claimed| claimed > most) {
                let name = self.column.path().string();
                return Err(CrateError::General(format!("a page of column `{name}` claims too many values")));
            }
        }
        Ok(page)
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        self.pages.peek_next_page()
    }

    fn skip_next_page(&mut self) -> Result<()> {
        self.pages.skip_next_page()
    }

    fn at_record_boundary(&mut self) -> Result<bool> {
        self.pages.at_record_boundary()
    }
}

/// How many values memory will be reserved for at once; none when that is not said, or not for all at once. `levels`
/// are those that the column has: of repetition, of definition.
fn claimed_values(page: &Page, levels: (bool, bool)) -> Option<u64> {
    match page {
        Page::DictionaryPage { num_values, .. } => Some(u64::from(*num_values)),
        Page::DataPage { .. } | Page::DataPageV2 { .. } => match page.encoding() {
            Encoding::DELTA_LENGTH_BYTE_ARRAY | Encoding::DELTA_BYTE_ARRAY => {
                delta_count(encoded_values(page, levels)?)
            }
            _ => None,
        },
    }
}

/// How many it can have: in a dictionary as many as fit its bytes, else as many as its header says.
fn most_values(page: &Page, physical: Physical) -> u64 {
    match (page, physical) {
        (Page::DictionaryPage { buf, .. }, Physical::BYTE_ARRAY | Physical::INT32) => buf.len() as u64 / 4,
        (Page::DictionaryPage { buf, .. }, Physical::INT64) => buf.len() as u64 / 8,
        (page, _) => u64::from(page.num_values()),
    }
}

/// The bytes of a data page behind its levels.
fn encoded_values(page: &Page, (has_rep, has_def): (bool, bool)) -> Option<&[u8]> {
    match page {
        Page::DataPage { buf, rep_level_encoding, def_level_encoding, .. } => {
            let mut rest = &buf[..];
            for (has, encoding) in [(has_rep, rep_level_encoding), (has_def, def_level_encoding)] {
                if has {
                    let (len, levels) = rest.split_first_chunk().filter(|_| *encoding == Encoding::RLE)?;
                    rest = levels.get(usize::try_from(u32::from_le_bytes(*len)).ok()?..)?;
                }
            }
            Some(rest)
        }
        Page::DataPageV2 { buf, rep_levels_byte_len, def_levels_byte_len, .. } => {
            let start = rep_levels_byte_len.checked_add(*def_levels_byte_len)?;
            buf.get(usize::try_from(start).ok()?..)
        }
        Page::DictionaryPage { .. } => None,
    }
}

/// The number of values in a delta encoding: its third number, after the sizes of a block and of its parts.
fn delta_count(mut bytes: &[u8]) -> Option<u64> {
    number(&mut bytes)?;
    number(&mut bytes)?;
    number(&mut bytes)
}

/// Takes a number of seven bits a byte, the lowest first; one of more than 64 bits counts as the greatest.
fn number(bytes: &mut &[u8]) -> Option<u64> {
    let len = bytes.iter().position(|byte| byte & 0x80 == 0)? + 1;
    let (number, rest) = bytes.split_at(len);
    *bytes = rest;
    let add = |sum: u64, byte: &u8| sum.checked_mul(128)?.checked_add(u64::from(byte & 0x7f));
    Some(number.iter().rev().try_fold(0, add).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data_page(bytes: &[u8], encoding: Encoding) -> Page {
        Page::DataPage {
            buf: bytes.to_vec().into(),
            num_values: 3,
            encoding,
            def_level_encoding: Encoding::RLE,
            rep_level_encoding: Encoding::RLE,
            statistics: None,
        }
    }

    #[test]
    fn the_count_of_a_delta_encoding_is_read_behind_the_levels() {
        let deltas = [0x80, 0x01, 0x04, 0x83, 0x02, 0x00];
        let page = data_page(&deltas, Encoding::DELTA_LENGTH_BYTE_ARRAY);
        assert_eq!(claimed_values(&page, (false, false)), Some(0x103));
        assert_eq!(most_values(&page, Physical::BYTE_ARRAY), 3);
        let page = data_page(&[&[2, 0, 0, 0, 9, 9][..], &deltas].concat(), Encoding::DELTA_BYTE_ARRAY);
        assert_eq!(claimed_values(&page, (false, true)), Some(0x103));
        let page = data_page(&deltas, Encoding::PLAIN);
        assert_eq!(claimed_values(&page, (false, false)), None);
    }

    #[test]
    fn numbers_are_read_to_their_last_byte() {
        for (bytes, expected) in [
            (&[0x05][..], Some(5)),
            (&[0xac, 0x02], Some(300)),
            (&[0xff; 4], None),
            (&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01], Some(u64::MAX)),
            (&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01], Some(u64::MAX)),
        ] {
            assert_eq!(number(&mut &bytes[..]), expected, "{bytes:x?}");
        }
    }

    #[test]
    fn a_dictionary_has_no_more_values_than_fit_its_bytes() {
        let page = Page::DictionaryPage {
            buf: vec![0; 40].into(),
            num_values: 11,
            encoding: Encoding::PLAIN,
            is_sorted: false,
        };
        assert_eq!(claimed_values(&page, (false, false)), Some(11));
        assert_eq!(most_values(&page, Physical::BYTE_ARRAY), 10);
        assert_eq!(most_values(&page, Physical::INT64), 5);
    }
}
