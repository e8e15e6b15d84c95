"""Two networks side by side: what differs, and what that costs."""
