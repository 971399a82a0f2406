"""Files of HCL as trees of attributes and blocks with their places; what a block means, its readers know."""
