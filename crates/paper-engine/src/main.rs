//! The engine's own program, for papers without a study.

fn main() -> std::process::ExitCode {
    paper_engine::cli::run(&paper_engine::study::Study::EMPTY)
}
