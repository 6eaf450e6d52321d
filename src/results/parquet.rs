//! Tables as Parquet files; the only place that knows the `parquet` crate.

use parquet::basic::{Compression, ConvertedType, Repetition, Type as PhysicalType};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;
use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;

/// A table: named columns of one length, any value of which may be absent.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Table {
    columns: Vec<(String, Column)>,
}

/// The values of a column.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Column {
    /// Counts and places.
    Integer(Vec<Option<i64>>),
    /// Measured and predicted numbers.
    Number(Vec<Option<f64>>),
    /// Names.
    Text(Vec<Option<String>>),
}

impl Column {
    fn len(&self) -> usize {
        match self {
            Self::Integer(values) => values.len(),
            Self::Number(values) => values.len(),
            Self::Text(values) => values.len(),
        }
    }

    fn field(&self, name: &str) -> Result<Type, ParquetError> {
        let (physical, converted) = match self {
            Self::Integer(_) => (PhysicalType::INT64, ConvertedType::NONE),
            Self::Number(_) => (PhysicalType::DOUBLE, ConvertedType::NONE),
            Self::Text(_) => (PhysicalType::BYTE_ARRAY, ConvertedType::UTF8),
        };
        let builder = Type::primitive_type_builder(name, physical).with_converted_type(converted);
        builder.with_repetition(Repetition::OPTIONAL).build()
    }

    fn write(&self, writer: &mut ColumnWriter<'_>) -> Result<(), ParquetError> {
        match (self, writer) {
            (Self::Integer(values), ColumnWriter::Int64ColumnWriter(writer)) => {
                let (present, levels) = split(values, |v| *v);
                writer.write_batch(&present, Some(&levels), None)?;
            }
            (Self::Number(values), ColumnWriter::DoubleColumnWriter(writer)) => {
                let (present, levels) = split(values, |v| *v);
                writer.write_batch(&present, Some(&levels), None)?;
            }
            (Self::Text(values), ColumnWriter::ByteArrayColumnWriter(writer)) => {
                let (present, levels) = split(values, |v| ByteArray::from(v.as_str()));
                writer.write_batch(&present, Some(&levels), None)?;
            }
            _ => return Err(ParquetError::General("a column is not of its schema's type".to_owned())),
        }
        Ok(())
    }
}

/// The values present, and for every row whether there is one (its definition level).
fn split<T, U>(values: &[Option<T>], convert: impl Fn(&T) -> U) -> (Vec<U>, Vec<i16>) {
    (values.iter().flatten().map(convert).collect(), values.iter().map(|v| i16::from(v.is_some())).collect())
}

impl Table {
    /// A table of `columns`.
    ///
    /// # Panics
    /// Where they are not of one length.
    pub(super) fn new(columns: Vec<(String, Column)>) -> Self {
        let rows = columns.first().map_or(0, |(_, column)| column.len());
        assert!(columns.iter().all(|(_, column)| column.len() == rows), "columns of one length");
        Self { columns }
    }

    /// Writes the table, compressed with Snappy, in one row group.
    pub(super) fn write(&self, path: &Path) -> io::Result<()> {
        self.write_to(File::create(path)?).map_err(|error| match error {
            ParquetError::External(source) => match source.downcast::<io::Error>() {
                Ok(source) => *source,
                Err(other) => io::Error::other(other.to_string()),
            },
            other => io::Error::other(other.to_string()),
        })
    }

    fn write_to(&self, file: File) -> Result<(), ParquetError> {
        let fields = self.columns.iter().map(|(name, column)| column.field(name).map(Arc::new));
        let fields = fields.collect::<Result<Vec<_>, _>>()?;
        let schema = Arc::new(Type::group_type_builder("schema").with_fields(fields).build()?);
        let properties = Arc::new(WriterProperties::builder().set_compression(Compression::SNAPPY).build());
        let mut writer = SerializedFileWriter::new(file, schema, properties)?;
        let mut rows = writer.next_row_group()?;
        for (_, column) in &self.columns {
            let mut writer =
                rows.next_column()?.ok_or_else(|| ParquetError::General("a column too many".to_owned()))?;
            column.write(writer.untyped())?;
            writer.close()?;
        }
        rows.close()?;
        writer.close()?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use parquet::file::reader::{FileReader, SerializedFileReader};

    #[test]
    fn a_table_reads_back() {
        let table = Table::new(vec![
            ("cell".to_owned(), Column::Integer(vec![Some(0), Some(-3), None])),
            ("value".to_owned(), Column::Number(vec![None, Some(0.1), Some(1e300)])),
            ("name".to_owned(), Column::Text(vec![Some("mean[0]".to_owned()), None, Some("η".to_owned())])),
        ]);
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        table.write(file.path()).expect("written");
        let reader = SerializedFileReader::new(File::open(file.path()).expect("there")).expect("a Parquet file");
        let rows: Vec<String> =
            reader.get_row_iter(None).expect("rows").map(|row| row.expect("a row").to_string()).collect();
        assert_eq!(
            rows,
            [
                "{cell: 0, value: null, name: \"mean[0]\"}",
                "{cell: -3, value: 0.1, name: null}",
                "{cell: null, value: 1E300, name: \"η\"}",
            ]
        );
    }
}
