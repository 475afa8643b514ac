"""The WSGI application that a production server loads: ``salesos.wsgi:application``."""

from __future__ import annotations

import gc
import os

from django.core.cache import close_caches
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import reset_queries

from salesos.chunks import reading_chunks
from salesos.db.lost_connections import drop_lost_connection
from salesos.db.time_limits import limit_requests
from salesos.static_files import require_static_files

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "salesos.settings")

application = reading_chunks(get_wsgi_application())
require_static_files()
limit_requests()
request_started.connect(drop_lost_connection)


# Django does these around each request, for query logs (with DEBUG only) and for caches that hold connections.
request_started.disconnect(reset_queries)
request_finished.disconnect(close_caches)

# What is there now stays: the garbage collector need not look through it again and again while requests come and go.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 50)
