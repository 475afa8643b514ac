"""Making the sample company by services, at the times at which things are said to have happened."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from customobjects.management.sample import VIEWS
from customobjects.management.sample.people import make_colleagues
from customobjects.management.sample.records import OBJECTS, RECORDS, Company, Made
from customobjects.services import activities, fields, notes, preferences, records, views
from customobjects.services.current_change import happening_at
from customobjects.services.objects import create_object
from salesos.accounts.actor import Actor, Via
from salesos.accounts.models import User

STORY: Mapping[str, Any] = json.loads(Path(__file__).with_name("story.json").read_text("utf-8"))
# So many days before it is due somebody writes an activity down.
DAYS_AHEAD = 5

# Something that happens: when, and what is to be done.
Event = tuple[datetime, Callable[[], object]]


@transaction.atomic
def load(admin: User, tell: Callable[[str], object]) -> list[User]:
    """Make the sample company in an administrator's organization, which has no objects yet; all of it or nothing.

    ``tell`` is called with a line for each object. Returns the colleagues, who have the administrator's password.
    """
    colleagues = make_colleagues(admin)
    people = [replace(Actor.of_user(user), via=Via.PAGE) for user in (admin, *colleagues)]
    _Loading(Company(timezone.now(), people), tell).run()
    return colleagues


class _Loading:
    def __init__(self, company: Company, tell: Callable[[str], object]) -> None:
        self.company, self.tell = company, tell
        self.people = company.people
        self.admin = company.people[0]
        self.events: list[Event] = []
        self.ids: dict[str, str] = {}

    def run(self) -> None:
        """Make objects and records, then whatever happened to them, in the order in which it did."""
        for definition, draw in zip(OBJECTS, RECORDS, strict=True):
            made = create_object(self.admin, **definition)
            self.ids[made.api_name] = str(made.id)
            self._make_records(made.api_name, draw)
            self.tell(f"{made.plural_name}: {len(self.company.made[made.api_name])} records")
        self.events += [*self._notes(), *self._activities(), *self._handed_over(), *self._deleted()]
        for at, happen in sorted(self.events, key=lambda event: event[0]):
            with happening_at(at):
                happen()
        self._deactivate()
        self._keep_views()

    def _make_records(self, name: str, draw: Callable[[Company], Iterator[Any]]) -> None:
        made = self.company.made[name] = []
        for drawn in draw(self.company):
            with happening_at(drawn.at):
                id_ = str(records.create_record(drawn.actor, name, drawn.values).id)
            made.append(Made(id_, drawn.at, drawn.values))
            self.events += [
                (step.at, partial(records.change_record, step.actor, name, id_, step.values)) for step in drawn.steps
            ]

    def _place(self, told: Mapping[str, Any]) -> tuple[str, str]:
        """The object and the record that something in the story is about."""
        return told["object"], self.company.made[told["object"]][told["place"]].id

    def _at(self, told: Mapping[str, Any], days: float) -> datetime:
        """A time so many days ago, at which the record was there already."""
        return max(self.company.ago(days), self.company.made[told["object"]][told["place"]].at)

    def _notes(self) -> Iterator[Event]:
        for told in STORY["notes"]:
            text = told["text"]
            for number, person in enumerate(self.people):
                text = text.replace(f"@{{{number}}}", f"@{{{person.user_id}}}")
            author, place = self.people[told["author"]], self._place(told)
            yield self._at(told, told["days"]), partial(notes.create_note, author, *place, text=text)

    def _activities(self) -> Iterator[Event]:
        for told in STORY["activities"]:
            day = self.company.today + timedelta(days=told["due"])
            due = datetime(day.year, day.month, day.day, told.get("hour", 0), tzinfo=UTC)
            given = {
                "kind": told["kind"],
                "title": told["title"],
                "due": due.isoformat() if "hour" in told else day.isoformat(),
                "assignee_id": self.people[told["assignee"]].user_id,
            }
            at = self._at(told, max(DAYS_AHEAD - told["due"], 1))
            yield at, self._activity(told, given)

    def _activity(self, told: Mapping[str, Any], given: Mapping[str, Any]) -> Callable[[], object]:
        author, assignee, place = self.people[told["author"]], self.people[told["assignee"]], self._place(told)

        def happen() -> None:
            made = activities.create_activity(author, *place, given).after
            if told.get("done") and made is not None:
                with happening_at(self._at(told, -told["due"])):
                    activities.change_activity(assignee, *place, str(made.id), {"done": True})

        return happen

    def _handed_over(self) -> Iterator[Event]:
        for told in STORY["handed_over"]:
            by, to, place = self.people[told["by"]], self.people[told["to"]].user_id, self._place(told)
            yield self._at(told, told["days"]), partial(records.change_record, by, *place, {}, owner_id=to)

    def _deleted(self) -> Iterator[Event]:
        for told in STORY["deleted"]:
            values = dict(told["values"])
            if "account" in told:
                values["account"] = self.company.made["account"][told["account"]].id
            yield self.company.ago(told["days"] + 1), self._mistake(told, values)

    def _mistake(self, told: Mapping[str, Any], values: Mapping[str, Any]) -> Callable[[], object]:
        by = self.people[told["by"]]

        def happen() -> None:
            made = records.create_record(by, told["object"], values)
            with happening_at(self.company.ago(told["days"])):
                records.delete_record(by, told["object"], str(made.id))

        return happen

    def _deactivate(self) -> None:
        told = STORY["inactive"]
        [definition] = (one for one in OBJECTS if one["name"].lower() == told["object"])
        [field] = (one for one in definition["fields"] if one["label"].lower() == told["field"])
        values = [{"value": value, "isActive": value != told["value"]} for value in field["options"]["values"]]
        fields.change_field(self.admin, told["object"], told["field"], {"options": {"values": values}})

    def _keep_views(self) -> None:
        """The saved views, the chart on the administrator's Home, and the order of objects."""
        for name, kept in VIEWS.items():
            for view in kept:
                made = views.create_view(self.admin, name, is_shared=True, **view)
                if (name, made.name) == (STORY["chart"]["object"], STORY["chart"]["view"]):
                    preferences.save_home_chart(self.admin, str(made.id))
        preferences.save_object_order(self.admin, [self.ids[name] for name in STORY["order"]])
