//! Files of columns, read into frames and tables.

use std::fs::File;
use std::io::{BufReader, Read, Seek};
use std::path::Path;
use std::sync::Arc;

use arrow_ipc::reader::{FileReader, StreamReader};
use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, Float64Array, RecordBatch, RecordBatchOptions, RecordBatchReader, StringArray,
    StructArray,
};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Decimal128Type, Field, Float64Type, Schema};
use datafusion::arrow::error::ArrowError;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::Columnar;
use crate::diagnostic::{Diagnostic, Diagnostics, Location};
use crate::results::frame::{Builder, Cell, Cells, Frame};
use crate::results::read::header;

/// What an Arrow file begins with, and a stream does not.
const MAGIC: &[u8] = b"ARROW1";

/// Adds the rows of a file of columns; a row is told by its number.
///
/// # Errors
/// Files that cannot be read, columns that hold no cells, and columns other than those of the first file.
pub fn read(builder: &mut Builder, root: &Path, file: &Path, columnar: Columnar) -> Result<(), Diagnostics> {
    let batches = batches(root, file, columnar)?;
    let number = builder.file(file.to_path_buf());
    add(builder, number, &Location::file(file), &batches)
}

/// Adds the rows of batches to a frame, as the rows of its file `number`, which errors call `place`.
pub fn add(
    builder: &mut Builder,
    number: u32,
    place: &Location,
    batches: &[RecordBatch],
) -> Result<(), Diagnostics> {
    let mut first = 1;
    for batch in batches {
        let columns = flat(batch);
        let mut errors = Diagnostics::default();
        let Some(order) = header(builder, columns.iter().map(|(name, _)| name.as_str()), place, &mut errors)
        else {
            return Err(errors);
        };
        builder.rows(number, first..first + batch.num_rows() as u32);
        first += batch.num_rows() as u32;
        for (column, (name, array)) in
            order.iter().enumerate().filter_map(|(at, from)| Some((at, columns.get(*from)?)))
        {
            if push(builder, column, array).is_none() {
                let message =
                    format!("the column `{name}` holds {}, and no numbers or texts", array.data_type());
                errors.push(
                    Diagnostic::new(place.clone(), message).remedy("write its parts as columns of their own"),
                );
            }
        }
        errors.into_result(())?;
    }
    Ok(())
}

/// Reads a file of columns.
///
/// # Errors
/// Files that cannot be read, and that are none.
pub fn batches(root: &Path, file: &Path, columnar: Columnar) -> Result<Vec<RecordBatch>, Diagnostics> {
    let path = root.join(file);
    let opened = File::open(&path).map_err(|error| {
        Diagnostics::from(Diagnostic::new(Location::file(file), format!("this file cannot be read: {error}")))
    })?;
    let read = match columnar {
        Columnar::Parquet => parquet(opened),
        Columnar::Arrow => arrow(opened),
    };
    read.map_err(|error| {
        let message = format!("this is no {columnar:?}: {error}");
        Diagnostic::new(Location::file(file), message)
            .remedy("correct the file, or the program that writes it")
            .into()
    })
}

fn parquet(file: File) -> Result<Vec<RecordBatch>, ArrowError> {
    whole(ParquetRecordBatchReaderBuilder::try_new(file)?.build()?)
}

/// Reads all batches; one without rows where there are none, since that has the columns.
fn whole(reader: impl RecordBatchReader) -> Result<Vec<RecordBatch>, ArrowError> {
    let schema = reader.schema();
    let mut batches = reader.collect::<Result<Vec<_>, _>>()?;
    if batches.is_empty() {
        batches.push(RecordBatch::new_empty(schema));
    }
    Ok(batches)
}

fn arrow(mut file: File) -> Result<Vec<RecordBatch>, ArrowError> {
    let mut begin = Vec::new();
    (&mut file).take(MAGIC.len() as u64).read_to_end(&mut begin)?;
    file.rewind()?;
    if begin == MAGIC {
        return whole(FileReader::try_new(BufReader::new(file), None)?);
    }
    whole(StreamReader::try_new(BufReader::new(file), None)?)
}

