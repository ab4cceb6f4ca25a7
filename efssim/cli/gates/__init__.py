"""Results for CI: as Markdown, JUnit XML and annotations, and compared with before."""
