//! The `phext-paper` command; the program itself is the library.

fn main() -> std::process::ExitCode {
    phext_paper::cli::run(&phext_paper::STUDY)
}