/// Returns the columns of a batch; those in a column of parts have a point in their names.
fn flat(batch: &RecordBatch) -> Vec<(String, ArrayRef)> {
    let mut out = Vec::new();
    for (field, array) in batch.schema().fields().iter().zip(batch.columns()) {
        flatten(field.name(), array, &mut out);
    }
    out
}

fn flatten(name: &str, array: &ArrayRef, out: &mut Vec<(String, ArrayRef)>) {
    let Some(parts) = array.as_any().downcast_ref::<StructArray>().filter(|parts| parts.null_count() == 0)
    else {
        return out.push((name.to_owned(), Arc::clone(array)));
    };
    for (field, array) in parts.fields().iter().zip(parts.columns()) {
        flatten(&format!("{name}.{}", field.name()), array, out);
    }
}

/// Adds the cells of an array to a column; nothing where they are neither numbers nor texts.
fn push(builder: &mut Builder, column: usize, array: &ArrayRef) -> Option<()> {
    let kind = array.data_type();
    if let DataType::Dictionary(_, values) = kind {
        return push(builder, column, &cast(array, values).ok()?);
    }
    if *kind == DataType::Null {
        (0..array.len()).for_each(|_| builder.cell(column, Cell::Empty));
    } else if kind.is_numeric() && is_exact(array) {
        let numbers = cast(array, &DataType::Float64).ok()?;
        let cell = |number: Option<f64>| number.map_or(Cell::Empty, Cell::Number);
        numbers.as_primitive::<Float64Type>().iter().for_each(|number| builder.cell(column, cell(number)));
    } else if kind.is_numeric() || kind.is_temporal() || kind.is_string() || *kind == DataType::Boolean {
        let words = cast(array, &DataType::Utf8).ok()?;
        for word in words.as_string::<i32>() {
            builder.cell(column, word.filter(|word| !word.is_empty()).map_or(Cell::Empty, Cell::Word));
        }
    } else {
        return None;
    }
    Some(())
}

/// Returns whether all numbers of an array are floats without loss. Ids are not, and stay texts.
fn is_exact(array: &ArrayRef) -> bool {
    const MOST: i128 = 1 << 53;
    if !matches!(array.data_type(), DataType::Int64 | DataType::UInt64) {
        return true;
    }
    let wide = cast(array, &DataType::Decimal128(20, 0));
    let is_small = |number: i128| number.abs() <= MOST;
    wide.is_ok_and(|wide| wide.as_primitive::<Decimal128Type>().iter().flatten().all(is_small))
}

/// Returns the rows of a frame as a batch: numbers, texts, and truths where a column holds nothing else.
///
/// # Errors
/// Columns of one name, which no frame has.
pub fn batch(frame: &Frame) -> Result<RecordBatch, ArrowError> {
    let column = |cells: &Cells| -> Result<ArrayRef, ArrowError> {
        match cells {
            Cells::Numbers(numbers) => Ok(Arc::new(Float64Array::from(numbers.clone()))),
            Cells::Words { words, rows } => {
                let word = |row: &Option<u32>| words.get((*row)? as usize).map(String::as_str);
                let texts: ArrayRef = Arc::new(rows.iter().map(word).collect::<StringArray>());
                let are_truths = words.iter().all(|word| ["true", "false"].contains(&word.as_str()));
                if are_truths { cast(&texts, &DataType::Boolean) } else { Ok(texts) }
            }
        }
    };
    let arrays = frame.columns.iter().map(|one| column(&one.cells)).collect::<Result<Vec<_>, _>>()?;
    let fields = frame.columns.iter().zip(&arrays);
    let fields: Vec<Field> =
        fields.map(|(one, array)| Field::new(&one.name, array.data_type().clone(), true)).collect();
    let options = RecordBatchOptions::new().with_row_count(Some(frame.len()));
    RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), arrays, &options)
}
