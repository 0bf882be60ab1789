"""The steps a database takes from empty to this version. Numbered, worded, never changed later."""
