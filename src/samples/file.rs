//! Samples from files: CSV or Parquet, one row a sample, one column a feature, the last one the label.

use super::Samples;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use std::fs::File;
use std::path::Path;

impl Samples {
    /// Reads the samples of the file at `path`, Parquet where its name ends so, else CSV. A first row of a CSV file
    /// none of whose fields is a number is its header.
    ///
    /// # Errors
    /// Says which file, line (of Parquet: row) and column are wrong, lines, rows and columns from 1.
    pub(crate) fn read(path: &Path) -> Result<Self, String> {
        let parquet = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("parquet"));
        let unreadable = |e| format!("cannot be read: {}: {e}", path.display());
        let read = match parquet {
            true => of_parquet(File::open(path).map_err(unreadable)?),
            false => of_csv(&std::fs::read(path).map_err(unreadable)?),
        };
        let (columns, rows) = read.map_err(|place| format!("cannot be used: {}{place}", path.display()))?;
        let wrong = |what: &str| Err(format!("cannot be used: {}: {what}", path.display()));
        match (columns, rows.is_empty()) {
            (_, true) => wrong("holds no samples"),
            (0 | 1, _) => wrong("must have a column for every feature, then one for the label"),
            _ => Ok(Self { features: columns - 1, rows: rows.into() }),
        }
    }
}

/// The number of columns, and all numbers row by row; or the place of what is wrong, and what.
type Numbers = Result<(usize, Vec<f64>), String>;

fn of_csv(text: &[u8]) -> Numbers {
    let builder = csv::ReaderBuilder::new().has_headers(false).flexible(true).trim(csv::Trim::All).from_reader(text);
    let (mut columns, mut rows) = (0, Vec::new());
    for (place, record) in builder.into_records().enumerate() {
        let record = record.map_err(|e| match e.position() {
            Some(position) => format!(":{}: {e}", line(text, position)),
            None => format!(": {e}"),
        })?;
        let line = record.position().map_or(0, |position| line(text, position));
        let number = |field: &str| field.parse::<f64>().ok().filter(|x| x.is_finite());
        if place == 0 {
            columns = record.len();
            if record.iter().all(|field| field.parse::<f64>().is_err()) {
                continue;
            }
        }
        if record.len() != columns {
            return Err(format!(":{line}: has {} columns, the first line {columns}", record.len()));
        }
        for (column, field) in record.iter().enumerate() {
            let wrong = || format!(":{line}: column {}: `{field}` is not a finite number", column + 1);
            rows.push(number(field).ok_or_else(wrong)?);
        }
    }
    Ok((columns, rows))
}

