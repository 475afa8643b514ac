"""The records of the sample company, and how they came to hold what they hold.

Choices are drawn from generators with fixed seeds: the same records every time, and days told from today.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from salesos.accounts.actor import Actor, Via

Values = dict[str, Any]

_sample = json.loads(Path(__file__).with_name("objects.json").read_text("utf-8"))
# Each as ``services.objects.create_object`` takes it.
OBJECTS: list[Values] = _sample["objects"]
WORDS: dict[str, list[str]] = _sample["words"]
# Objects' records were made over so many days before today.
DAYS = 420
STAGES = {"Planned": [], "Under Way": ["Under Way"], "On Hold": ["Under Way", "On Hold"], "Done": ["Under Way", "Done"]}
STATUSES = {
    "New": [],
    "Working": ["Working"],
    "Waiting": ["Working", "Waiting"],
    "Closed": ["Working", "Closed"],
}


@dataclass(frozen=True)
class Step:
    """What somebody changed of a record, and when."""

    at: datetime
    actor: Actor
    values: Values


@dataclass
class Drawn:
    """A record: who made it and when, what it held then, and what was changed later, in order."""

    at: datetime
    actor: Actor
    values: Values
    steps: list[Step] = field(default_factory=list)


@dataclass(frozen=True)
class Made:
    """A record that is made: its id, when that was, and what it held."""

    id: str
    at: datetime
    values: Values


class Company:
    """Draws all records. ``people`` are an administrator, a manager and two representatives.

    The records made so far are in ``made``, by object.
    """

    def __init__(self, now: datetime, people: Sequence[Actor]) -> None:
        self.now, self.today = now, now.astimezone(UTC).date()
        self.people = people
        # What records hold, and apart from it who did what when.
        self.random, self.chance = Random(2026), Random(2027)
        self.made: dict[str, list[Made]] = {}
        self.telemetry = replace(people[0], via=Via.KEY)

    def clock(self, at: datetime) -> datetime:
        """The same day within working hours, and nothing that has not happened yet."""
        hour = at.replace(hour=self.chance.randint(7, 17), minute=self.chance.randint(0, 59))
        return min(hour, self.now - timedelta(minutes=self.chance.randint(5, 90)))

    def ago(self, days: float) -> datetime:
        """A time so many days ago."""
        return self.clock(self.now - timedelta(days=days))

    def _spread(self, number: int, count: int, days: int = DAYS) -> datetime:
        """When the record with this number of so many was made: the last ones in these days."""
        return self.ago(days * (1 - (number + 0.5) / count))

    def _steps(self, after: datetime, changes: Sequence[tuple[Actor, Values]], days: float) -> list[Step]:
        """Changes one after another, each within some days of the one before, or less where so many have not passed."""
        length = min(self.now - after, timedelta(days=days) * len(changes))
        parts = sorted(self.chance.uniform(0.03, 0.97) for _ in changes)
        steps: list[Step] = []
        for part, (actor, values) in zip(parts, changes, strict=True):
            before = steps[-1].at if steps else after
            at = max(self.clock(after + length * part), before + min((self.now - before) / 2, timedelta(minutes=20)))
            steps.append(Step(at, actor, values))
        return steps

    def _sales(self) -> Actor:
        return self.chance.choice([*self.people, *self.people[2:]])

    def _one(self, api_name: str) -> Made:
        return self.random.choice(self.made[api_name])

    def _of_account(self, api_name: str, account: str, instead: Made) -> Made:
        """One of an account's records, or ``instead`` where it has none."""
        own = [one for one in self.made[api_name] if one.values["account"] == account]
        return self.chance.choice(own) if own else instead

    def _after(self, at: datetime, made: Made) -> datetime:
        return max(at, min(made.at + timedelta(hours=self.chance.randint(1, 72)), self.now - timedelta(minutes=2)))

    def _money(self, least: int, most: int) -> Decimal:
        return Decimal(self.random.randint(least * 100, most * 100)).scaleb(-2)

    def _day(self, earliest: int, latest: int) -> str:
        return (self.today + timedelta(days=self.random.randint(earliest, latest))).isoformat()

    def _moment(self) -> datetime:
        midnight = datetime(self.today.year, self.today.month, self.today.day, tzinfo=UTC)
        return midnight - timedelta(minutes=self.random.randint(0, 90 * 24 * 60))

    def _phone(self) -> str:
        return f"+1{self._word('area_codes')}{self.random.randint(200, 989)}{self.random.randint(0, 9999):04d}"

    def _word(self, kind: str) -> str:
        return self.random.choice(WORDS[kind])

    def _choice(self, *values: str) -> str:
        return self.random.choice(values)

    def accounts(self) -> Iterator[Drawn]:
        names = [f"{first} {second}" for first in WORDS["first"] for second in WORDS["second"]]
        for number, name in enumerate(names):
            actor = self._sales()
            industry = self._choice("Energy", "Food", "Logistics", "Manufacturing", "Retail", "Water")
            status = self._choice("Prospect", "Customer", "Customer", "Customer", "Former")
            before = {"Customer": ["Prospect"], "Former": ["Prospect", "Customer"]}.get(status, [])
            path = [*before, status] if number % 3 else [status]
            values: Values = {
                "name": name,
                # Mining is a word that nobody chooses any more.
                "industry": "Mining" if status == "Former" and number % 2 else industry,
                "status": path[0],
                "website": f"https://www.{name.lower().replace(' ', '-')}.example.com",
                "phone": self._phone(),
                "annual_revenue": self._money(500_000, 90_000_000),
                "employees": self.random.randint(8, 4_000),
                "account_manager": str(actor.user_id),
                "address": f"{self.random.randint(1, 999)} {name.rpartition(' ')[0]} Road\n"
                f"{self._choice('Portland', 'Chicago')}",
            }
            at = self._spread(number, len(names))
            changes = [(actor, {"status": one}) for one in path[1:]]
            if number % 5 == 0:
                changes.append((self.people[1], {"annual_revenue": round(values["annual_revenue"] * 11 / 10, 2)}))
            yield Drawn(at, actor, values, self._steps(at, changes, 60))

    def contacts(self) -> Iterator[Drawn]:
        for number in range(120):
            given, family = self._word("given_names"), self._word("family_names")
            account = self._one("account")
            values: Values = {
                "name": f"{given} {family}",
                "account": account.id,
                "job_title": self._word("jobs"),
                "email": f"contact{number + 1}@example.com",
                "phone": self._phone(),
                "birthday": self._day(-60 * 365, -22 * 365),
                "newsletter": self.random.random() < 0.4,
                "interests": self.random.sample(["Automation", "Maintenance", "Safety", "Sustainability"], k=2),
            }
            at = self._after(self._spread(number, 120), account)
            changes: list[tuple[Actor, Values]] = []
            if number % 11 == 0:
                changes = [(self._sales(), {"job_title": values["job_title"], "newsletter": values["newsletter"]})]
                values |= {"job_title": "Trainee", "newsletter": not values["newsletter"]}
            yield Drawn(at, self._sales(), values, self._steps(at, changes, 90))

    def assets(self) -> Iterator[Drawn]:
        for number in range(150):
            installed = self.random.randint(-3_000, -30)
            name = f"{self._word('machines')} {number + 1}"
            serial_number = f"{self._choice('AX', 'BK', 'CT')}{100_000 + 37 * number}"
            account = self._one("account")
            status = self._choice("Running", "Running", "Running", "In Repair", "Retired")
            values: Values = {
                "name": name,
                "serial_number": serial_number,
                "account": account.id,
                "status": "Running",
                "purchase_cost": self._money(4_000, 480_000),
                "utilization": Decimal(self.random.randint(50, 1_000)).scaleb(-1),
                "installed_on": self._day(installed, installed),
                "warranty_until": self._day(installed + 1_800, installed + 1_900),
                "last_reading": self._moment().isoformat(),
                "telemetry": {"hours": self.random.randint(100, 60_000), "firmware": f"2.{self.random.randint(0, 9)}"},
            }
            at = self._after(self._spread(number, 150), account)
            engineer, changes = self._sales(), []
            if status != "Running":
                changes = [(engineer, {"status": status})]
            elif number % 4 == 0:
                changes = [(engineer, {"status": "In Repair"}), (engineer, {"status": "Running"})]
            if number % 6 == 0:
                changes.append((self.telemetry, {"utilization": values["utilization"]}))
                values["utilization"] = round(values["utilization"] / 2, 1)
            yield Drawn(at, engineer, values, self._steps(at, changes, 45))

    def projects(self) -> Iterator[Drawn]:
        for number in range(24):
            stage = self._choice(*STAGES)
            name = f"{self._word('undertakings')} {self.today.year - 2 + number // 10}-{number:02d}"
            account = self._one("account")
            budget = self._money(20_000, 900_000)
            progress = {"Planned": 0, "Done": 100}.get(stage, self.random.randint(5, 95))
            # Two numbers from 0 to 1: how early it starts, and how late it is due, for one of its stage.
            early, late = self.random.randint(0, 360) / 360, self.random.randint(0, 439) / 439
            starts, due = {
                "Planned": (5 + early * 55, 70 + late * 120),
                "Done": (-120 - early * 150, -3 - late * 90),
            }.get(stage, (-15 - early * 150, -12 + late * 120))
            assets = {self._one("asset").id for _ in range(3)}
            assets = {self._of_account("asset", account.id, one).id for one in self.made["asset"] if one.id in assets}
            lead = self._sales()
            at = self._after(self.ago(max(30 - starts, 3) if stage != "Planned" else 3 + early * 40), account)
            values: Values = {
                "name": name,
                "account": account.id,
                "stage": "Planned",
                "budget": budget,
                "progress": 0,
                "starts_on": self._on(starts),
                "due_on": self._on(due),
                "assets": sorted(assets),
                "notes": "Kick-off with the plant manager.\nAgree the shutdown window first.",
            }
            changes: list[tuple[Actor, Values]] = [(lead, {"stage": one}) for one in STAGES[stage]]
            if progress:
                changes[1:1] = [(lead, {"progress": progress * part // 3}) for part in (1, 2)]
                changes.append((lead, {"progress": progress}))
            if number % 4 == 0:
                changes.insert(0, (self.people[1], {"due_on": values["due_on"], "budget": budget}))
                values |= {"due_on": self._on(due - 14), "budget": round(budget * 9 / 10, 2)}
            yield Drawn(at, lead, values, self._steps(at, changes, 25))

    def _on(self, days: float) -> str:
        return (self.today + timedelta(days=round(days))).isoformat()

    def cases(self) -> Iterator[Drawn]:
        return iter(sorted((self._case() for _ in range(90)), key=lambda case: case.at))

    def _case(self) -> Drawn:
        trouble = self._word("troubles")
        subject = f"{self._word('machines')} {trouble}"
        self._one("account")
        contact = self._one("contact")
        account = contact.values["account"]
        asset = self._of_account("asset", account, self._one("asset"))
        priority = self._choice("Low", "Normal", "Normal", "High", "Urgent")
        status = self._choice("New", "Working", "Waiting", "Closed", "Closed")
        at = self._after(self._moment(), contact)
        values: Values = {
            "subject": subject,
            "account": account,
            "contact": contact.id,
            "asset": asset.id,
            "priority": priority,
            "status": "New",
            "opened_at": at.isoformat(),
            "description": f"The machine {trouble} since this morning. Please call back.",
        }
        agent = self._sales()
        changes: list[tuple[Actor, Values]] = [(agent, {"status": one}) for one in STATUSES[status]]
        if priority == "Urgent":
            values["priority"] = "Normal"
            changes.insert(0, (self.people[1], {"priority": priority}))
        return Drawn(at, self._sales(), values, self._steps(at, changes, 4))


# What draws the records of each of the ``OBJECTS``.
RECORDS = (Company.accounts, Company.contacts, Company.assets, Company.projects, Company.cases)
