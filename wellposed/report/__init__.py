"""What a run found, for readers: terminal, Markdown, one HTML page. JSON is `wellposed.run.report_json`, JUnit is pytest's."""
