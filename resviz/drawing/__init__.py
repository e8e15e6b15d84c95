"""One description of the drawing of a network, for every output: screen, SVG, PNG, PDF. No Qt, no torch."""
