//! A tally on disk: what a shard leaves for `kramers merge`.

use super::Tally;
use serde::{Deserialize, Serialize};
use std::path::Path;

const MAGIC: &[u8; 7] = b"kramers";

/// One more with every change of what a tally holds or of where it stands, so that files of before are refused.
const FORMAT: u8 = 2;

/// A tally with what is needed to know whether it may be merged with another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TallyFile {
    /// The experiment as run, every default written out.
    pub experiment: String,
    /// Version of the program that wrote it.
    pub version: String,
    /// Engine and device name.
    pub device: String,
    /// Index and number of the shard.
    pub shard: (u64, u64),
    /// Seconds that it took.
    pub seconds: f64,
    /// The blocks.
    pub tally: Tally,
}

/// Why a tally file cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TallyFileError {
    /// It cannot be read or written.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// It is not a tally file of this format, cut short, or changed.
    #[error("{0}")]
    Corrupt(String),
}

impl TallyFile {
    /// Writes the file: seven bytes that say what it is and one for the format, the length and CRC-32 of the
    /// contents, the contents.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), TallyFileError> {
        let contents = postcard::to_stdvec(self).map_err(|e| TallyFileError::Corrupt(e.to_string()))?;
        let mut bytes = MAGIC.to_vec();
        bytes.push(FORMAT);
        bytes.extend((contents.len() as u64).to_le_bytes());
        bytes.extend(crc32fast::hash(&contents).to_le_bytes());
        bytes.extend(contents);
        Ok(std::fs::write(path, bytes)?)
    }

    /// Reads a file back.
    ///
    /// # Errors
    /// Where it cannot be read, or is not what was written.
    pub fn read(path: &Path) -> Result<Self, TallyFileError> {
        Self::from_bytes(&std::fs::read(path)?)
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, TallyFileError> {
        const HEADER: usize = 20;
        let corrupt = |what: &str| TallyFileError::Corrupt(what.to_owned());
        if bytes.len() < HEADER || &bytes[..7] != MAGIC {
            return Err(corrupt("not a tally of kramers"));
        }
        if bytes[7] != FORMAT {
            return Err(corrupt(&format!(
                "a tally of format {}, by another version of kramers; this one reads format {FORMAT}: run it again",
                bytes[7]
            )));
        }
        let word = |at: usize| <[u8; 4]>::try_from(&bytes[at..at + 4]).map(u32::from_le_bytes).unwrap_or_default();
        let length = u64::from(word(8)) | u64::from(word(12)) << 32;
        let contents = &bytes[HEADER..];
        if contents.len() as u64 != length {
            return Err(corrupt(&format!("holds {} bytes where {length} were written: cut short?", contents.len())));
        }
        if crc32fast::hash(contents) != word(16) {
            return Err(corrupt("its checksum does not match: the file was changed"));
        }
        postcard::from_bytes(contents).map_err(|e| corrupt(&e.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tally::{
        BinCounts, BlockId, BlockTally, CurrentGrid, HistogramCounts, LogBins, Lost, Moments, Passages, RarePassages,
        SeriesPoint, Sums,
    };

    /// A block of every kind of count and sum.
    fn example() -> TallyFile {
        let sums = Sums { count: 7, overflows: 1, sums: vec![0.5, -2.0] };
        let block = BlockTally {
            walkers: 64,
            lost: Lost { count: 2, first_step: Some(9) },
            moments: Moments { count: 300, right: 5, overflows: 0, sums: vec![1.5] },
            histograms: vec![HistogramCounts { bins: vec![3, 200], outside: 1 }],
            passages: Some(Passages::new(100)),
            series: vec![SeriesPoint {
                count: 60,
                right: 6,
                overflows: 0,
                sums: vec![-1.0],
                counts: vec![BinCounts([(130, 4)].into())],
            }],
            windows: vec![sums.clone()],
            correlations: vec![sums],
            rare: Some(RarePassages { exits: 11, steps_at_risk: 700, probability: 0.25, levels: 3, walker_steps: 900 }),
            current: Some(CurrentGrid { count: vec![8], first: vec![0.25], second: vec![4.0], overflows: 0 }),
        };
        assert_eq!(block.passages.as_ref().map(|p| p.durations.len()), Some(LogBins::count(100)));
        TallyFile {
            experiment: "title = \"x\"".into(),
            version: "0".into(),
            device: "cpu".into(),
            shard: (0, 3),
            seconds: 1.5,
            tally: Tally { blocks: [(BlockId { cell: 0, block: 0 }, block)].into() },
        }
    }

    #[test]
    fn a_file_reads_back() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let path = directory.path().join("tally");
        example().write(&path).expect("written");
        assert_eq!(TallyFile::read(&path).expect("read"), example());
    }

    #[test]
    fn every_changed_or_missing_byte_is_noticed() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let path = directory.path().join("tally");
        example().write(&path).expect("written");
        let bytes = std::fs::read(&path).expect("read");
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 0x10;
            assert!(TallyFile::from_bytes(&changed).is_err(), "byte {at} changed");
            assert!(TallyFile::from_bytes(&bytes[..at]).is_err(), "cut at byte {at}");
        }
    }

    /// What the file holds must not change while its format has the same number.
    #[test]
    fn the_contents_are_those_of_the_format() {
        let contents = postcard::to_stdvec(&example()).expect("bytes");
        assert_eq!((FORMAT, contents.len(), crc32fast::hash(&contents)), (2, 320, 2_109_208_458));
    }

    #[test]
    fn a_file_of_another_format_is_refused_by_its_number() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let path = directory.path().join("tally");
        example().write(&path).expect("written");
        let mut bytes = std::fs::read(&path).expect("read");
        bytes[7] = 1;
        let message = TallyFile::from_bytes(&bytes).expect_err("refused").to_string();
        assert!(message.contains("format 1") && message.contains("reads format 2"), "{message}");
        bytes[0] = b'K';
        let message = TallyFile::from_bytes(&bytes).expect_err("refused").to_string();
        assert_eq!(message, "not a tally of kramers");
    }
}
