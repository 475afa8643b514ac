"""The WSGI application that a production server loads: ``salesos.wsgi:application``."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "salesos.settings")

application = get_wsgi_application()

# What is there now stays: the garbage collector need not look through it again and again while requests come and go.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 50)
