//! `series_fft`, `series_ifft`: a series as the waves it is made of, and back.

use arrow::array::ArrayRef;
use schema::Type;

use super::{
    fourier::{inverse, transform},
    numbers::{read, write},
};
use crate::{
    Cost, Eval, Example, Function, Nulls, Param, ParamType, ResultName, Returns, Section, Status, TupleField,
    kernel::{Args, KernelError, each_text_or_null},
};

const NULLS: Nulls = Nulls::Custom("What is no array, or has an element that is no number, gives nulls.");
const STATUS: Status =
    Status::Partial("The reference does not say how results are scaled: here only series_ifft divides by the length.");
const FIELDS: &[TupleField] = &[TupleField { name: "real", ty: Type::Dynamic }, TupleField { name: "imag", ty: Type::Dynamic }];

/// `series_fft(x_real [, x_imaginary])`.
pub static SERIES_FFT: Function = Function {
    name: "series_fft",
    aliases: &[],
    section: Section::Series,
    doc: "series-fft-function",
    summary: "The discrete Fourier transform of a series of numbers or complex numbers: real and imaginary parts.",
    params: &[
        Param::required("x_real", ParamType::Exact(Type::Dynamic)),
        Param::optional("x_imaginary", ParamType::Exact(Type::Dynamic)),
    ],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::Prefixed("series_fft"),
    nulls: NULLS,
    cost: Cost::PerDistinct,
    status: STATUS,
    eval: Eval::Tuple(FIELDS, |args| transformed(args, transform)),
    examples: &[
        Example::gives("One impulse", "tostring(series_fft(dynamic([1,0,0,0])))", r#""[[1.0,1.0,1.0,1.0],[0.0,0.0,0.0,0.0]]""#),
        Example::gives("Imaginary numbers", "tostring(series_fft(dynamic([0,0]), dynamic([1,1]))[1])", r#""[2.0,0.0]""#),
        Example::gives("Another length", "tostring(series_fft(dynamic([]))[0])", r#""[]""#),
        Example::gives("Parts of other lengths", "isnull(series_fft(dynamic([1,2]), dynamic([1]))[0])", "true"),
        Example::gives("Null", "isnull(series_fft(dynamic(null))[0])", "true"),
    ],
};

/// `series_ifft(fft_real [, fft_imaginary])`.
pub static SERIES_IFFT: Function = Function {
    name: "series_ifft",
    aliases: &[],
    section: Section::Series,
    doc: "series-ifft-function",
    summary: "The series whose discrete Fourier transform this is: real and imaginary parts.",
    params: &[
        Param::required("fft_real", ParamType::Exact(Type::Dynamic)),
        Param::optional("fft_imaginary", ParamType::Exact(Type::Dynamic)),
    ],
    returns: Returns::Fixed(Type::Dynamic),
    result_name: ResultName::Prefixed("series_ifft"),
    nulls: NULLS,
    cost: Cost::PerDistinct,
    status: STATUS,
    eval: Eval::Tuple(FIELDS, |args| transformed(args, inverse)),
    examples: &[
        Example::gives("All waves alike", "tostring(series_ifft(dynamic([1,1,1,1]))[0])", r#""[1.0,0.0,0.0,0.0]""#),
        Example::gives(
            "There and back",
            "tostring(series_ifft(dynamic([6,-2,-2,-2]), dynamic([0,2,0,-2]))[0])",
            r#""[0.0,1.0,2.0,3.0]""#,
        ),
        Example::gives("Null", "isnull(series_ifft(dynamic(null))[0])", "true"),
    ],
};

fn transformed(args: &Args, transform: fn(&mut [(f64, f64)])) -> Result<ArrayRef, KernelError> {
    let reals = args.texts(0)?;
    let imaginaries = if args.len() > 1 { Some(args.texts(1)?) } else { None };
    let numbers = |json: &str| read(json)?.into_iter().collect::<Option<Vec<f64>>>();
    let row = |row: usize, out: &mut String| {
        let real = numbers(reals.get(row)?)?;
        let imaginary = match &imaginaries {
            Some(imaginaries) => numbers(imaginaries.get(row)?)?,
            None => vec![0.0; real.len()],
        };
        if real.len() != imaginary.len() {
            return None;
        }
        let mut values: Vec<(f64, f64)> = real.into_iter().zip(imaginary).collect();
        transform(&mut values);
        out.push('[');
        // A zero has no sign here.
        write(values.iter().map(|value| Some(value.0 + 0.0)), out);
        out.push(',');
        write(values.iter().map(|value| Some(value.1 + 0.0)), out);
        out.push(']');
        Some(())
    };
    Ok(each_text_or_null(args, |at, out| row(at, out).is_some()))
}
