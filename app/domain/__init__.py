"""The words of the field: values that several rooms read. Imports nothing but the standard library and msgspec."""
