//! The `phext-paper` command; the program itself is the library.

fn main() -> std::process::ExitCode {
    paper_engine::cli::run(&phext_paper::STUDY)
}
