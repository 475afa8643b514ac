"""Tables that people keep, each with the types of its columns: what proposals of types are held against.

Nobody else's data is in this repository: the tables are read from packages of PyPI, which are downloaded when they
are first asked for, or made by Faker with a fixed seed. ``tables.tables()`` gives them.
"""
