"""The conditions of `--check` one by one, for CI: as JUnit XML, Markdown and annotations."""
