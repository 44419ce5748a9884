//! The child process of tests that kill: see `tests::program`.

#[test]
#[ignore = "only a child process of another test runs it"]
fn child() {
    tests::program::child();
}