/// The line, from 1, of the record that begins at `position` or after the empty lines there.
fn line(text: &[u8], position: &csv::Position) -> usize {
    let before = (position.byte() as usize).min(text.len());
    let empty = text[before..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    text[..before + empty].iter().filter(|byte| **byte == b'\n').count() + 1
}

fn of_parquet(file: File) -> Numbers {
    let fault = |e: parquet::errors::ParquetError| format!(": {e}");
    let reader = SerializedFileReader::new(file).map_err(fault)?;
    let columns = reader.metadata().file_metadata().schema().get_fields().len();
    let mut rows = Vec::new();
    for (place, row) in reader.get_row_iter(None).map_err(fault)?.enumerate() {
        for (column, (name, field)) in row.map_err(fault)?.get_column_iter().enumerate() {
            let wrong = || {
                let column = column + 1;
                format!(": row {}: column {column} ({name}): {field} is not a finite number", place + 1)
            };
            rows.push(number(field).filter(|x| x.is_finite()).ok_or_else(wrong)?);
        }
    }
    Ok((columns, rows))
}

fn number(field: &Field) -> Option<f64> {
    Some(match field {
        Field::Double(x) => *x,
        Field::Float(x) => f64::from(*x),
        Field::Byte(n) => f64::from(*n),
        Field::Short(n) => f64::from(*n),
        Field::Int(n) => f64::from(*n),
        Field::Long(n) => *n as f64,
        Field::UByte(n) => f64::from(*n),
        Field::UShort(n) => f64::from(*n),
        Field::UInt(n) => f64::from(*n),
        Field::ULong(n) => *n as f64,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use parquet::column::writer::ColumnWriter;
    use parquet::file::writer::SerializedFileWriter;
    use parquet::schema::parser::parse_message_type;
    use std::path::PathBuf;
    use std::sync::Arc;

    fn file(folder: &tempfile::TempDir, name: &str, text: &str) -> PathBuf {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("written");
        path
    }

    #[test]
    fn a_table_of_numbers_is_read_with_and_without_a_header() {
        let folder = tempfile::tempdir().expect("a folder");
        for text in
            ["a, b, y\n1, 2, 3\n-4.5, 5e-1, 6\n", "1,2,3\r\n-4.5,0.5,6\r\n", "\"a\",\"b,c\",y\n1,2,3\n-4.5,.5,6"]
        {
            let samples = Samples::read(&file(&folder, "data.csv", text)).expect(text);
            assert_eq!((samples.features(), samples.rows()), (2, &[1.0, 2.0, 3.0, -4.5, 0.5, 6.0][..]), "{text}");
        }
    }

    #[test]
    fn what_is_wrong_has_its_place() {
        let folder = tempfile::tempdir().expect("a folder");
        let wrong = [
            ("a,y\n1,2\n3,x\n", "data.csv:3: column 2: `x` is not a finite number"),
            ("1,2\n\n3,inf\n", "data.csv:3: column 2: `inf` is not"),
            ("1,y\n3,4\n", "data.csv:1: column 2: `y` is not"),
            ("1,2\n3\n", "data.csv:2: has 1 columns, the first line 2"),
            ("1\n2\n", "data.csv: must have a column for every feature"),
            ("a,y\n", "data.csv: holds no samples"),
            ("", "data.csv: holds no samples"),
        ];
        for (text, expected) in wrong {
            let message = Samples::read(&file(&folder, "data.csv", text)).expect_err(text);
            assert!(message.contains(expected), "{text:?}: {message}");
        }
        let message = Samples::read(&folder.path().join("none.csv")).expect_err("no file");
        assert!(message.contains("none.csv"), "{message}");
        let message = Samples::read(&file(&folder, "no.parquet", "1,2\n")).expect_err("no Parquet");
        assert!(message.contains("no.parquet: "), "{message}");
    }

    /// A Parquet file of x, an integer k and y, where y of the second row is `last`.
    fn parquet(path: &Path, last: Option<f32>) {
        let schema = parse_message_type("message m { required double x; required int64 k; optional float y; }");
        let file = File::create(path).expect("created");
        let mut writer =
            SerializedFileWriter::new(file, Arc::new(schema.expect("a schema")), Arc::default()).expect("ok");
        let mut group = writer.next_row_group().expect("a group");
        while let Some(mut column) = group.next_column().expect("a column") {
            match column.untyped() {
                ColumnWriter::DoubleColumnWriter(w) => w.write_batch(&[0.25, -1e300], None, None).expect("written"),
                ColumnWriter::Int64ColumnWriter(w) => w.write_batch(&[7, -8], None, None).expect("written"),
                ColumnWriter::FloatColumnWriter(w) => {
                    let present: Vec<f32> = [0.5].into_iter().chain(last).collect();
                    let levels = [1, i16::from(last.is_some())];
                    w.write_batch(&present, Some(&levels), None).expect("written")
                }
                _ => unreachable!("three types"),
            };
            column.close().expect("closed");
        }
        group.close().expect("closed");
        writer.close().expect("closed");
    }

    #[test]
    fn parquet_is_read_and_its_gaps_found() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("data.parquet");
        parquet(&path, Some(1.5));
        let samples = Samples::read(&path).expect("numbers");
        assert_eq!((samples.features(), samples.rows()), (2, &[0.25, 7.0, 0.5, -1e300, -8.0, 1.5][..]));
        parquet(&path, None);
        let message = Samples::read(&path).expect_err("a gap");
        assert!(message.contains("data.parquet: row 2: column 3 (y): null is not"), "{message}");
    }
}
