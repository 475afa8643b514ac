"""How statements reach the database: compiled queries, caches that are revalidated, and connections."""
