"""The wall between the window and torch: a child process owns every tensor.

Importing torch in a thread of the window would block it for hundreds of milliseconds, and a busy Python thread makes
painting many times slower. A child can also be killed and started again, and gives its memory back.
"""
