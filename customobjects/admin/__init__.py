"""Operations pages for what the product keeps of every organization: to read, and to act by services."""

from customobjects.admin import background, imports, objects, organizations, records, users

__all__ = ["background", "imports", "objects", "organizations", "records", "users"]
