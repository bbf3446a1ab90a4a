"""What a run says, one module a format."""
