"""A believable company for trying things out: people, objects, records, and what happened to them over a year.

- ``objects.json`` has the objects and the words that records are made of, ``views.json`` the saved views, and
  ``story.json`` notes, activities and what was deleted;
- ``people.py`` makes the people, ``records.py`` draws the records, ``loading.py`` makes it all by services.

Everything is the same each time, but that days and times are told from the moment at which it is loaded.
"""
