from __future__ import annotations

from django.conf import settings
from django.db import models

from customobjects.models.view import View


class HomePreference(models.Model):
    """What a person has on Home: the view of kind chart that they chose, and whether they put the first steps away."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="+")
    chart = models.ForeignKey(View, null=True, on_delete=models.SET_NULL, related_name="+")
    has_no_steps = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.user_id}: {self.chart_id}"
