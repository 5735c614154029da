"""Our own cases on security, on what the documents' cases leave out."""
