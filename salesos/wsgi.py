"""The WSGI application that a production server loads: ``salesos.wsgi:application``."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "salesos.settings")

application = get_wsgi_application()
