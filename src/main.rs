//! The `dechaff` command. All it does is in the library; `cli` holds arguments, calls and exit codes.

mod cli;

fn main() -> std::process::ExitCode {
    cli::main()
}
