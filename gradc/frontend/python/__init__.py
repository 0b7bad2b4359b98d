"""Scripts and functions of Python: what they have that R does not."""
