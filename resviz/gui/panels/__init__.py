"""The panels around the graph. Each knows the document and the jobs, never another panel."""
