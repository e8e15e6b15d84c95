"""Where pictures come from besides files: the camera, the screen, a sketch; and those seen lately."""
