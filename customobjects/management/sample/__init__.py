"""A believable company for trying things out: people, objects, records, and what happened to them over a year.

- ``objects.json`` has the objects and the words that records are made of, ``views.json`` the saved views, and
  ``story.json`` notes, activities and what was deleted;
- ``people.py`` makes the people, ``records.py`` draws the records, ``loading.py`` makes it all by services.

Everything is the same each time, but that days and times are told from the moment at which it is loaded.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

# By the object's apiName, each as ``services.views.create_view`` takes it.
VIEWS: Mapping[str, list[dict[str, Any]]] = json.loads(Path(__file__).with_name("views.json").read_text("utf-8"))
