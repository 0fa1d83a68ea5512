//! Digests of the code behind each experiment, so that kept facts are those of today's code.

fn main() -> Result<(), code_digest::Error> {
    code_digest::write_package()
}
