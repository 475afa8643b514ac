"""``python -m salesos.serving``: the production server."""

import sys

from django.core.exceptions import ImproperlyConfigured

try:
    from salesos.serving.main import serve

    serve()
except ImproperlyConfigured as error:
    sys.exit(f"The server does not start: {error}")
