//! What is true of all functions at once, and the properties of kernels. The examples in the declarations are run by `engine`.

mod json;
mod reference;
