"""Many pictures: a table, how often the network is right, and what it takes for what."""
