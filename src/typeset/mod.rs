//! LaTeX to PDF with the Tectonic engines; the only module that knows them.
