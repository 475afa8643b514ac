"""Objects out of tables that people have: what each column seems to be, and how its texts become values.

``readings`` say how the texts of a column are read, ``proposals`` which field a column is to become.
"""
