"""Private parts of CurlProbe, one concern a file."""
