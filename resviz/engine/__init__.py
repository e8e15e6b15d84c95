"""The wall between the window and torch: a child process owns every tensor (DESIGN.md section 1 says why)."""
