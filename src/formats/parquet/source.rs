//! A file that several readers read at once, each at a place of its own.

use std::io::{self, Read, Seek, SeekFrom};
use std::sync::{Mutex, PoisonError};

use ::parquet::errors::Result;
use ::parquet::file::reader::{ChunkReader, Length};
use bytes::Bytes;
use std::sync::Arc;

/// How much is read at once, in bytes.
const PIECE: usize = 64 << 10;

/// Bytes that can be read from any place.
pub(super) struct Source<R> {
    input: Arc<Mutex<R>>,
    len: u64,
}

impl<R: Read + Seek> Source<R> {
    pub fn new(mut input: R) -> io::Result<Self> {
        let len = input.seek(SeekFrom::End(0))?;
        Ok(Self { input: Arc::new(Mutex::new(input)), len })
    }

    /// The bytes from `start` on.
    pub fn from(&self, start: u64) -> Place<R> {
        Place { input: Arc::clone(&self.input), at: start, buffer: Bytes::new() }
    }
}

/// A reader at its own place.
pub(super) struct Place<R> {
    input: Arc<Mutex<R>>,
    at: u64,
    /// What has been read and not given out.
    buffer: Bytes,
}

impl<R: Read + Seek> Read for Place<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.buffer.is_empty() {
            let mut piece = vec![0; PIECE];
            let read = read_at(&self.input, self.at, &mut piece)?;
            piece.truncate(read);
            self.at += read as u64;
            self.buffer = piece.into();
        }
        let given = self.buffer.split_to(into.len().min(self.buffer.len()));
        into[..given.len()].copy_from_slice(&given);
        Ok(given.len())
    }
}

/// Reads until `into` is full or the input ends.
fn read_at(input: &Mutex<impl Read + Seek>, at: u64, into: &mut [u8]) -> io::Result<usize> {
    let mut input = input.lock().unwrap_or_else(PoisonError::into_inner);
    input.seek(SeekFrom::Start(at))?;
    let mut filled = 0;
    while filled < into.len() {
        match input.read(&mut into[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

impl<R> Length for Source<R> {
    fn len(&self) -> u64 {
        self.len
    }
}

impl<R: Read + Seek + Send> ChunkReader for Source<R> {
    type T = Place<R>;

    fn get_read(&self, start: u64) -> Result<Place<R>> {
        Ok(self.from(start))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        // A length that a damaged file claims is not reserved before it is known to be there.
        if start.checked_add(length as u64).is_none_or(|end| end > self.len) {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
        }
        let mut bytes = vec![0; length];
        if read_at(&self.input, start, &mut bytes)? < length {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
        }
        Ok(bytes.into())
    }
}
