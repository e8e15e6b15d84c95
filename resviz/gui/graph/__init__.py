"""The graph on screen: a mirror of the document, never its owner."""
