"""The first afternoon of an administrator: tables, templates, the diagram, and programs of their own."""
