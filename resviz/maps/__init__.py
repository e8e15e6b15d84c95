"""Feature maps as figures, colours and files: what the window and the command line share. Only numpy."""
