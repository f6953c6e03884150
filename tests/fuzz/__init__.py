"""Everything that reads a file of someone else's, fed with damaged ones.

`python -m tests.fuzz` makes good files by the program's own writers, damages them, and gives each to its
reader in a process of its own under a limit of memory. Each must end in a good object or in a `UserError`,
within two seconds of processor time and 500 MB; what does not is kept, and ends the script with 1. With
atheris the damage is led by what it reaches in the program's own code, else it is drawn alone. A few
hundred inputs run with the tests.
"""
