"""What one sees. PySide6 and pyqtgraph; never torch, never `resviz.nets`."""
